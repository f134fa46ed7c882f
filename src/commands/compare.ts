import { Option } from 'commander';
import * as z from 'zod';
import { define } from './define.ts';

export const compare = define({
  name: 'compare',
  summary:
    "another connector's events beside ours, by user: what is missing, differs or is stale; exit 4 when anything",
  argument: { name: 'file', about: 'events, one a line or in an array; - is stdin' },
  options: [new Option('--json', 'one JSON object instead of lines')],
  schema: z.object({ file: z.string(), json: z.boolean().default(false) }),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/compare.ts')).runCompare(...given),
});
