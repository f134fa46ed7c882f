import { Option } from 'commander';
import * as z from 'zod';
import type { SyncOptions } from './bodies/sync.ts';
import { define, presentArgument } from './define.ts';

export const sync = define({
  name: 'sync',
  summary: 'one run: read, enrich, deliver; print the report as JSON',
  options: [
    new Option('--full', 'read everything').conflicts('incremental'),
    new Option(
      '--vouched',
      'with --full: without what the System Log vouches for (VERIFY_ANSWERS)',
    ).conflicts('incremental'),
    new Option('--incremental', 'read what has changed'),
    new Option('--accept-removals', 'believe this once that so many users are gone (MAX_REMOVALS)'),
    new Option(
      '--resend',
      'send everything known again, to an intake that lost it; asks Okta nothing',
    ).conflicts(['full', 'incremental', 'acceptRemovals', 'vouched']),
    new Option('--report <file>', 'write the report to this file too').argParser(presentArgument),
    new Option('--strict', 'exit 4 while gaps or dead letters stand, whichever run met them'),
    new Option('--alerts-strict', 'exit 4 while a row of an alert of severity high or critical is open'),
  ],
  schema: z
    .object({
      full: z.boolean().default(false),
      vouched: z.boolean().default(false),
      incremental: z.boolean().default(false),
      acceptRemovals: z.boolean().default(false),
      resend: z.boolean().default(false),
      report: z.string().exactOptional(),
      strict: z.boolean().default(false),
      alertsStrict: z.boolean().default(false),
    })
    .transform(
      ({ full, vouched, incremental, acceptRemovals, resend, alertsStrict, ...rest }): SyncOptions => ({
        ...rest,
        ...(alertsStrict ? { alertsStrict: true } : {}),
        ...(resend ? { resends: true } : {}),
        ...(acceptRemovals ? { acceptsRemovals: true } : {}),
        ...(full ? { mode: 'full' } : {}),
        ...(vouched ? { vouched: true } : {}),
        ...(incremental ? { mode: 'incremental' } : {}),
      }),
    ),
  needsSink: true,
  // The rules of ALERTS_FILE may need more settings than a worker's neighbour has.
  asksWorker: ({ acceptsRemovals = false, alertsStrict = false }) => acceptsRemovals && !alertsStrict,
  body: async (...given) => (await import('./bodies/sync.ts')).runSync(...given),
});
