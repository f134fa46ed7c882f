/**
 * How well the org is protected, in counts: what the newest events of all known users say together. No name and no id
 * is in it. What is not known has a share of its own and is never counted as no: a lookup that failed or is switched
 * off, a user without an event yet, a date that cannot be read.
 */
import type { FactorKind } from './org.ts';

/** A yes-or-no question about many: how many of them have which answer. */
export interface Shares {
  readonly yes: number;
  readonly no: number;
  readonly unknown: number;
}

/** The share of those who may sign in by their last sign-in, in whole days of UTC. */
interface SignIns {
  /** At most 90 days ago. */
  readonly recent: number;
  /** More than 90 days ago. */
  readonly dormant: number;
  readonly never: number;
  readonly unknown: number;
}

/** "Users who may sign in" are all but those who are STAGED, SUSPENDED or DEPROVISIONED. */
export interface Posture {
  /**
   * By Okta's status, or `unknown`: all users, and whether they have MFA by `MFA_RULE`. Deactivated users are not asked
   * for factors, so theirs is unknown.
   */
  readonly statuses: Readonly<Record<string, { readonly users: number; readonly mfa: Shares }>>;
  /** Users who may sign in: are they Admin by `ADMIN_RULE`? */
  readonly admins: Shares;
  /** Those of them who are Admin: have they MFA? */
  readonly adminMfa: Shares;
  /**
   * Users who may sign in and have a factor of the kind that counts by `MFA_RULE`. A user with several kinds counts for
   * each; `none` and `unknown` are those whose MFA is no and unknown.
   */
  readonly factors: Readonly<Partial<Record<FactorKind | 'none' | 'unknown', number>>>;
  /** Users who may sign in. */
  readonly signIns: SignIns;
  /**
   * Users who may sign in: does the profile's `userType` call the user `service`, `bot` or `generic`? `unknown`: it is
   * empty or redacted. Okta's listing has no other word for it.
   */
  readonly serviceAccounts: Shares;
  /** Groups: do they hold an active role that makes their members Admin by `ADMIN_RULE`? */
  readonly privilegedGroups: Shares;
}

export interface PostureAt {
  /** The beginning of the hour or of the day (UTC), in Unix milliseconds on this machine's clock. */
  readonly at: number;
  readonly posture: Posture;
}

/**
 * Each row shows the last run that completed within its hour or day. An hour in which none did has no row, and neither
 * has one whose row makes no sense.
 */
export interface PostureHistory {
  newest(): Promise<PostureAt | undefined>;
  /** The newest 48 hours that have a row, in the order of time. */
  hours(): Promise<readonly PostureAt[]>;
  /** The newest 730 days that have a row, from this instant on, in the order of time. */
  days(since: number): Promise<readonly PostureAt[]>;
}
