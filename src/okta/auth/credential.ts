import type { Secret } from '../../settings/secret.ts';
import type { CredentialKind } from './grants.ts';
import type { HttpAnswer } from '../../http/client.ts';

/** One attempt of a GET, as far as authorising it goes. */
export interface CallAttempt {
  readonly url: URL;
  readonly template: string;
}

/** Why the same call may be asked once more: a newer token, the nonce asked for, or a better clock. */
export type Remedy = 'token' | 'nonce' | 'clock';

/** Requests for tokens so far, by this credential. */
export interface TokenRequests {
  readonly total: number;
  readonly rateLimited: number;
}

/** What makes Okta answer. */
export interface Credential {
  readonly kind: CredentialKind;
  /**
   * Headers for one attempt; never used twice. May ask for a token first. Throws `OktaForbiddenError` when it is known
   * already that Okta would refuse, and what asking for a token throws.
   */
  authorise(attempt: CallAttempt): Promise<Readonly<Record<string, string>>>;
  /** Takes in what an answer says of clock, nonce and token; a remedy, where other headers may get another answer. */
  learn(answer: HttpAnswer, sent: Readonly<Record<string, string>>): Remedy | undefined;
  tokenRequests(): TokenRequests;
  /** Scopes that this credential is without, found out so far. */
  missingScopes(): readonly string[];
}

/** An SSWS token: the same header for every call, for as long as it lives. */
export function createApiToken(token: Secret): Credential {
  return {
    kind: 'token',
    authorise: async () => ({ authorization: `SSWS ${token.reveal()}` }),
    learn: () => undefined,
    tokenRequests: () => ({ total: 0, rateLimited: 0 }),
    missingScopes: () => [],
  };
}
