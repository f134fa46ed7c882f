/** Okta keeps its log for 90 days (okta-api section 5): a longer gap is told by nothing. */
export const LOG_RETENTION_MS = 90 * 24 * 60 * 60_000;
/** Okta's `Date` is in whole seconds: what an earlier run asked within one may be stamped up to so much later. */
const SAME_SECOND_MS = 2000;

/** What decides on the kind of a run. Unix milliseconds on Okta's clock. */
export interface ModeFacts {
  /** What was asked for on the command line. */
  readonly asked: 'full' | 'incremental' | undefined;
  readonly now: number;
  readonly fullIntervalMs: number;
  /** Start stamp of a full run under way, and when it last went on. */
  readonly started: number | undefined;
  readonly alive: number | undefined;
  /** When the last full run ended. */
  readonly ended: number | undefined;
  /** Since when a full run is needed out of turn, and why. */
  readonly due: number | undefined;
  readonly why: string | undefined;
  /** The settings that decide what is read are those of the last full run. */
  readonly isSameReading: boolean;
  /** The System Log can be read on from where it was left. */
  readonly hasLog: boolean;
}

export interface ChosenMode {
  readonly mode: 'full' | 'incremental';
  /** The start stamp: of a full run that goes on, that of its first attempt. */
  readonly startedAt: number;
  /** Why it is not the run that one would expect. */
  readonly note?: string;
}

/** An interrupted full run goes on; else a full one when asked for, needed or due; else an incremental one. */
export function chooseMode(facts: ModeFacts): ChosenMode {
  const { asked, now, started, ended, due, why } = facts;
  const startedAt = started !== undefined && mayGoOn(facts, started) ? started : now;
  const full = { mode: 'full', startedAt } as const;
  if (due !== undefined) return why === undefined ? full : { ...full, note: why };
  if (asked === 'full') return full;
  if (ended === undefined) {
    return asked === undefined
      ? full
      : { ...full, note: 'no full run has ended yet: this run is a full one' };
  }
  if (asked === undefined && (started !== undefined || isDue(facts, ended))) return full;
  return { mode: 'incremental', startedAt: now };
}

/** An end that lies ahead is of a clock that was wrong, and so are the cursors it left: nothing would be found since. */
function isDue({ now, fullIntervalMs, isSameReading }: ModeFacts, ended: number): boolean {
  return now - ended >= fullIntervalMs || ended - now >= SAME_SECOND_MS || !isSameReading;
}

/** While the log reaches back to its start it is never too old; without the log, once it lay idle for too long. */
function mayGoOn(
  { now, fullIntervalMs, alive, due, isSameReading, hasLog }: ModeFacts,
  started: number,
): boolean {
  if (!isSameReading || (due !== undefined && started < due)) return false;
  return hasLog ? now - started < LOG_RETENTION_MS : now - (alive ?? started) < fullIntervalMs;
}

/**
 * A run's start stamp: Okta's time, but after the end of the run before it. Two runs that begin within one second would
 * share a stamp otherwise, and the second would take the answers of the first for its own. An end further ahead is of a
 * clock that was wrong, and counts no more.
 */
export function startStamp(oktaAt: number, lastEndedAt: number): number {
  const isAhead = lastEndedAt >= oktaAt && lastEndedAt - oktaAt < SAME_SECOND_MS;
  return isAhead ? lastEndedAt + 1 : oktaAt;
}
