import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { PrivateKey, SigningAlgorithm } from '../ports/credential.ts';
import * as z from 'zod';
import { isInQuotes, right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';

const LEAST_RSA_BITS = 2048;
/** Two keys while one replaces the other; Okta allows no more either. */
const MOST_KEYS = 2;
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512'] as const;
const EC_ALGORITHMS = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' } as const;
const EXAMPLE =
  'give the private key of the service app, as PEM or JWK, for example by OKTA_PRIVATE_KEY_FILE=/run/secrets/okta_private_key';

/** One key, or the two of a rotation. The text that they came in stays secret. */
export class PrivateKeys extends Secret {
  readonly keys: readonly PrivateKey[];

  constructor(text: string, parts: readonly string[], keys: readonly PrivateKey[]) {
    super(text, parts);
    this.keys = keys;
  }
}

const Jwk = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  alg: z.string().optional(),
});
type Jwk = z.infer<typeof Jwk>;
/** A list counts as an object whose names are numbers. */
const Members = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);
const Keys = z.object({ keys: z.array(z.unknown()) });
/** How deep JWKs may lie: an object, its `keys`, the list. */
const DEEPEST_JWK = 3;
/** The members of a JWK that are private. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const;

/**
 * Reads PEM (PKCS#8, PKCS#1 or SEC 1) of one or two blocks, with or without its line breaks; a JWK, a JWK set, or any
 * other JSON object that contains them, with or without public halves; or the base64 of one of these.
 */
export function privateKeys(written: string): Parsed<PrivateKeys> {
  const text = isInQuotes(written) ? written.slice(1, -1) : written;
  const plain = fromBase64(text) ?? text.trim();
  const read = plain.startsWith('{') ? readJson(plain) : readPems(plain);
  if (read.kind === 'wrong') return read;
  const { keys, parts } = read.value;
  if (keys.length === 0) return wrong('holds no private key', EXAMPLE);
  if (keys.length > MOST_KEYS) return wrong(`holds more than ${MOST_KEYS} keys`, 'keep the new and the old');
  const lines = plain === text ? [] : linesOf(text);
  return right(new PrivateKeys(written, [...parts, ...lines], keys));
}

interface KeyParts {
  readonly keys: readonly PrivateKey[];
  readonly parts: readonly string[];
}

function readPems(text: string): Parsed<KeyParts> {
  // Environments often have a PEM in one line, with its line breaks written as
  // .
  const pem = text.replaceAll(String.raw`\n`, '\n');
  const blocks = [...pem.matchAll(PEM_BLOCK)];
  if (blocks.length === 0) return wrong('is neither PEM nor a JWK', EXAMPLE);
  const keys: PrivateKey[] = [];
  const parts: string[] = linesOf(pem);
  let hasPublic = false;
  for (const [block, label = ''] of blocks) {
    // OpenSSL names the curve in a block of its own, and again in the key.
    if (label === 'EC PARAMETERS') continue;
    if (/PUBLIC KEY|CERTIFICATE/.test(label)) {
      hasPublic = true;
      continue;
    }
    if (label.startsWith('ENCRYPTED') || /ENCRYPTED/.test(block))
      return wrong(
        'is encrypted',
        'give the key without a pass phrase, in a file that only this program may read',
      );
    const body = block.slice(`-----BEGIN ${label}-----`.length, -`-----END ${label}-----`.length);
    const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
    const whole = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
    const key = usable(() => createPrivateKey(whole), undefined, undefined);
    if (key.kind === 'wrong') return key;
    keys.push(key.value);
    parts.push(...lines.flatMap(linesOf));
  }
  if (keys.length === 0 && hasPublic) return wrong('holds a public key or certificate', EXAMPLE);
  return right({ keys, parts: [...new Set(parts)] });
}

/** The parts of a text that may turn up elsewhere: its lines or words of base64. */
function linesOf(text: string): string[] {
  return text.split(/\s+/).filter((line) => /^[A-Za-z0-9+/=_-]{16,}$/.test(line));
}

/** Secret stores often have a key in base64, on one line or several. */
function fromBase64(text: string): string | undefined {
  const packed = text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(packed)) return undefined;
  const plain = Buffer.from(packed, 'base64').toString('utf8').trim();
  return plain.startsWith('{') || plain.includes('-----BEGIN ') ? plain : undefined;
}

function readJson(text: string): Parsed<KeyParts> {
  const body = parseJson(text);
  const jwks = jwksIn(body);
  if (jwks.length === 0) return readJsonPems(body);
  const privateJwks = jwks.filter((jwk) => 'd' in jwk);
  if (privateJwks.length === 0) return wrong('is a public JWK: it has no "d"', EXAMPLE);
  const keys: PrivateKey[] = [];
  for (const jwk of privateJwks) {
    const key = usable(() => createPrivateKey({ key: jwk, format: 'jwk' }), jwk.kid, jwk.alg);
    if (key.kind === 'wrong') return key;
    keys.push(key.value);
  }
  return right({ keys, parts: privateJwks.flatMap(privateMembers) });
}

/** JSON without a JWK may contain PEM, as the files of some key tools do. */
function readJsonPems(body: unknown): Parsed<KeyParts> {
  const pems = Object.values(Members.safeParse(body).data ?? {}).filter(
    (value) => typeof value === 'string' && value.includes('-----BEGIN '),
  );
  if (pems.length > 0) return readPems(pems.join('\n'));
  return Keys.safeParse(body).success ? right({ keys: [], parts: [] }) : wrong('is not a JWK', EXAMPLE);
}

/** The JWKs of a value: the value itself, those of a set, or those under names such as `privateKey` and `publicKey`. */
function jwksIn(body: unknown, depth = 0): Jwk[] {
  const one = Jwk.safeParse(body);
  if (one.success) return [one.data];
  const members = Members.safeParse(body).data;
  if (members === undefined || depth > DEEPEST_JWK) return [];
  return Object.values(members).flatMap((value) => jwksIn(value, depth + 1));
}

function privateMembers(jwk: Jwk): string[] {
  return PRIVATE_MEMBERS.map((name) => jwk[name]).filter((value) => typeof value === 'string');
}

function usable(
  make: () => KeyObject,
  id: string | undefined,
  asked: string | undefined,
): Parsed<PrivateKey> {
  // OpenSSL blames a good key, once, for an error that something else has left behind in the same process.
  const key = attempt(make) ?? attempt(make);
  if (key === undefined) return wrong('holds a key that cannot be read', EXAMPLE);
  const algorithm = algorithmOf(key, asked);
  if (algorithm === undefined)
    return wrong(
      'is a key of a kind that Okta does not take',
      `use RSA of at least ${LEAST_RSA_BITS} bits, or EC on P-256, P-384 or P-521`,
    );
  return right({ key, id: id === '' ? undefined : id, algorithm });
}

function algorithmOf(key: KeyObject, asked: string | undefined): SigningAlgorithm | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') {
    return Object.entries(EC_ALGORITHMS).find(([curve]) => curve === namedCurve)?.[1];
  }
  if (key.asymmetricKeyType !== 'rsa' || modulusLength < LEAST_RSA_BITS) return undefined;
  return RSA_ALGORITHMS.find((name) => name === asked) ?? 'RS256';
}

/** Hides the reader's own message, which may quote the key. */
function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
