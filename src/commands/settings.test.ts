import { expect, test } from 'vitest';
import * as z from 'zod';
import { cli } from '../cli.ts';
import { SETTING_ROWS } from '../settings/table.ts';
import { createTestWorld } from '../process/world.fixture.ts';

const Printed = z.object({
  settings: z.array(
    z.looseObject({ name: z.string(), allowed: z.string().min(1), meaning: z.string(), example: z.string() }),
  ),
});

/** Values that are set, none of which may be printed: the command tells what may be set. */
const ENV = {
  OKTA_API_TOKEN: '00secretsecret',
  ORG_LABEL: 'set-by-somebody',
  BATCH_SIZE: 'not a number',
};

async function run(...argv: string[]) {
  const { world, stdout, stderr } = createTestWorld({ env: ENV });
  const code = await cli(argv, world);
  expect(stdout() + stderr()).not.toMatch(/00secretsecret|set-by-somebody|not a number/);
  return { code, stdout: stdout(), stderr: stderr() };
}

test('the command settings: settings prints every setting in the order of the table, whatever is set', async () => {
  const { code, stdout, stderr } = await run('settings');

  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/^[A-Z]\S+$/gmu)).toEqual(SETTING_ROWS.map(({ name }) => name));
  for (const row of SETTING_ROWS) expect(stdout).toContain(row.description);
});

test.each([
  [
    'MFA_RULE',
    [
      'MFA_RULE',
      '  default: any; active in ocsf-*',
      '  allowed: any, active, strong',
      '  meaning: which factors count: any of them; active ones; strong ones (not question, email, sms or call)',
      '  example: MFA_RULE=active',
    ],
  ],
  [
    'lookups',
    [
      'LOOKUPS',
      '  default: groups,group-roles,factors,roles',
      '  allowed: any of groups, group-roles, factors, roles, separated by commas',
      '  meaning: which enrichments to make; group-roles needs groups',
      '  example: LOOKUPS=groups,factors',
    ],
  ],
  [
    'SEKOIA_API_KEY_FILE',
    [
      'SEKOIA_API_KEY',
      '  default: required to push',
      '  allowed: plain ASCII without spaces; without "Bearer" in front',
      '  meaning: the key of the intake (secret; or SEKOIA_API_KEY_FILE, the path of a file that holds it)',
      '  example: SEKOIA_API_KEY=eyJhbG...',
    ],
  ],
])('the command settings: settings %s prints that one', async (name, lines) => {
  const { code, stdout } = await run('settings', name);

  expect([code, stdout.trimEnd().split('\n')]).toEqual([0, lines]);
});

test.each([
  ['OKTA_APITOKEN', 'did you mean OKTA_API_TOKEN?'],
  ['batch-sizes', 'did you mean BATCH_SIZE?'],
  ['COLOUR', 'okta-ocsf settings lists them all'],
])('the command settings: settings %s exits 2 with the nearest name', async (name, hint) => {
  const { code, stdout, stderr } = await run('settings', name);

  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`${name} is not a setting - ${hint}`);
});

test('the command settings: settings --json is one object, with the values that can be counted', async () => {
  const all = Printed.parse(JSON.parse((await run('settings', '--json')).stdout));
  const one = Printed.parse(JSON.parse((await run('settings', 'LOG_LEVEL', '--json')).stdout));

  expect(all.settings.map(({ name }) => name)).toEqual(SETTING_ROWS.map(({ name }) => name));
  expect(one.settings).toEqual([
    {
      name: 'LOG_LEVEL',
      default: 'info',
      isSecret: false,
      allowed: 'fatal, error, warn, info, debug, trace, silent',
      values: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      meaning: 'the least level that is logged',
      example: 'debug',
    },
  ]);
});

test('the command settings: okta-ocsf --help says where the settings are to be found', async () => {
  expect((await run('--help')).stdout).toContain('okta-ocsf settings');
});
