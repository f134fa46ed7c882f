import { createHmac, randomBytes } from 'node:crypto';
import type { CredentialSettings } from '../settings/credential.ts';

/**
 * A text by which a later run knows whether the credential is the same: a random key, and a digest under it. It is
 * stored, so it must not help anyone to guess a token, nor show that two inventories use the same one. Returns `kept`
 * where that is of this credential. A service app is known by its client id: the keys it signs with decide nothing.
 */
export function sealCredential(credential: CredentialSettings, kept: string | undefined): string {
  const name =
    credential.kind === 'token' ? `token ${credential.token.reveal()}` : `client ${credential.clientId}`;
  const sealWith = (key: string): string =>
    `${key}.${createHmac('sha256', key).update(name).digest('base64url')}`;
  const [keptKey] = kept?.split('.') ?? [];
  return keptKey !== undefined && sealWith(keptKey) === kept
    ? kept
    : sealWith(randomBytes(32).toString('base64url'));
}
