import { describe, expect, test } from 'vitest';
import { loadSettings } from '../settings/load.ts';
import { credentialOf } from '../settings/credential.ts';
import { makeKey, pemOf } from '../../test/whole-job/service-app.fixture.ts';
import { sealCredential } from './seal-credential.ts';

const BASE = { OKTA_BASE_URL: 'https://acme.okta.com' };

function credential(env: Readonly<Record<string, string>>) {
  return credentialOf(loadSettings({ ...BASE, ...env }, { requireSink: false }).settings);
}

function app(clientId: string) {
  return credential({ OKTA_CLIENT_ID: clientId, OKTA_KEY_ID: 'kid', OKTA_PRIVATE_KEY: pemOf(makeKey()) });
}

describe('compose, seal of the credential', () => {
  const token = credential({ OKTA_API_TOKEN: 'a-token-of-a-super-admin' });

  test('stays the same for the same token, and for a service app whatever its key', () => {
    const ofToken = sealCredential(token, undefined);
    const ofApp = sealCredential(app('0oa1'), undefined);

    expect(sealCredential(token, ofToken)).toBe(ofToken);
    expect(sealCredential(app('0oa1'), ofApp)).toBe(ofApp);
  });

  test('is another one for another token, another app, and a text that is no seal', () => {
    const seal = sealCredential(token, undefined);

    expect(sealCredential(credential({ OKTA_API_TOKEN: 'a-token-of-a-lesser-admin' }), seal)).not.toBe(seal);
    expect(sealCredential(app('0oa1'), seal)).not.toBe(seal);
    expect(sealCredential(app('0oa2'), sealCredential(app('0oa1'), undefined))).not.toMatch(seal);
    for (const odd of ['', '.', 'odd', 'odd.text'])
      expect(sealCredential(token, odd)).toMatch(/^[\w-]{43}\.[\w-]{43}$/);
  });

  test('shows neither the token nor that two inventories have the same one', () => {
    const [one, other] = [sealCredential(token, undefined), sealCredential(token, undefined)];

    expect(one).not.toContain('super-admin');
    expect(one.split('.')[1]).not.toBe(other.split('.')[1]);
  });
});
