import { Option } from 'commander';
import * as z from 'zod';
import type { RunNowOptions } from './bodies/run-now.ts';
import { define } from './define.ts';

export const runNow = define({
  name: 'run-now',
  summary: 'asks the worker of this STATE_DIR for a run, at once or after the one under way',
  options: [
    new Option('--full', 'a run that reads everything').conflicts('incremental'),
    new Option('--incremental', 'a run that reads what has changed'),
    new Option('--wait', 'wait for its end, print its report and exit as `sync` does'),
  ],
  schema: z
    .object({
      full: z.boolean().default(false),
      incremental: z.boolean().default(false),
      wait: z.boolean().default(false),
    })
    .transform(({ full, incremental, wait }): RunNowOptions => ({
      waits: wait,
      ...(full ? { mode: 'full' } : {}),
      ...(incremental ? { mode: 'incremental' } : {}),
    })),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/run-now.ts')).runRunNow(...given),
});
