import { Option } from 'commander';
import * as z from 'zod';
import { define } from './define.ts';

export const report = define({
  name: 'report',
  summary: 'the report of the last run, or of another, in words, as JSON or as a page; also beside a worker',
  argument: {
    name: 'run_id',
    about: 'the id of a run, from the log; the last run when left out',
    isOptional: true,
  },
  options: [
    new Option('--last', 'the last run, which is the default'),
    new Option('--json', 'the report as `sync` has printed it'),
    new Option(
      '--html <file>',
      'writes the status page of `worker` into one file, as it is now; -: to stdout',
    ),
  ],
  schema: z
    .object({
      run_id: z.string().exactOptional(),
      last: z.boolean().default(false),
      json: z.boolean().default(false),
      html: z.string().optional(),
    })
    .transform(({ run_id: runId, last, json, html }) => ({ runId, last, json, html })),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/report.ts')).runReport(...given),
});
