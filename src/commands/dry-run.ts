import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { EVENT_KINDS } from '../ports/asset-facts.ts';
import { define, positiveNumber, presentArgument } from './define.ts';

/** Findings of alerts are printed after the assets. */
const PRINTED_KINDS = [...EVENT_KINDS, 'findings'] as const;

function printedKinds(text: string): readonly (typeof PRINTED_KINDS)[number][] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const kinds = PRINTED_KINDS.filter((kind) => names.includes(kind));
  if (kinds.length === new Set(names).size) return kinds;
  throw new InvalidArgumentError(`It must be some of ${PRINTED_KINDS.join(', ')}, separated by commas.`);
}

export const dryRun = define({
  name: 'dry-run',
  summary: 'read, enrich, normalise and validate; print OCSF events, one a line; push and keep nothing',
  options: [
    new Option('--limit <n>', 'only that many users').argParser(positiveNumber),
    new Option('--user <id-or-login>', 'only this user').argParser(presentArgument),
    new Option('--assets <kinds>', `also the events of these: ${PRINTED_KINDS.join(', ')}`)
      .argParser(printedKinds)
      .conflicts('user'),
    new Option('--pretty', 'indented events'),
  ],
  schema: z.object({
    limit: z.number().exactOptional(),
    user: z.string().exactOptional(),
    assets: z.array(z.enum(PRINTED_KINDS)).exactOptional(),
    pretty: z.boolean().default(false),
  }),
  needsSink: false,
  body: async (...given) => (await import('./bodies/dry-run.ts')).runDryRun(...given),
});
