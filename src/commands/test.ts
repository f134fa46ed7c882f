import { Option } from 'commander';
import * as z from 'zod';
import { define } from './define.ts';

export const test = define({
  name: 'test',
  summary:
    'test the connector: try each permission, the System Log, the clock, the rate budget and the intake',
  options: [new Option('--json', 'one JSON object instead of lines')],
  schema: z.object({ json: z.boolean().default(false) }),
  needsSink: true,
  body: async (...given) => (await import('./bodies/test.ts')).runTest(...given),
});
