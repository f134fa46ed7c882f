import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { ServerClock } from '../pace/server-clock.ts';

const ALGORITHM = 'ES256';

interface Proved {
  readonly method: string;
  readonly url: URL;
  readonly nonce?: string | undefined;
  /** The access token that the proof belongs to. */
  readonly token?: string | undefined;
}

interface ProofKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * Proves that the sender of a token is the one who got it (RFC 9449). The key is made here, lives as long as this
 * object, cannot be exported, and is not the one that the service app authenticates with.
 */
export class ProofMaker {
  readonly #clock: ServerClock;
  #key: Promise<ProofKey> | undefined;

  constructor(clock: ServerClock) {
    this.#clock = clock;
  }

  /** A proof for one attempt of one call, because Okta accepts each proof once. */
  async prove({ method, url, nonce, token }: Proved): Promise<string> {
    const { privateKey, publicJwk } = await (this.#key ??= makeKey());
    return new SignJWT({
      htm: method,
      htu: `${url.origin}${url.pathname}`,
      ...(nonce === undefined ? {} : { nonce }),
      ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: ALGORITHM, jwk: publicJwk })
      .setJti(randomUUID())
      .setIssuedAt(this.#clock.nowSeconds())
      .sign(privateKey);
  }
}

async function makeKey(): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  return { privateKey, publicJwk: await exportJWK(publicKey) };
}
