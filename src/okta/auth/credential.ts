import type { Secret } from '../../settings/secret.ts';
import type { CredentialKind } from './grants.ts';
import type { HttpAnswer } from '../../http/client.ts';

/** One attempt of a call, with what authorising it needs. */
export interface CallAttempt {
  /** Absent: GET, as all calls of runs are. */
  readonly method?: string;
  readonly url: URL;
  readonly template: string;
}

/**
 * The reason to make the same call once more: a newer token, the nonce that Okta asks for, a better clock, or another
 * secret in the place of the one that was refused.
 */
export type Remedy = 'token' | 'nonce' | 'clock' | 'secret';

/** Requests for tokens that this credential has made so far. */
export interface TokenRequests {
  readonly total: number;
  readonly rateLimited: number;
}

/** The credential that requests carry. */
export interface Credential {
  readonly kind: CredentialKind;
  /**
   * Headers for one attempt, never used twice. May ask for a token first, and throws what that throws. Throws
   * `OktaForbiddenError` when it is known already that Okta would refuse.
   */
  authorise(attempt: CallAttempt): Promise<Readonly<Record<string, string>>>;
  /** Learns clock, nonce and token from an answer. Returns a remedy where other headers may get another answer. */
  learn(answer: HttpAnswer, sent: Readonly<Record<string, string>>): Remedy | undefined;
  tokenRequests(): TokenRequests;
  /** Scopes that this credential does not have, as far as that is known. */
  missingScopes(): readonly string[];
}

/** An SSWS token: every call carries the same header. */
export function createApiToken(token: Secret): Credential {
  return {
    kind: 'token',
    authorise: async () => ({ authorization: `SSWS ${token.reveal()}` }),
    learn: () => undefined,
    tokenRequests: () => ({ total: 0, rateLimited: 0 }),
    missingScopes: () => [],
  };
}
