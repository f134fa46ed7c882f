/** The state of an inventory's runs: one record, stored in it. Instants are Unix milliseconds on Okta's clock. */
export interface RunState {
  /** A full run that has not ended. */
  readonly fullRun?: FullRunUnderWay | undefined;
  /** When the last full run ended. */
  readonly fullEndedAt?: number | undefined;
  /** The number of full runs that have ended. */
  readonly fullRuns: number;
  /** A full run is needed before its time: since when, and why. */
  readonly fullRunDue?: { readonly since: number; readonly why: string } | undefined;
  /** When the last run of either kind ended without failure. */
  readonly endedAt?: number | undefined;
  /** All changes of users, and of groups, up to these instants were read. */
  readonly usersCursor?: number | undefined;
  readonly groupsCursor?: number | undefined;
  /** Where to go on reading the System Log; absent before the first full run. */
  readonly log?: FollowedLog | UnopenedLog | undefined;
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

interface FullRunUnderWay {
  /** The start stamp of its first attempt. */
  readonly startedAt: number;
  /** The last time that it was worked on. */
  readonly aliveAt: number;
}

interface FollowedLog {
  /** Okta's next link. */
  readonly next: string;
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
