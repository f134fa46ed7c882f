import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';

const LEAST_RSA_BITS = 2048;
/** Two while one takes over from the other; Okta keeps no more either. */
const MOST_KEYS = 2;
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512'] as const;
const EC_ALGORITHMS = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' } as const;
const EXAMPLE =
  'give the private key of the service app, as PEM or JWK, for example by OKTA_PRIVATE_KEY_FILE=/run/secrets/okta_private_key';

type SigningAlgorithm = (typeof RSA_ALGORITHMS)[number] | (typeof EC_ALGORITHMS)[keyof typeof EC_ALGORITHMS];

/** One private key of a service app. A `KeyObject` prints nothing of itself. */
export interface PrivateKey {
  readonly key: KeyObject;
  /** As the JWK names itself; PEM has no such name. */
  readonly id: string | undefined;
  readonly algorithm: SigningAlgorithm;
}

/** One key, or the two of a rotation; the text they came in stays secret. */
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
const JwkSet = z.object({ keys: z.array(Jwk) });
/** The members of a JWK that are private. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const;

/** PEM (PKCS#8, PKCS#1 or SEC 1), one or two blocks; or a JWK; or a JWK set of one or two. */
export function privateKeys(text: string): Parsed<PrivateKeys> {
  const read = text.startsWith('{') ? readJwks(text) : readPems(text);
  if (read.kind === 'wrong') return read;
  const { keys, parts } = read.value;
  if (keys.length === 0) return wrong('holds no private key', EXAMPLE);
  if (keys.length > MOST_KEYS) return wrong(`holds more than ${MOST_KEYS} keys`, 'keep the new and the old');
  return right(new PrivateKeys(text, parts, keys));
}

interface Read {
  readonly keys: readonly PrivateKey[];
  readonly parts: readonly string[];
}

function readPems(text: string): Parsed<Read> {
  // Environments often hold a PEM in one line, its line breaks written as \n.
  const pem = text.replaceAll(String.raw`\n`, '\n');
  const blocks = [...pem.matchAll(PEM_BLOCK)];
  if (blocks.length === 0) return wrong('is neither PEM nor a JWK', EXAMPLE);
  const keys: PrivateKey[] = [];
  for (const [block, label = ''] of blocks) {
    // OpenSSL names the curve in a block of its own, and again in the key.
    if (label === 'EC PARAMETERS') continue;
    if (/PUBLIC KEY|CERTIFICATE/.test(label)) return wrong('holds a public key or certificate', EXAMPLE);
    if (label.startsWith('ENCRYPTED') || /ENCRYPTED/.test(block))
      return wrong(
        'is encrypted',
        'give the key without a pass phrase, in a file that only this program may read',
      );
    const key = usable(() => createPrivateKey(block), undefined, undefined);
    if (key.kind === 'wrong') return key;
    keys.push(key.value);
  }
  const lines = pem.split('\n').map((line) => line.trim());
  return right({ keys, parts: lines.filter((line) => /^[A-Za-z0-9+/=]{16,}$/.test(line)) });
}

function readJwks(text: string): Parsed<Read> {
  const body = parseJson(text);
  const set = JwkSet.safeParse(body);
  const one = Jwk.safeParse(body);
  if (!set.success && !one.success) return wrong('is not a JWK', EXAMPLE);
  const jwks = set.success ? set.data.keys : [one.data].filter((jwk) => jwk !== undefined);
  const keys: PrivateKey[] = [];
  for (const jwk of jwks) {
    if (!('d' in jwk)) return wrong('is a public JWK: it has no "d"', EXAMPLE);
    const key = usable(() => createPrivateKey({ key: jwk, format: 'jwk' }), jwk.kid, jwk.alg);
    if (key.kind === 'wrong') return key;
    keys.push(key.value);
  }
  return right({ keys, parts: jwks.flatMap(privateMembers) });
}

function privateMembers(jwk: Jwk): string[] {
  return PRIVATE_MEMBERS.map((name) => jwk[name]).filter((value) => typeof value === 'string');
}

function usable(
  make: () => KeyObject,
  id: string | undefined,
  asked: string | undefined,
): Parsed<PrivateKey> {
  const key = attempt(make);
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

/** The reader's own message may quote the key. */
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
