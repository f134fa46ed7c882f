import { describe, expect, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { loadSettings } from './load.ts';
import { findSettings } from './sources.ts';
import { settingWarnings, type SettingWarning } from './warnings.ts';

const ENV = { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: '00abcdefghijklmn' };

function warningsOf(env: Record<string, string>): readonly SettingWarning[] {
  return settingWarnings(env, findSettings(env, undefined).given);
}

function namesWarnedOf(env: Record<string, string>): string[] {
  return warningsOf({ ...ENV, ...env }).map(({ name }) => name);
}

function faultsOf(env: Record<string, string>) {
  try {
    loadSettings(env, { requireSink: false });
    return [];
  } catch (thrown) {
    return thrown instanceof ConfigError ? thrown.faults : [];
  }
}

describe('settings, warnings: a setting without effect is warned of', () => {
  test.each([
    [{ RISK: 'true' }, ['RISK']],
    [{ RISK: 'true', DIALECT: 'ocsf-1.6.0' }, []],
    [{ RISK: 'false' }, []],
    [{ RAW_DATA: 'true' }, ['RAW_DATA']],
    [{ RISK_RULES: 'dormant', DIALECT: 'ocsf-1.6.0' }, ['RISK_RULES']],
    [{ RISK_RULES: 'dormant', RISK: 'true', DIALECT: 'OCSF-1.6.0' }, []],
    [{ REDACT_KEY: 'k'.repeat(32) }, ['REDACT_KEY']],
    [{ REDACT_KEY: 'k'.repeat(32), REDACT: 'login=hash' }, []],
    [{ OKTA_DPOP: 'always' }, ['OKTA_DPOP']],
    [{ OKTA_DPOP: 'always', OKTA_HOOKS_CLIENT_ID: '0oa1' }, []],
    [{ INCLUDE_DEPROVISIONED: 'true', STATUSES: 'ACTIVE' }, ['INCLUDE_DEPROVISIONED']],
    [{ VERIFY_GROUP_ROLES: '3', LOOKUPS: 'groups,factors' }, ['VERIFY_GROUP_ROLES']],
    [{ VERIFY_GROUP_ROLES: '3' }, []],
    [{ APP_USERS: 'all', ASSETS: 'apps' }, ['APP_USERS']],
    [{ APP_USERS: 'all', ASSETS: 'apps,app-users' }, []],
    [{ SEKOIA_DEVICES_CONNECTOR_UUID: 'x' }, ['SEKOIA_DEVICES_CONNECTOR_UUID']],
  ])('%j', (env, names) => {
    expect(namesWarnedOf(env)).toEqual(names);
  });
});

describe('settings, warnings: a name that is nearly that of a setting is warned of', () => {
  test.each([
    ['INCLUDE_GROUP', 'INCLUDE_GROUPS'],
    ['EXCLUDEGROUPS', 'EXCLUDE_GROUPS'],
    ['OKTA_RATELIMIT_SHARE', 'OKTA_RATE_LIMIT_SHARE'],
    ['SEKOIA_APIKEY', 'SEKOIA_API_KEY'],
    ['FREQUENCYS', 'FREQUENCY'],
  ])('%s', (written, meant) => {
    const [warning, ...others] = warningsOf({ ...ENV, [written]: 'x' });

    expect(warning).toMatchObject({ name: written, problem: expect.stringContaining(meant) });
    expect(others).toEqual([]);
  });

  test.each([
    'HTTP_PROXY',
    'HTTPS_PORT',
    'PATH',
    'HOME',
    'OKTA_API_TOKEN_FILE',
    'SEKOIA_API_KEY_FILE',
    'ASSET_CONNECTOR_FREQUENCY',
    'MODULE_CONFIGURATION',
    'NODE_OPTIONS',
    'STATE',
  ])('but not %s, which is another one', (name) => {
    const { OKTA_API_TOKEN: _token, ...env } = ENV;

    expect(warningsOf({ ...env, OKTA_CLIENT_ID: 'x', [name]: '/x' }).map((each) => each.name)).not.toContain(
      name,
    );
  });

  test('and a missing setting says so', () => {
    expect(faultsOf({ OKTA_BASE_URL: ENV.OKTA_BASE_URL, OKTA_APITOKEN: 'x' })).toMatchObject([
      { name: 'OKTA_API_TOKEN', problem: 'is missing, but OKTA_APITOKEN is given: is that meant?' },
    ]);
  });
});

describe('settings, warnings: mistakes in the objects of the reference connector name those', () => {
  const module = JSON.stringify({ base_url: ENV.OKTA_BASE_URL, apikey: ENV.OKTA_API_TOKEN });

  test('with an example of theirs', () => {
    const env = { MODULE_CONFIGURATION: module, CONNECTOR_CONFIGURATION: '{"frequency":"often"}' };

    expect(faultsOf(env)).toMatchObject([
      {
        name: 'CONNECTOR_CONFIGURATION frequency',
        hint: 'for example CONNECTOR_CONFIGURATION={"frequency":1200}',
      },
    ]);
  });

  test.each([
    ['{"frequency":[60]}', 'is a list'],
    ['{"frequency":{"seconds":60}}', 'is an object'],
  ])('%s is no number', (text, problem) => {
    expect(faultsOf({ MODULE_CONFIGURATION: module, CONNECTOR_CONFIGURATION: text })).toMatchObject([
      { name: 'CONNECTOR_CONFIGURATION frequency', problem },
    ]);
  });

  test('an entry that is missing is named by its own key', () => {
    expect(faultsOf({ MODULE_CONFIGURATION: `{"base_url":"${ENV.OKTA_BASE_URL}"}` })).toMatchObject([
      { name: 'MODULE_CONFIGURATION apikey', problem: 'is missing' },
    ]);
  });
});
