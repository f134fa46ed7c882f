/** Okta keeps its log for 90 days (okta-api section 5). Nothing reports the changes of a longer gap. */
export const LOG_RETENTION_MS = 90 * 24 * 60 * 60_000;
/**
 * Okta's `Date` has whole seconds only, so requests of an earlier run may carry stamps that are later by up to this
 * much.
 */
const SAME_SECOND_MS = 2000;

/** The facts that decide the kind of a run. Unix milliseconds on Okta's clock. */
export interface ModeFacts {
  /** The kind that the command line asks for. */
  readonly asked: 'full' | 'incremental' | undefined;
  readonly now: number;
  readonly fullIntervalMs: number;
  /** The start stamp of a full run that has not ended, and the last time that it was worked on. */
  readonly started: number | undefined;
  readonly alive: number | undefined;
  /** When the last full run ended. */
  readonly ended: number | undefined;
  /** Since when a full run is needed before its time, and the reason. */
  readonly due: number | undefined;
  readonly why: string | undefined;
  /** True when the settings that decide what is read are those of the last full run. */
  readonly isSameReading: boolean;
  /** True when the System Log can be read on from where it was left. */
  readonly hasLog: boolean;
}

export interface ChosenMode {
  readonly mode: 'full' | 'incremental';
  /** The start stamp. A full run that goes on keeps that of its first attempt. */
  readonly startedAt: number;
  /** Why this is not the kind of run that one would expect. */
  readonly note?: string;
}

/**
 * An interrupted full run goes on. Otherwise the run is full when that was asked for, needed or due, and else
 * incremental.
 */
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

/**
 * A last end in the future means that the clock was wrong then, and so are the cursors, with which a run would find no
 * changes.
 */
function isDue({ now, fullIntervalMs, isSameReading }: ModeFacts, ended: number): boolean {
  return now - ended >= fullIntervalMs || ended - now >= SAME_SECOND_MS || !isSameReading;
}

/**
 * An interrupted full run may go on as long as the log reaches back to its start; without the log, unless it has lain
 * idle for too long.
 */
function mayGoOn(
  { now, fullIntervalMs, alive, due, isSameReading, hasLog }: ModeFacts,
  started: number,
): boolean {
  if (!isSameReading || (due !== undefined && started < due)) return false;
  return hasLog ? now - started < LOG_RETENTION_MS : now - (alive ?? started) < fullIntervalMs;
}

/**
 * The start stamp is Okta's time, but always after the end of the run before. Two runs that begin within one second
 * would otherwise share a stamp, and the second would take the first one's answers for its own. An end that lies
 * further ahead means that the clock was wrong then, and is ignored.
 */
export function startStamp(oktaAt: number, lastEndedAt: number): number {
  const isAhead = lastEndedAt >= oktaAt && lastEndedAt - oktaAt < SAME_SECOND_MS;
  return isAhead ? lastEndedAt + 1 : oktaAt;
}
