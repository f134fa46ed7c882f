import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadSettings, secretTexts } from './load.ts';
import { ConfigError } from '../ports/errors.ts';
import { credentialOf } from './credential.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const JWK = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'of-the-jwk' });
const BASE = { OKTA_BASE_URL: 'https://acme.okta.com' };
const APP = { ...BASE, OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY: PEM, OKTA_KEY_ID: 'kid-1' };

function load(env: Record<string, string>) {
  return loadSettings(env, { requireSink: false }).settings;
}

function faultsOf(env: Record<string, string>): string[] {
  try {
    load(env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults.map(({ name, problem }) => `${name} ${problem}`);
    throw thrown;
  }
  return [];
}

function idsOf(env: Record<string, string>): readonly string[] {
  const credential = credentialOf(load(env));
  return credential.kind === 'service-app' ? credential.keys.map(({ id }) => id) : [];
}

describe('settings, credential: the two ways to authenticate', () => {
  test('a token, or a service app', () => {
    expect(credentialOf(load({ ...BASE, OKTA_API_TOKEN: '00token' })).kind).toBe('token');
    expect(credentialOf(load(APP))).toMatchObject({ kind: 'service-app', clientId: '0oa1', dpop: 'auto' });
  });

  test.each([
    ['neither', BASE, ['OKTA_API_TOKEN is missing']],
    [
      'both',
      { ...APP, OKTA_API_TOKEN: '00token' },
      ['OKTA_API_TOKEN is set together with OKTA_CLIENT_ID, OKTA_PRIVATE_KEY, OKTA_KEY_ID'],
    ],
    [
      'an id alone',
      { ...BASE, OKTA_CLIENT_ID: '0oa1', BATCH_SIZE: 'x' },
      ['OKTA_PRIVATE_KEY is missing: a service app needs it', expect.stringContaining('BATCH_SIZE')],
    ],
    [
      'a key alone',
      { ...BASE, OKTA_PRIVATE_KEY: PEM },
      [
        'OKTA_CLIENT_ID is missing: a service app needs it',
        'OKTA_KEY_ID is missing: the key does not name itself',
      ],
    ],
    [
      'fewer ids than keys',
      { ...APP, OKTA_PRIVATE_KEY: PEM + PEM },
      ['OKTA_KEY_ID names fewer ids than there are keys'],
    ],
    [
      'more ids than keys',
      { ...APP, OKTA_KEY_ID: 'a,b' },
      ['OKTA_KEY_ID names 2 ids, but OKTA_PRIVATE_KEY holds 1 key'],
    ],
    ['a wrong mode', { ...APP, OKTA_DPOP: 'maybe' }, ['OKTA_DPOP must be one of: auto, always, never']],
  ])('%s', (_, env, faults) => {
    expect(faultsOf(env)).toEqual(faults);
  });

  test("a key's id is that of OKTA_KEY_ID, else its own", () => {
    expect(idsOf(APP)).toEqual(['kid-1']);
    expect(idsOf({ ...APP, OKTA_PRIVATE_KEY: JWK, OKTA_KEY_ID: '' })).toEqual(['of-the-jwk']);
    expect(idsOf({ ...APP, OKTA_PRIVATE_KEY: JWK })).toEqual(['kid-1']);
    expect(idsOf({ ...APP, OKTA_PRIVATE_KEY: PEM + PEM, OKTA_KEY_ID: 'a, b' })).toEqual(['a', 'b']);
  });

  test('the key does not show in the settings, and each of its lines is among what is scrubbed', () => {
    const settings = load(APP);
    const [, line = ''] = PEM.split('\n');

    expect(inspect(settings, { depth: 9 }) + JSON.stringify(settings)).not.toContain(line);
    expect(secretTexts(settings)).toContain(line);
  });
});

describe('settings, credential: HTTPS_PROXY', () => {
  const TOKEN = { ...BASE, OKTA_API_TOKEN: '00token' };

  test('is a secret, and so is the password in it, however it is written', () => {
    const settings = load({ ...TOKEN, HTTPS_PROXY: 'http://ana:p%40ss-word@proxy.example.com:3128' });

    expect(JSON.stringify(settings)).not.toContain('ss-word');
    expect(secretTexts(settings)).toEqual(
      expect.arrayContaining(['p@ss-word', 'p%40ss-word', Buffer.from('ana:p@ss-word').toString('base64')]),
    );
  });

  test.each([
    ['proxy.example.com:3128', 'http://proxy.example.com:3128/'],
    ['https://proxy.example.com', 'https://proxy.example.com/'],
  ])('%s is %s', (written, read) => {
    expect(load({ ...TOKEN, HTTPS_PROXY: written }).httpsProxy?.reveal()).toBe(read);
  });

  test.each(['socks5://proxy.example.com', 'http://a:%zz@proxy.example.com', 'not a proxy'])(
    '%s is refused',
    (written) => {
      expect(faultsOf({ ...TOKEN, HTTPS_PROXY: written })).toHaveLength(1);
    },
  );

  test('in lower case counts, but gives way to upper case', () => {
    const lower = { ...TOKEN, https_proxy: 'http://lower.example.com', no_proxy: 'a.example' };

    expect(load(lower).httpsProxy?.reveal()).toBe('http://lower.example.com/');
    expect(load(lower).noProxy).toBe('a.example');
    expect(load({ ...lower, HTTPS_PROXY: 'http://upper.example.com' }).httpsProxy?.reveal()).toBe(
      'http://upper.example.com/',
    );
  });
});
