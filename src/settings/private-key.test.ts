import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { privateKeys } from './private-key.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const p256 = ec('P-256');

const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The block that `openssl ecparam -genkey` writes before the key itself. */
const CURVE = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

function pem(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' = 'pkcs8'): string {
  return key.export({ type, format: 'pem' }).toString();
}

function jwk(key: KeyObject, more: object = {}): string {
  return JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
}

/** Algorithms and ids of the keys read, or the problem. */
function read(text: string): unknown {
  const parsed = privateKeys(text);
  return parsed.kind === 'wrong'
    ? parsed.problem
    : parsed.value.keys.map(({ algorithm, id }) => (id === undefined ? algorithm : `${algorithm} ${id}`));
}

describe('settings, private key', () => {
  test.each([
    ['PKCS#8', pem(rsa.privateKey), ['RS256']],
    ['PKCS#1', pem(rsa.privateKey, 'pkcs1'), ['RS256']],
    ['SEC 1', pem(p256.privateKey, 'sec1'), ['ES256']],
    ['as OpenSSL writes one on a curve', CURVE + pem(p256.privateKey, 'sec1'), ['ES256']],
    ['in one line, its breaks as \\n', pem(p256.privateKey).replaceAll('\n', String.raw`\n`), ['ES256']],
    ['with text around it', `from vault\n${pem(p256.privateKey)}\nend`, ['ES256']],
    ['a JWK', jwk(p256.privateKey, { kid: 'k1' }), ['ES256 k1']],
    ['a JWK without a name', jwk(ec('P-384').privateKey, { kid: '' }), ['ES384']],
    ['a JWK that names its algorithm', jwk(rsa.privateKey, { alg: 'RS512', kid: 'k' }), ['RS512 k']],
    ['on P-521', pem(ec('P-521').privateKey), ['ES512']],
    ['two as PEM', pem(rsa.privateKey) + pem(p256.privateKey), ['RS256', 'ES256']],
    [
      'two as a JWK set',
      `{"keys":[${jwk(rsa.privateKey, { kid: 'a' })},${jwk(p256.privateKey, { kid: 'b' })}]}`,
      ['RS256 a', 'ES256 b'],
    ],
    ['in one line, its breaks as spaces', pem(rsa.privateKey).trim().replaceAll('\n', ' '), ['RS256']],
    ['in one line, its breaks lost', pem(rsa.privateKey).replaceAll('\n', ''), ['RS256']],
    ['SEC 1 in one line', pem(p256.privateKey, 'sec1').replaceAll('\n', ' '), ['ES256']],
    [
      'in the quotes that an env file keeps',
      `"${pem(rsa.privateKey).replaceAll('\n', String.raw`\n`)}"`,
      ['RS256'],
    ],
    ['PEM in base64', base64(pem(rsa.privateKey)), ['RS256']],
    ['PEM in base64, in lines', base64(pem(rsa.privateKey)).replaceAll(/.{76}/g, '$&\n'), ['RS256']],
    ['a JWK in base64', base64(jwk(p256.privateKey, { kid: 'k' })), ['ES256 k']],
    ['beside its public half as PEM', pem(p256.privateKey) + publicPem, ['ES256']],
    [
      'a JWK set with public halves',
      `{"keys":[${jwk(p256.publicKey, { kid: 'a' })},${jwk(p256.privateKey, { kid: 'a' })}]}`,
      ['ES256 a'],
    ],
    [
      'JSON with private and public key',
      `{"publicKey":${jwk(p256.publicKey)},"privateKey":${jwk(p256.privateKey, { kid: 'b' })}}`,
      ['ES256 b'],
    ],
    [
      'JSON with a JWK set under a name',
      `{"jwks":{"keys":[${jwk(p256.privateKey, { kid: 'c' })}]}}`,
      ['ES256 c'],
    ],
    ['JSON with PEM', JSON.stringify({ private_key: pem(rsa.privateKey), public_key: publicPem }), ['RS256']],
  ])('%s is taken', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ['a public PEM', publicPem, /public key/],
    ['a public JWK', jwk(p256.publicKey), /public JWK/],
    [
      'an encrypted one',
      rsa.privateKey
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      /encrypted/,
    ],
    ['a broken one', pem(p256.privateKey).replace(/\n.{20}/, '\n'), /cannot be read/],
    ['a short RSA key', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), /does not take/],
    ['another kind', pem(generateKeyPairSync('ed25519').privateKey), /does not take/],
    ['another curve', pem(ec('secp256k1').privateKey), /does not take/],
    ['a curve without a key', CURVE, /no private key/],
    ['three', pem(p256.privateKey).repeat(3), /more than 2/],
    ['none', '{"keys":[]}', /no private key/],
    ['a token', '00aBcDeF', /neither PEM nor a JWK/],
    ['half a JWK', '{"kty":', /not a JWK/],
  ])('%s is refused', (_, text, problem) => {
    expect(read(text)).toMatch(problem);
  });

  test('shows nothing of itself', () => {
    const parsed = privateKeys(jwk(p256.privateKey));
    if (parsed.kind === 'wrong') throw new Error(parsed.problem);
    const { d } = p256.privateKey.export({ format: 'jwk' });

    expect(inspect(parsed, { depth: 9 }) + JSON.stringify(parsed)).not.toContain(d);
    expect(parsed.value.traces()).toContain(d);
  });

  test('in a file with line ends of Windows is searched for as it would be printed', () => {
    const text = pem(p256.privateKey).replaceAll('\n', '\r\n');
    const parsed = privateKeys(text);
    if (parsed.kind === 'wrong') throw new Error(parsed.problem);

    expect(parsed.value.traces()).toContain(pem(p256.privateKey).split('\n')[1]);
  });

  test.each([
    ['in one line', (text: string) => text.replaceAll('\n', '')],
    ['in base64', base64],
  ])('%s is searched for as its lines would be printed', (_, written) => {
    const parsed = privateKeys(written(pem(rsa.privateKey)));
    if (parsed.kind === 'wrong') throw new Error(parsed.problem);

    expect(parsed.value.traces()).toEqual(
      expect.arrayContaining(pem(rsa.privateKey).split('\n').slice(1, -2)),
    );
  });

  test('says something about every text, and repeats none of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `{"kty":"EC","d":"${text}"}`),
        ),
        (text) => {
          const parsed = privateKeys(text);

          expect(parsed.kind).toBe('wrong');
        },
      ),
    );
  });
});
