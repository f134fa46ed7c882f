import type { KeyObject } from 'node:crypto';

/** A service app registered in the org, and how the org treats it. */
export interface OAuthOptions {
  readonly clientId: string;
  /** Public keys by their ids. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly grantedScopes: readonly string[];
  /** The life of an access token; by default an hour, as at Okta. */
  readonly lifeSeconds?: number;
  readonly requiresDpop?: boolean;
  /** The API too wants a nonce in each proof, as Okta's does not. */
  readonly apiNonce?: string;
  /** The faults that the first requests for tokens get instead of an answer. */
  readonly tokenFaults?: readonly number[];
}

/** A request as far as its credential goes. */
export interface CredentialedRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly dpop: string | undefined;
  readonly base: string;
  readonly now: number;
}

export interface OAuthTally {
  tokenRequests: number;
  tokensIssued: number;
  /** Calls of the API that were refused for their token or proof. */
  refusedCalls: number;
}
