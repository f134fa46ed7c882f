import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { define, presentArgument } from './define.ts';

const ACTIONS = ['status', 'create', 'verify', 'delete', 'types'] as const;

export const hooks = define({
  name: 'hooks',
  summary: "Okta's event hooks, with a credential of their own: what calls HOOK_PORT",
  argument: { name: 'action', about: 'what to do; status when left out', choices: ACTIONS },
  options: [
    new Option(
      '--url <url>',
      'the address that Okta calls, such as https://hooks.example.com/okta/events',
    ).argParser(presentArgument),
    new Option(
      '--types <types>',
      'of create and status: these event types, separated by commas, instead of the usual ones',
    ).argParser(parseTypes),
    new Option(
      '--secret-file <file>',
      'of create: the secret; made at random where there is no such file',
    ).argParser(presentArgument),
    new Option(
      '--serve',
      "of create and verify: answers Okta's challenge on HOOK_PORT, where no worker runs yet",
    ),
    new Option('--json', 'one JSON object instead of lines'),
  ],
  schema: z
    .object({
      action: z.enum(ACTIONS),
      url: z.string().optional(),
      types: z.array(z.string()).optional(),
      secretFile: z.string().optional(),
      serve: z.boolean().default(false),
      json: z.boolean().default(false),
    })
    .transform(({ action, url, types, secretFile, serve, json }) => ({
      action,
      url,
      types,
      secretFile,
      serve,
      json,
    })),
  needsSink: false,
  body: async (...given) => (await import('./bodies/hooks.ts')).runHooks(...given),
});

function parseTypes(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isRight =
    names.length > 0 && names.length <= 300 && names.every((name) => /^[\w.]{1,100}$/.test(name));
  if (isRight) return names;
  throw new InvalidArgumentError('It must be 1 to 300 event types, separated by commas.');
}
