/** Where the runs of an inventory stand: one record, kept with it. Instants are Unix milliseconds on Okta's clock. */
export interface RunState {
  /** A full run under way. */
  readonly fullRun?: FullRunUnderWay | undefined;
  /** When the last full run ended. */
  readonly fullEndedAt?: number | undefined;
  /** Full runs that have ended. */
  readonly fullRuns: number;
  /** A full run is needed out of turn: since when, and why. */
  readonly fullRunDue?: { readonly since: number; readonly why: string } | undefined;
  /** When the last run of either kind ended well. */
  readonly endedAt?: number | undefined;
  /** Changes of users, and of groups, were read up to here. */
  readonly usersCursor?: number | undefined;
  readonly groupsCursor?: number | undefined;
  /** Where the System Log is read on; absent before the first full run. */
  readonly log?: FollowedLog | UnopenedLog | undefined;
  /** When every event was last sent. */
  readonly resentAt?: number | undefined;
  /** Since when every event is to be sent again, until all of them are in the outbox. */
  readonly resendSince?: number | undefined;
  /** Start stamp of the newest full run: the day on which risk is judged. */
  readonly evaluatedAt?: number | undefined;
  /** The group that would not list its members in the last full run. */
  readonly refusingGroupId?: string | undefined;
  /** The built-in group of administrators did not list its members in the last full run. */
  readonly hidesAdministrators?: boolean | undefined;
  /** Fingerprints of the settings that decided events, what was asked, and what was kept of a record. */
  readonly eventSettings?: string | undefined;
  readonly askedSettings?: string | undefined;
  readonly keptSettings?: string | undefined;
}

interface FullRunUnderWay {
  /** The start stamp of its first attempt. */
  readonly startedAt: number;
  /** When it last went on. */
  readonly aliveAt: number;
}

interface FollowedLog {
  /** Okta's next link. */
  readonly next: string;
  /** When the log last gave a page. */
  readonly readAt: number;
}

/** To be opened at an instant: it was never read, or Okta refused its cursor. */
interface UnopenedLog {
  readonly since: number;
}

/** A field that is absent stays as it is; one that is `undefined` is forgotten. */
export type RunStateChange = Partial<RunState>;

export const NO_RUN_YET: RunState = { fullRuns: 0 };
