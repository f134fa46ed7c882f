import { Option } from 'commander';
import * as z from 'zod';
import { define, positiveNumber, presentArgument } from './define.ts';

export const dryRun = define({
  name: 'dry-run',
  summary: 'read, enrich, normalise and validate; print OCSF events, one a line; push and keep nothing',
  options: [
    new Option('--limit <n>', 'only that many users').argParser(positiveNumber),
    new Option('--user <id-or-login>', 'only this user').argParser(presentArgument),
    new Option('--pretty', 'indented events'),
  ],
  schema: z.object({
    limit: z.number().exactOptional(),
    user: z.string().exactOptional(),
    pretty: z.boolean().default(false),
  }),
  needsSink: false,
  body: async (...given) => (await import('./bodies/dry-run.ts')).runDryRun(...given),
});
