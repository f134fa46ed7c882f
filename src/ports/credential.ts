/** The credential, and the key of a service app: the settings give them, and the source asks and signs with them. */
import type { KeyObject } from 'node:crypto';

export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512';

/** One private key of a service app. A `KeyObject` prints nothing of itself. */
export interface PrivateKey {
  readonly key: KeyObject;
  /** The JWK's own name (`kid`); PEM has none. */
  readonly id: string | undefined;
  readonly algorithm: SigningAlgorithm;
}

/** A private key with the name under which Okta knows its public half. */
export interface ClientKey extends PrivateKey {
  readonly id: string;
}

/** Are tokens bound to a key of ours? `auto`: when Okta asks for it. */
export type DpopMode = 'auto' | 'always' | 'never';

/** One of the two ways to authenticate at Okta, as the settings give it. `Token`: how the token itself is held. */
export type CredentialOf<Token> =
  | { readonly kind: 'token'; readonly token: Token }
  | {
      readonly kind: 'service-app';
      readonly clientId: string;
      readonly keys: readonly ClientKey[];
      readonly dpop: DpopMode;
    };
