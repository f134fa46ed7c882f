import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { OAuthOptions } from '../../src/simulator/index.ts';

const CLIENT_ID = '0oaServiceAppOfTests';
const READ_SCOPES = ['okta.users.read', 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A service app: what the org knows of it, and the settings that go with it. */
export interface TestServiceApp {
  readonly oauth: OAuthOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly key: KeyPair;
}

export function makeKey(kind: 'rsa' | 'P-256' | 'P-384' | 'P-521' = 'P-256'): KeyPair {
  return kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: kind });
}

export function pemOf({ privateKey }: KeyPair, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string {
  return privateKey.export({ type, format: 'pem' }).toString();
}

export function jwkOf({ privateKey }: KeyPair, kid?: string): Record<string, unknown> {
  return { ...privateKey.export({ format: 'jwk' }), ...(kid === undefined ? {} : { kid }) };
}

export function makeServiceApp(changes: Partial<OAuthOptions> = {}, key = makeKey()): TestServiceApp {
  const oauth = {
    clientId: CLIENT_ID,
    keys: new Map([['kid-1', key.publicKey]]),
    grantedScopes: READ_SCOPES,
    ...changes,
  };
  const env = {
    OKTA_API_TOKEN: '',
    OKTA_CLIENT_ID: CLIENT_ID,
    OKTA_PRIVATE_KEY: pemOf(key),
    OKTA_KEY_ID: 'kid-1',
  };
  return { oauth, env, key };
}
