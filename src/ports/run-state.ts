import type { Lookup } from './org.ts';

/** The state of an inventory's runs: one record, stored in it. Instants are Unix milliseconds on Okta's clock. */
export interface RunState {
  /** A full run that has not ended. */
  readonly fullRun?: FullRunUnderWay | undefined;
  /** When the last full run ended. */
  readonly fullEndedAt?: number | undefined;
  /** The number of full runs that have ended. */
  readonly fullRuns: number;
  /** A full run is needed before its time: since when, and why. */
  readonly fullRunDue?: Reason | undefined;
  /** When the last run of either kind ended without failure. */
  readonly endedAt?: number | undefined;
  /** All changes of users, of groups, and of devices, up to these instants were read. */
  readonly usersCursor?: number | undefined;
  readonly groupsCursor?: number | undefined;
  readonly devicesCursor?: number | undefined;
  /** Where to go on reading the System Log; absent before the first full run. */
  readonly log?: FollowedLog | UnopenedLog | undefined;
  /** When the System Log was last known to have told something that was missed. */
  readonly logGapAt?: number | undefined;
  /** By lookup: the System Log vouches for answers that were asked for since then. */
  readonly vouchedSince?: Readonly<Partial<Record<Lookup, number>>> | undefined;
  /** The scopes that Okta did not grant to the last run, by name, parted by spaces. */
  readonly missingScopes?: string | undefined;
  /** Tells the credential of the last run from others; contains no secret. */
  readonly credential?: string | undefined;
  /** Why the System Log vouches no more for some lookup or for all, by subject, until a full run has asked everybody. */
  readonly trustLost?: Readonly<Record<string, Reason>> | undefined;
  /** Factors that are to be asked for again; absent where none are. */
  readonly factorsDue?: DueFactors | undefined;
  /** The time up to which old answers have been asked for again as often as they should. */
  readonly verifiedAt?: number | undefined;
  /** How old answers that were asked for again compared, by day, the last seven days. */
  readonly proofs?: readonly ProofsOfDay[] | undefined;
  /** When every event was last sent. */
  readonly resentAt?: number | undefined;
  /** Since when every event must be sent again; absent once all are in the outbox. */
  readonly resendSince?: number | undefined;
  /** The start stamp of the newest full run, which is the day for which risk is judged. */
  readonly evaluatedAt?: number | undefined;
  /** The group that refused to list its members in the last full run. */
  readonly refusingGroupId?: string | undefined;
  /** True when the built-in group of administrators refused to list its members in the last full run. */
  readonly hidesAdministrators?: boolean | undefined;
  /** Fingerprints of the settings that decided events, questions, and the stored part of a record. */
  readonly eventSettings?: string | undefined;
  readonly askedSettings?: string | undefined;
  readonly keptSettings?: string | undefined;
}

interface Reason {
  readonly since: number;
  readonly why: string;
}

/** Factors that a change of something else may have changed. Each of them is asked for within `POLICY_RECHECK`. */
export interface DueFactors {
  /** Changes of policies, authenticators and zones, in the order of time. */
  readonly rounds: readonly DueRound[];
  /** The time up to which shares of these factors were read. */
  readonly readAt?: number | undefined;
}

/** All factors that were asked for before an instant are due since another. */
export interface DueRound {
  readonly since: number;
  readonly askedBefore: number;
}

/** Answers that were asked for again, and those of them that differed though no event had said so. */
export interface ProofCount {
  readonly proven: number;
  readonly drift: number;
}

/** The proofs of one day. */
export interface ProofsOfDay {
  /** Days since 1970 on Okta's clock. */
  readonly day: number;
  readonly counts: Readonly<Partial<Record<Lookup, ProofCount>>>;
}

interface FullRunUnderWay {
  /** The start stamp of its first attempt. */
  readonly startedAt: number;
  /** The last time that it was worked on. */
  readonly aliveAt: number;
  /** True when it believes no answer of an earlier run. */
  readonly asksEverybody?: boolean | undefined;
}

interface FollowedLog {
  /** Okta's next link. */
  readonly next: string;
  /** The events that the link asks for: those that were wanted when the log was opened. */
  readonly filter?: string | undefined;
  /** When the log last gave a page. */
  readonly readAt: number;
}

/** The log must be opened at this instant: it was never read, or Okta refused its cursor. */
interface UnopenedLog {
  readonly since: number;
}

/** A field that is absent stays as it is; a field that is `undefined` is removed. */
export type RunStateChange = Partial<RunState>;

export const NO_RUN_YET: RunState = { fullRuns: 0 };
