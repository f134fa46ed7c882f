import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { linesIn } from '../commands/bodies/event-file.ts';
import { loadSettings, type Settings } from './load.ts';
import { ConfigError, type SettingFault } from '../ports/errors.ts';
import { Secret } from './secret.ts';
import { SETTING_ROWS } from './table.ts';

const ENV = {
  OKTA_BASE_URL: 'https://acme.okta.com',
  OKTA_API_TOKEN: '00tokentokentoken',
};
const MAPPING = '- to: user.domain\n  from: profile.department\n';
const MARK = '\uFEFF';

function fileWith(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-forms-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return path;
}

function load(env: Readonly<Record<string, string>>, configFile?: string): Settings {
  return loadSettings(env, { configFile, requireSink: false }).settings;
}

function faultsOf(
  env: Readonly<Record<string, string>>,
  configFile?: string,
  command?: string,
): readonly SettingFault[] {
  try {
    loadSettings(env, { configFile, requireSink: false, command });
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults;
    throw thrown;
  }
}

function tokenOf({ oktaApiToken }: Settings): string | undefined {
  return oktaApiToken instanceof Secret ? oktaApiToken.reveal() : undefined;
}

async function linesOf(content: string | Buffer): Promise<string[]> {
  const stopping = new AbortController().signal;
  const lines: string[] = [];
  for await (const line of linesIn(fileWith(content), { input: () => Readable.from([]), stopping }))
    lines.push(line);
  return lines;
}

describe('settings, forms of writing: a file from Windows', () => {
  test('with the mark of UTF-8 is taken: a token, settings, a private key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k' });
    const token = fileWith(`${MARK}00tokentokentoken\r\n`);
    const config = fileWith(
      `${MARK}OKTA_BASE_URL: https://acme.okta.com\r\nOKTA_API_TOKEN_FILE: ${token}\r\n`,
    );
    const key = fileWith(`${MARK}${jwk}`);

    expect(tokenOf(load({}, config))).toBe('00tokentokentoken');
    const app = { OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY_FILE: key };
    expect(load(app).oktaPrivateKey?.keys.map(({ id }) => id)).toEqual(['k']);
  });

  test('with the mark of UTF-8 is taken: a mapping', () => {
    const env = { ...ENV, DIALECT: 'ocsf-1.6.0', MAPPING_FILE: fileWith(`${MARK}${MAPPING}`) };

    expect(load(env).mappingFile?.text).toBe(MAPPING);
  });

  test('with the mark of UTF-8 is taken: events', async () => {
    expect(await linesOf(`${MARK}{"a":1}\r\n{"b":2}\r\n`)).toEqual(['{"a":1}', '{"b":2}']);
  });

  test.each([
    ['with its mark', MARK],
    ['without', ''],
  ])('in UTF-16 %s is named as that', async (_, mark) => {
    const utf16 = (text: string): string => fileWith(Buffer.from(mark + text, 'utf16le'));
    const said = expect.stringContaining('is UTF-16; save it as UTF-8');

    expect(faultsOf({ OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_API_TOKEN_FILE: utf16('00token') })).toEqual([
      expect.objectContaining({ name: 'OKTA_API_TOKEN_FILE', problem: said }),
    ]);
    expect(faultsOf({}, utf16('OKTA_BASE_URL: x'))).toEqual([
      expect.objectContaining({ name: '--config', problem: said }),
    ]);
    expect(faultsOf({ ...ENV, MAPPING_FILE: utf16(MAPPING) })).toEqual([
      expect.objectContaining({ name: 'MAPPING_FILE', problem: said }),
    ]);
    await expect(linesOf(Buffer.from(`${mark}{"a":1}`, 'utf16le'))).rejects.toThrow(
      'is UTF-16; save it as UTF-8',
    );
  });
});

test.each(
  SETTING_ROWS.map(({ name, example, readBy }) => [name, example, readBy]).filter(
    ([name]) => name !== 'OKTA_PRIVATE_KEY' && name !== 'OKTA_HOOKS_PRIVATE_KEY',
  ),
)(
  'settings, forms of writing: %s in the quotes that docker --env-file keeps: they are named',
  (name = '', example = '', command?: string) => {
    for (const quote of ['"', "'"]) {
      const faults = faultsOf({ ...ENV, [name]: `${quote}${example}${quote}` }, undefined, command);

      expect(faults).toContainEqual(expect.objectContaining({ name, problem: 'is in quotes' }));
    }
  },
);

test('settings, forms of writing: the path of a secret in quotes: they are named', () => {
  const { OKTA_BASE_URL } = ENV;

  expect(faultsOf({ OKTA_BASE_URL, OKTA_API_TOKEN_FILE: '"/run/secrets/token"' })).toEqual([
    expect.objectContaining({ name: 'OKTA_API_TOKEN_FILE', problem: 'is in quotes' }),
  ]);
});

test.each([
  ['["Sales, EMEA", Ops]', ['Sales, EMEA', 'Ops']],
  ['["a,", ",b", "c,,d"]', ['a,', ',b', 'c,,d']],
  ['[one]', ['one']],
])('settings, forms of writing: a list in --config is taken entry by entry: %s', (list, names) => {
  expect(load(ENV, fileWith(`INCLUDE_GROUPS: ${list}\n`)).includeGroups).toEqual(names);
});

test('settings, forms of writing: names of a fixed list are taken in any case', () => {
  const settings = load({
    ...ENV,
    LOG_LEVEL: 'INFO',
    DIALECT: 'OCSF-1.6.0',
    MFA_RULE: 'Strong',
    DELIVERY: 'ALL',
    OKTA_DPOP: 'Never',
    LOOKUPS: 'Groups,FACTORS',
    ASSETS: 'Apps,RULES',
    STATUSES: 'active',
    RISK_RULES: 'Dormant',
    REDACT: 'email=DROP',
  });

  expect(settings).toMatchObject({
    logLevel: 'info',
    assets: new Set(['apps', 'rules']),
    dialect: 'ocsf-1.6.0',
    mfaRule: 'strong',
    // The default of the dialect's family.
    adminRule: 'any-role',
    delivery: 'all',
    oktaDpop: 'never',
    lookups: new Set(['groups', 'factors']),
    statuses: new Set(['ACTIVE']),
    riskRules: new Set(['dormant']),
    redact: new Map([['email', 'drop']]),
  });
  expect(load({ ...ENV, DIALECT: 'Sekoia' })).toMatchObject({ dialect: 'sekoia', adminRule: 'reference' });
});
