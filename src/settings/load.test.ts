import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSettings, secretTexts, sinkSettings, type LoadOptions, type Settings } from './load.ts';
import { RISK_RULES } from '../enrich/risk.ts';
import { ConfigError } from '../ports/errors.ts';
import { SERVICE_APP_NAMES } from './credential.ts';
import { SETTING_ROWS } from './table.ts';

const TOKEN = '00tokentokentoken';
const ENV = { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: TOKEN };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function load(env: Record<string, string | undefined>, options: Partial<LoadOptions> = {}): Settings {
  return loadSettings(env, { requireSink: false, ...options }).settings;
}

function faultsOf(env: Record<string, string>, options: Partial<LoadOptions> = {}): ConfigError['faults'] {
  try {
    load(env, options);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults;
    throw thrown;
  }
  return [];
}

describe('settings, load: settings', () => {
  test('have the defaults of the contract', () => {
    expect(load(ENV)).toMatchObject({
      oktaBaseUrl: 'https://acme.okta.com',
      oktaRateLimitShare: 0.5,
      oktaMaxConcurrency: 10,
      includeDeprovisioned: false,
      lookups: new Set(['groups', 'group-roles', 'factors', 'roles']),
      assets: new Set(),
      appUsers: 'auto',
      mfaRule: 'any',
      adminRule: 'reference',
      onLookupFailure: 'omit',
      sekoiaBaseUrl: 'https://api.sekoia.io',
      batchSize: 100,
      batchBytes: 1_048_576,
      frequencySeconds: 1200,
      delivery: 'changed',
      resendIntervalSeconds: 604_800,
      dialect: 'sekoia',
      rawData: false,
      risk: false,
      riskRules: new Set(RISK_RULES),
      stateDir: './state',
      httpHost: '127.0.0.1',
      httpPort: 8080,
      logLevel: 'info',
    });
  });

  test('an empty value is an absent one', () => {
    expect(load({ ...ENV, BATCH_SIZE: '', LOG_LEVEL: '  ', ORG_LABEL: '' })).toEqual(load(ENV));
  });

  test('spaces and line breaks around a value do not count', () => {
    const settings = load({ ...ENV, OKTA_API_TOKEN: `${TOKEN}\n`, LOG_LEVEL: ' debug ' });

    expect([settings.oktaApiToken?.reveal(), settings.logLevel]).toEqual([TOKEN, 'debug']);
  });

  test('every example of the table is a right value', () => {
    // A private key of one line that may be shown does not exist, and without a key the rest of its way says nothing.
    const without = new Set<string>([...SERVICE_APP_NAMES, 'FREQUENCY']); // SCHEDULE stands in its place
    const rows = SETTING_ROWS.filter(({ name }) => !without.has(name));
    const examples = Object.fromEntries(rows.map((row) => [row.name, row.example]));

    expect(faultsOf(examples, { requireSink: true })).toEqual([]);
  });

  test('an example is never of two lines, and every row has a name of its own', () => {
    expect(new Set(SETTING_ROWS.map((row) => row.name)).size).toBe(SETTING_ROWS.length);
    expect(SETTING_ROWS.filter((row) => /\n/.test(row.example + row.description))).toEqual([]);
  });

  test('secrets do not show in the settings', () => {
    const settings = load({ ...ENV, SEKOIA_API_KEY: 'key-key-key' });

    expect(inspect(settings) + JSON.stringify(settings)).not.toMatch(/tokentoken|key-key/);
    expect(secretTexts(settings)).toEqual([TOKEN, 'key-key-key']);
  });
});

describe('settings, load: mistakes', () => {
  test('are told all at once, each with its name, the problem and an example', () => {
    const faults = faultsOf({ OKTA_BASE_URL: 'http://acme.okta.com', BATCH_SIZE: 'many', MFA_RULE: 'most' });

    expect(faults).toEqual([
      {
        name: 'OKTA_BASE_URL',
        problem: expect.stringContaining('not https'),
        hint: 'write https://acme.okta.com',
      },
      {
        name: 'OKTA_API_TOKEN',
        problem: 'is missing',
        hint: expect.stringContaining('OKTA_API_TOKEN_FILE='),
      },
      {
        name: 'MFA_RULE',
        problem: 'must be one of: any, active, strong',
        hint: 'for example MFA_RULE=active',
      },
      {
        name: 'BATCH_SIZE',
        problem: expect.stringContaining('whole number'),
        hint: 'for example BATCH_SIZE=100',
      },
    ]);
  });

  test('what a push needs is asked of commands that push, and of no other', () => {
    expect(faultsOf(ENV)).toEqual([]);
    expect(faultsOf(ENV, { requireSink: true }).map((fault) => fault.name)).toEqual([
      'SEKOIA_API_KEY',
      'SEKOIA_CONNECTOR_UUID',
    ]);
    expect(() => sinkSettings(load(ENV))).toThrow(ConfigError);
  });

  test('where devices go is asked of a command that pushes them, and of no other', () => {
    const pushing = { ...ENV, SEKOIA_API_KEY: 'key-key-key', SEKOIA_CONNECTOR_UUID: 'id-1' };
    const withDevices = { ...pushing, ASSETS: 'rules,Devices' };

    expect(faultsOf(withDevices)).toEqual([]);
    expect(faultsOf(pushing, { requireSink: true })).toEqual([]);
    expect(faultsOf({ ...pushing, ASSETS: 'rules' }, { requireSink: true })).toEqual([]);
    expect(faultsOf(withDevices, { requireSink: true }).map(({ name }) => name)).toEqual([
      'SEKOIA_DEVICES_CONNECTOR_UUID',
    ]);
  });

  test('secrets of messages and hashes are asked of commands that use them, and of none beside a worker', () => {
    const env = { ...ENV, NOTIFY: 'all', REDACT: 'login=hash' };
    const asked = (command: string) => () => load(env, { command });

    for (const command of ['worker', 'sync', 'test']) {
      expect(asked(command)).toThrow('ALERT_WEBHOOK_URL: is missing');
      expect(asked(command)).toThrow('REDACT_KEY: is missing');
    }
    expect(asked('explain')).toThrow(/^(?!.*WEBHOOK).*REDACT_KEY: is missing/s);
    for (const command of ['run-now', 'report', 'dead-letters', 'query', 'graph', 'hooks']) {
      expect(asked(command)).not.toThrow();
    }
  });

  test('hold no secret, even one written where it does not belong', () => {
    const file = fileWith('odd.yaml', `${TOKEN}: 1\n`);

    const faults = faultsOf(
      { ...ENV, SEKOIA_API_KEY: `Bearer ${TOKEN}`, SEKOIA_API_KEY_FILE: TOKEN },
      { configFile: file },
    );

    expect(faults).not.toEqual([]);
    expect(JSON.stringify(faults)).not.toContain(TOKEN);
  });

  test('a wrong dialect does not hide the other mistakes', () => {
    expect(
      faultsOf({ ...ENV, DIALECT: 'ocsf-1.2.0', HTTP_PORT: '70000' }).map((fault) => fault.name),
    ).toEqual(['DIALECT', 'HTTP_PORT']);
  });
});

describe('settings, load: NAME_FILE', () => {
  test('gives the secret without the line break at its end', () => {
    const path = fileWith('token', `${TOKEN}\r\n`);

    expect(load({ OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_API_TOKEN_FILE: path }).oktaApiToken?.reveal()).toBe(
      TOKEN,
    );
  });

  test('together with NAME is a mistake', () => {
    const faults = faultsOf({ ...ENV, OKTA_API_TOKEN_FILE: fileWith('token', TOKEN) });

    expect(faults).toEqual([
      {
        name: 'OKTA_API_TOKEN',
        problem: 'is set together with OKTA_API_TOKEN_FILE',
        hint: 'keep one of the two',
      },
    ]);
  });

  test.each([
    ['missing', () => join(folder, 'nowhere'), 'there is no such file'],
    ['empty', () => fileWith('empty', '\n'), 'empty file'],
    ['a folder', () => folder, 'it is a folder'],
  ])('that is %s is one mistake, which names the file', (_what, pathOf, problem) => {
    const path = pathOf();

    const faults = faultsOf({ OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_API_TOKEN_FILE: path });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      name: 'OKTA_API_TOKEN_FILE',
      problem: expect.stringContaining(problem),
    });
    expect(faults[0]?.problem).toContain(path);
  });

  test('with something wrong in it is told by its own name', () => {
    const path = fileWith('two-lines', 'SSWS 00abc');

    expect(faultsOf({ OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_API_TOKEN_FILE: path })).toEqual([
      expect.objectContaining({ name: 'OKTA_API_TOKEN_FILE', problem: 'starts with "SSWS "' }),
    ]);
  });

  test('that holds the secret instead of a path does not repeat it', () => {
    const faults = faultsOf({ OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_API_TOKEN_FILE: TOKEN });

    expect(JSON.stringify(faults)).not.toContain(TOKEN);
  });
});
