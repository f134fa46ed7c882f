import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { findSettings } from './sources.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-sources-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(text: string): string {
  const path = join(folder, 'settings');
  writeFileSync(path, text);
  return path;
}

function textsIn(
  env: Record<string, string>,
  file?: string,
  referenceFolder?: string,
): Record<string, string | undefined> {
  const { given, faults } = findSettings(env, file, referenceFolder);
  expect(faults).toEqual([]);
  return Object.fromEntries([...given].map(([name, { text }]) => [name, text]));
}

describe('settings, sources: --config', () => {
  test.each([
    [
      'YAML',
      'OKTA_API_TOKEN: 00123\nBATCH_SIZE: 5 # few\nLOOKUPS: [groups, roles]\nORG_LABEL:\nINCLUDE_DEPROVISIONED: true\n',
    ],
    [
      'JSON',
      '{"OKTA_API_TOKEN": "00123", "BATCH_SIZE": 5, "LOOKUPS": ["groups", "roles"], "ORG_LABEL": null, "INCLUDE_DEPROVISIONED": true}',
    ],
    [
      'JSON with tabs',
      '{\n\t"OKTA_API_TOKEN": "00123",\n\t"BATCH_SIZE": 5,\n\t"LOOKUPS": "groups,roles",\n\t"INCLUDE_DEPROVISIONED": true\n}\n',
    ],
  ])('reads %s', (_form, text) => {
    expect(textsIn({}, fileWith(text))).toEqual({
      OKTA_API_TOKEN: '00123',
      BATCH_SIZE: '5',
      LOOKUPS: 'groups,roles',
      INCLUDE_DEPROVISIONED: 'true',
    });
  });

  test('gives way to the environment, but not to an empty value in it', () => {
    const file = fileWith('BATCH_SIZE: 5\nFREQUENCY: 60\n');

    expect(textsIn({ BATCH_SIZE: '7', FREQUENCY: '' }, file)).toEqual({ BATCH_SIZE: '7', FREQUENCY: '60' });
  });

  test('a secret in the environment wins over NAME_FILE in the file', () => {
    const file = fileWith('SEKOIA_API_KEY_FILE: /run/secrets/none\n');

    expect(findSettings({ SEKOIA_API_KEY: 'from-env' }, file).given.get('SEKOIA_API_KEY')?.text).toBe(
      'from-env',
    );
  });

  test('refuses unknown names, with the nearest known one', () => {
    const { faults } = findSettings({}, fileWith('OKTA_BASE_ULR: https://acme.okta.com\nCOLOUR: red\n'));

    expect(faults).toEqual([
      {
        name: 'OKTA_BASE_ULR',
        problem: expect.stringContaining('is not a setting'),
        hint: 'did you mean OKTA_BASE_URL?',
      },
      { name: 'COLOUR', problem: expect.stringContaining('is not a setting'), hint: 'leave it out' },
    ]);
  });

  test('a value that is no text is one mistake, not also a missing setting', () => {
    const { given, faults } = findSettings({}, fileWith('OKTA_BASE_URL: {a: 1}\n'));

    expect(faults).toEqual([
      expect.objectContaining({
        name: 'OKTA_BASE_URL',
        hint: 'in --config, for example OKTA_BASE_URL: https://acme.okta.com',
      }),
    ]);
    expect(given.get('OKTA_BASE_URL')).toEqual({ text: undefined, from: 'OKTA_BASE_URL' });
  });

  test.each([
    ['broken YAML', 'A: "00secret\nB: [', 'near line'],
    ['one of a name twice', 'BATCH_SIZE: 1\nBATCH_SIZE: 00secret\n', 'gives a name twice near line 2'],
    ['a list', '- 00secret\n', 'no list of names and values'],
    ['a text', '00secret', 'no list of names and values'],
    ['two documents', 'BATCH_SIZE: 1\n---\nBATCH_SIZE: 00secret\n', 'near line'],
  ])('that is %s is refused without quoting it', (_what, text, problem) => {
    const file = fileWith(text);

    expect(() => findSettings({}, file)).toThrow(ConfigError);
    expect(() => findSettings({}, file)).toThrow(problem);
    expect(() => findSettings({}, file)).not.toThrow('00secret');
  });

  test('that is empty says nothing', () => {
    expect(textsIn({}, fileWith('# nothing yet\n'))).toEqual({});
  });

  test('that is not there is a mistake of --config', () => {
    expect(() => findSettings({}, join(folder, 'nowhere.yaml'))).toThrow(
      /--config: cannot read .*no such file.* that this user may read/,
    );
  });
});

describe("settings, sources: the reference connector's names", () => {
  const MODULE = JSON.stringify({ base_url: 'https://acme.okta.com', apikey: '00abc', other: { a: 1 } });
  const CONNECTOR = JSON.stringify({
    sekoia_base_url: 'https://api.sekoia.io',
    sekoia_api_key: 'key',
    frequency: 60,
    batch_size: 10,
  });
  const WHOLE = {
    OKTA_BASE_URL: 'https://acme.okta.com',
    OKTA_API_TOKEN: '00abc',
    SEKOIA_BASE_URL: 'https://api.sekoia.io',
    SEKOIA_API_KEY: 'key',
    SEKOIA_CONNECTOR_UUID: 'id-1',
    FREQUENCY: '60',
    BATCH_SIZE: '10',
  };

  test.each([
    ['JSON', (text: string) => text],
    ['JSON in base64', (text: string) => Buffer.from(text).toString('base64')],
  ])('are taken as %s', (_form, write) => {
    const env = {
      MODULE_CONFIGURATION: write(MODULE),
      CONNECTOR_CONFIGURATION: write(CONNECTOR),
      CONNECTOR_CONFIGURATION_UUID: 'id-1',
    };

    expect(textsIn(env)).toEqual(WHOLE);
  });

  test('rank as in the reference connector', () => {
    const env = {
      CONNECTOR_CONFIGURATION: CONNECTOR,
      ASSET_CONNECTOR_BATCH_SIZE: '11',
      ASSET_CONNECTOR_FREQUENCY: '61',
      ASSET_CONNECTOR_PRODUCTION_BASE_URL: 'https://elsewhere.sekoia.io',
    };

    expect(textsIn(env)).toMatchObject({
      BATCH_SIZE: '11',
      FREQUENCY: '61',
      SEKOIA_BASE_URL: 'https://api.sekoia.io',
    });
  });

  test('the base of production counts when the configuration has none', () => {
    const env = {
      CONNECTOR_CONFIGURATION: '{"sekoia_base_url": null}',
      ASSET_CONNECTOR_PRODUCTION_BASE_URL: 'https://x.io',
    };

    expect(textsIn(env)).toEqual({ SEKOIA_BASE_URL: 'https://x.io' });
  });

  test('give way to our own, in the environment and in the file', () => {
    const env = { MODULE_CONFIGURATION: MODULE, OKTA_API_TOKEN: '00own' };

    expect(textsIn(env, fileWith('OKTA_BASE_URL: https://own.okta.com\n'))).toEqual({
      OKTA_BASE_URL: 'https://own.okta.com',
      OKTA_API_TOKEN: '00own',
    });
  });

  test('give up their token where our own names choose a service app', () => {
    const env = { MODULE_CONFIGURATION: MODULE, OKTA_CLIENT_ID: '0oaOwn' };

    const { given } = findSettings(env, undefined);

    expect([given.has('OKTA_API_TOKEN'), given.get('OKTA_BASE_URL')?.text]).toEqual([
      false,
      'https://acme.okta.com',
    ]);
  });

  test.each(['{"apikey": "00secret"', 'bm90IGpzb24gMDBzZWNyZXQ=', '"00secret"', '[]'])(
    'a configuration that is no object is a mistake that does not quote it: %s',
    (text) => {
      const { faults } = findSettings({ MODULE_CONFIGURATION: text }, undefined);

      expect(faults).toEqual([expect.objectContaining({ name: 'MODULE_CONFIGURATION' })]);
      expect(JSON.stringify(faults)).not.toContain('00secret');
    },
  );

  test('a wrong value is told by the name under which it was written', () => {
    expect(findSettings({ MODULE_CONFIGURATION: MODULE }, undefined).given.get('OKTA_API_TOKEN')?.from).toBe(
      'MODULE_CONFIGURATION apikey',
    );
  });
});

describe("settings, sources: the reference connector's files", () => {
  const MODULE = '{"base_url": "https://acme.okta.com", "apikey": "00abc"}';
  let symphony = '';

  beforeEach(() => {
    symphony = mkdtempSync(join(folder, 'symphony-'));
  });

  function put(name: string, text: string): void {
    writeFileSync(join(symphony, name), text);
  }

  test('are taken as they are', () => {
    put('module_configuration', MODULE);
    put('connector_configuration', '{"sekoia_api_key": "key", "frequency": 60}');
    put('connector_configuration_uuid', 'id-1\n');

    expect(textsIn({}, undefined, symphony)).toEqual({
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN: '00abc',
      SEKOIA_API_KEY: 'key',
      SEKOIA_CONNECTOR_UUID: 'id-1',
      FREQUENCY: '60',
    });
  });

  test('win over its variables and give way to our own, as there', () => {
    put('module_configuration', MODULE);
    put('connector_configuration', '{"frequency": 60}');
    const env = {
      MODULE_CONFIGURATION: '{"base_url": "https://other.okta.com", "apikey": "00other"}',
      ASSET_CONNECTOR_FREQUENCY: '61',
      OKTA_API_TOKEN: '00own',
    };

    expect(textsIn(env, undefined, symphony)).toEqual({
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN: '00own',
      FREQUENCY: '61',
    });
  });

  test('a folder of that name, or none, is no file', () => {
    mkdirSync(join(symphony, 'module_configuration'));

    expect(textsIn({ MODULE_CONFIGURATION: MODULE }, undefined, symphony)).toEqual({
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN: '00abc',
    });
  });

  test('a wrong value is told by the file and the name in it', () => {
    put('module_configuration', MODULE);

    expect(findSettings({}, undefined, symphony).given.get('OKTA_API_TOKEN')?.from).toBe(
      `${join(symphony, 'module_configuration')} apikey`,
    );
  });

  test('a file that is no object is a mistake that does not quote it', () => {
    put('module_configuration', '{"apikey": "00secret"');

    const { faults } = findSettings({}, undefined, symphony);

    expect(faults).toEqual([expect.objectContaining({ name: join(symphony, 'module_configuration') })]);
    expect(JSON.stringify(faults)).not.toContain('00secret');
  });

  test('a file that cannot be read is a mistake, not an absent one', () => {
    symlinkSync('module_configuration', join(symphony, 'module_configuration'));

    const { faults } = findSettings({ MODULE_CONFIGURATION: MODULE }, undefined, symphony);

    expect(faults).toEqual([expect.objectContaining({ problem: expect.stringContaining('cannot be read') })]);
  });
});
