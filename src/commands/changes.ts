import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { instantOf, SINCE_FORMS } from '../query/since.ts';
import { define, presentArgument } from './define.ts';

export const changes = define({
  name: 'changes',
  summary: 'what has changed in the org, newest last, from the inventory; also beside a worker',
  options: [
    new Option('--since <time>', SINCE_FORMS).argParser(time).default('1d'),
    new Option('--user <user>', 'only changes of this user: id, login or e-mail address').argParser(
      presentArgument,
    ),
    new Option('--json', 'one JSON object instead of lines'),
  ],
  schema: z
    .object({ since: z.string(), user: z.string().optional(), json: z.boolean().default(false) })
    .transform(({ since, user, json }) => ({ since, user, json })),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/changes.ts')).runChanges(...given),
});

function time(text: string): string {
  if (instantOf(text, 0) !== undefined) return text;
  throw new InvalidArgumentError(`It must be ${SINCE_FORMS}.`);
}
