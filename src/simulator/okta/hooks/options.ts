/** The ways in which requests of hooks may arrive otherwise than at once, once, and in order. */
export type HookFault = 'late' | 'double' | 'shuffle' | 'drop';

/** Event hooks of the org, and the way in which their requests travel. */
export interface HookOptions {
  /** The SSWS token that manages hooks and reads the log, and nothing else. */
  readonly token?: string;
  /** Besides https, is http to this machine taken? */
  readonly takesHttp?: boolean;
  /** For one answer; Okta gives three seconds. */
  readonly timeoutMs?: number;
  /** Events within so long of each other share a request. */
  readonly batchMs?: number;
  /** The most events of one request. */
  readonly batchSize?: number;
  /** Does the request that verifies carry the secret too? Okta does not say. */
  readonly provesItself?: boolean;
  readonly faults?: readonly HookFault[];
  /** The part of requests that each of these meets. */
  readonly faultRate?: number;
  /** By how much a late request is late, at most. */
  readonly lateMs?: number;
  readonly seed?: number;
  /** Hooks of one page of their list. */
  readonly pageSize?: number;
}

export interface HookTally {
  /** Requests with events, those that were repeated or doubled included. */
  requests: number;
  /** Events in requests that were taken; doubled ones count twice. */
  delivered: number;
  /** Requests that were given up. */
  failed: number;
  repeated: number;
  /** Requests that were never made. */
  dropped: number;
  verifications: number;
}
