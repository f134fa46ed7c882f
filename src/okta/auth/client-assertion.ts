import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ClientKey } from '../../ports/credential.ts';

/** Okta allows an hour; a captured assertion should not live that long. */
const LIFE_SECONDS = 300;

/**
 * Proves to the token endpoint who we are (RFC 7523). Made anew for each attempt, because Okta accepts each `jti` once.
 */
export function signAssertion(
  { key, id, algorithm }: ClientKey,
  clientId: string,
  tokenUrl: URL,
  nowSeconds: number,
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm, kid: id, typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl.href)
    .setJti(randomUUID())
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + LIFE_SECONDS)
    .sign(key);
}
