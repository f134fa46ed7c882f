import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../settings/secret.ts';

/**
 * Is this header, sent once, one of the secrets? Hashes of one length are compared, each of them, so that the time it
 * takes tells nothing of the secrets.
 */
export function isSecret(given: readonly string[], secrets: readonly Secret[]): boolean {
  const [value = ''] = given;
  const hash = hashOf(value);
  const equal = secrets.filter((secret) => timingSafeEqual(hash, hashOf(secret.reveal())));
  return equal.length > 0 && given.length === 1;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
