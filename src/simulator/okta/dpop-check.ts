import { createHash, type KeyObject } from 'node:crypto';
import { isSignedBy, publicKeyOf, readJws, type Jws } from './jws.ts';
import type { CredentialedRequest } from './oauth-options.ts';

const OLDEST_PROOF_MS = 300_000;

export interface Proof {
  /** Of its key: what a token is bound to. */
  readonly thumbprint: string;
  readonly nonce: string | undefined;
}

/** Checks proofs of possession as RFC 9449 says, and takes none twice. */
export class ProofChecker {
  readonly #seen = new Set<string>();

  /** The proof, or what is wrong with it. */
  check(request: CredentialedRequest, token?: string): Proof | string {
    const jws = request.dpop === undefined ? undefined : readJws(request.dpop);
    if (jws === undefined) return 'The DPoP proof JWT header is missing.';
    const key = publicKeyOf(jws.header['jwk']);
    if (jws.header['typ'] !== 'dpop+jwt' || key === undefined || !isSignedBy(jws, key))
      return 'The DPoP proof JWT cannot be verified.';
    const wrong = wrongClaim(jws, request, token);
    if (wrong !== undefined) return wrong;
    const jti = String(jws.claims['jti']);
    if (this.#seen.has(jti)) return 'The DPoP proof JWT has already been used.';
    this.#seen.add(jti);
    const { nonce } = jws.claims;
    return { thumbprint: thumbprintOf(key), nonce: typeof nonce === 'string' ? nonce : undefined };
  }
}

function wrongClaim({ claims }: Jws, request: CredentialedRequest, token?: string): string | undefined {
  const issuedMs = Number(claims['iat']) * 1_000;
  if (claims['htm'] !== request.method) return 'htm is not the method of the request.';
  if (claims['htu'] !== `${request.base}${request.url.split('?')[0] ?? ''}`)
    return 'htu is not the URL of the request.';
  if (typeof claims['jti'] !== 'string' || claims['jti'] === '') return 'jti is missing.';
  if (!(issuedMs <= request.now)) return 'The DPoP proof JWT was issued in the future.';
  if (issuedMs < request.now - OLDEST_PROOF_MS) return 'The DPoP proof JWT is too old.';
  const ath = token === undefined ? undefined : createHash('sha256').update(token).digest('base64url');
  return claims['ath'] === ath ? undefined : 'ath is not the hash of the access token.';
}

function thumbprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}
