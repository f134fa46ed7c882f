import { describe, expect, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { hooksCredentialOf } from './hooks-credential.ts';
import { loadSettings } from './load.ts';

const RUNS = { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: '00tokentokentoken' };
const BROKEN = { OKTA_HOOKS_API_TOKEN_FILE: '/nowhere/token', OKTA_HOOKS_CLIENT_ID: '?' };
const HOOKS = { requireSink: false, command: 'hooks' };

function faultOf(env: Readonly<Record<string, string>>): string {
  try {
    hooksCredentialOf(loadSettings(env, HOOKS).settings);
    return '';
  } catch (thrown) {
    return thrown instanceof ConfigError ? thrown.message : String(thrown);
  }
}

describe('settings, credential of hooks', () => {
  test('is read by the command hooks alone, whatever is written in it', () => {
    const env = { ...RUNS, ...BROKEN };

    const { settings } = loadSettings(env, { requireSink: false, command: 'worker' });

    expect([settings.oktaHooksApiToken, settings.oktaHooksClientId]).toEqual([undefined, undefined]);
    expect(faultOf(env)).toContain('OKTA_HOOKS_API_TOKEN_FILE: names a file that cannot be read');
  });

  test('needs no credential of runs, and is never replaced by it', () => {
    const { OKTA_BASE_URL } = RUNS;
    const { settings } = loadSettings({ OKTA_BASE_URL, OKTA_HOOKS_API_TOKEN: '00hooks' }, HOOKS);
    const credential = hooksCredentialOf(settings);

    expect(credential.kind === 'token' ? credential.token.reveal() : '').toBe('00hooks');
    expect(faultOf(RUNS)).toContain('OKTA_HOOKS_API_TOKEN: is missing');
  });

  test('takes the file of the secret, which this command may make, as absent where it is not there', () => {
    const env = { ...RUNS, HOOK_SECRET_FILE: '/nowhere/secret' };

    expect(loadSettings(env, HOOKS).settings.hookSecrets).toBeUndefined();
    expect(() => loadSettings(env, { requireSink: false, command: 'worker' })).toThrow('HOOK_SECRET_FILE');
  });

  test.each([
    [{}, 'HOOK_SECRET: is missing, and HOOK_PORT needs it'],
    [{ HOOK_SECRET: 's'.repeat(32), HOOK_TLS_KEY_FILE: '/tls.key' }, 'HOOK_TLS_CERT_FILE: is missing'],
  ])('a port with %j keeps worker and test from starting, and no other command', (more, says) => {
    const env = { ...RUNS, HOOK_PORT: '8443', ...more };
    const load = (command: string) => () => loadSettings(env, { requireSink: false, command });

    for (const command of ['worker', 'test']) expect(load(command)).toThrow(says);
    for (const command of ['changes', 'query', 'graph', 'sync', 'hooks']) expect(load(command)).not.toThrow();
  });

  test.each(['Host', 'Expect', 'X-Okta-Verification-Challenge', 'my secret'])(
    'no secret comes in the header %s',
    (header) => {
      expect(() => loadSettings({ ...RUNS, HOOK_HEADER: header }, HOOKS)).toThrow('HOOK_HEADER');
    },
  );

  test.each([
    [
      { OKTA_HOOKS_API_TOKEN: '00hooks', OKTA_HOOKS_CLIENT_ID: '0oa1' },
      'OKTA_HOOKS_API_TOKEN: is set together',
    ],
    [{ OKTA_HOOKS_CLIENT_ID: '0oa1' }, 'OKTA_HOOKS_PRIVATE_KEY: is missing'],
  ])('%j: %s', (env, says) => {
    expect(faultOf({ ...RUNS, ...env })).toContain(says);
  });
});
