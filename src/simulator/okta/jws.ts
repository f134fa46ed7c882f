import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isObject } from '../json.ts';

/** A signed token, taken apart; its signature is not yet checked. */
export interface Jws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

export function readJws(text: string): Jws | undefined {
  const [head, body, signature, ...more] = text.split('.');
  if (head === undefined || body === undefined || signature === undefined || more.length > 0)
    return undefined;
  const header = parse(head);
  const claims = parse(body);
  if (header === undefined || claims === undefined) return undefined;
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') };
}

/** The algorithm must be the one that goes with the key: a header may ask for anything. */
export function isSignedBy({ header, signed, signature }: Jws, key: KeyObject): boolean {
  const [, family, bits] = /^(RS|ES)(256|384|512)$/.exec(String(header['alg'])) ?? [];
  if (family === undefined || bits === undefined) return false;
  if (key.asymmetricKeyType !== (family === 'RS' ? 'rsa' : 'ec')) return false;
  const given = family === 'RS' ? key : { key, dsaEncoding: 'ieee-p1363' as const };
  return verify(`sha${bits}`, Buffer.from(signed), given, signature);
}

/** `undefined` for what is no public key, private ones included. */
export function publicKeyOf(jwk: unknown): KeyObject | undefined {
  if (!isObject(jwk) || 'd' in jwk || 'k' in jwk) return undefined;
  try {
    const key: JsonWebKey = jwk;
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
