import type { RunState, RunStateChange } from '../ports/run-state.ts';
import { OVERLAP_MS } from './changes/follow-log.ts';
import { withoutInstantsAhead } from './instants-ahead.ts';
import type { DecidedRun, RunSettings } from './job.ts';

/** Okta keeps its log for 90 days (okta-api section 5). Nothing reports the changes of a longer gap. */
export const LOG_RETENTION_MS = 90 * 24 * 60 * 60_000;
/**
 * Okta's `Date` has whole seconds only, so requests of an earlier run may carry stamps that are later by up to this
 * much.
 */
const SAME_SECOND_MS = 2000;
const GAP_TOO_LONG =
  'the System Log was last read longer ago than Okta keeps it (90 days): this run is a full one';
/** No settings have this fingerprint. */
const MIXED = '';
const NONE_HAS_ENDED = 'no full run has ended yet: this run is a full one';

/** The settings and the request that decide the kind of a run. */
export type DecidingSettings = Pick<
  RunSettings,
  | 'mode'
  | 'asksEverybody'
  | 'fullIntervalMs'
  | 'mayStartFull'
  | 'resendIntervalMs'
  | 'delivery'
  | 'eventSettings'
  | 'askedSettings'
  | 'keptSettings'
>;

/**
 * The run that `state` and `settings` ask for at `now`, on Okta's clock, and the state to save before the run reads
 * anything.
 */
export function decideRun(
  state: RunState,
  settings: DecidingSettings,
  now: number,
): { readonly run: DecidedRun; readonly state: RunStateChange } {
  const attemptedAt = startStamp(now, state);
  const believed = withoutOldLog(withoutInstantsAhead(state, attemptedAt), attemptedAt);
  const chosen = chooseRun(believed, settings, attemptedAt);
  const { mode, startedAt } = chosen;
  const before = state.eventSettings;
  const isResumed = mode === 'full' && startedAt === believed.fullRun?.startedAt;
  const run = {
    ...chosen,
    attemptedAt,
    isResumed,
    asksEverybody: settings.asksEverybody || (isResumed && believed.fullRun.asksEverybody === true),
    asksOtherwise: asksOtherwise(believed, settings),
    relists: state.keptSettings !== undefined && state.keptSettings !== settings.keptSettings,
    remakesEvents: before !== undefined && before !== settings.eventSettings,
    ...chooseNewsRule(state, settings, chosen),
  };
  return { run, state: { ...stateAtStart(believed, run, settings), eventSettings: settings.eventSettings } };
}

/**
 * Starts an interrupted full run anew where the log has a gap, since changes in the gap are lost, and where it lay idle
 * for long and the log does not tell what happened since.
 */
export function begunAnew<Run extends DecidedRun>(run: Run): { run: Run; state: RunStateChange } {
  const startedAt = run.attemptedAt;
  const fullRun = { startedAt, aliveAt: startedAt, asksEverybody: run.asksEverybody };
  return { run: { ...run, startedAt, isResumed: false }, state: { fullRun, evaluatedAt: startedAt } };
}

/**
 * The start stamp is Okta's time, but always after the stamps of earlier runs. Two runs that begin within one second
 * would otherwise share a stamp, and the second would take the first one's answers for its own. A stamp that lies
 * further ahead means that the clock was wrong then, and is ignored. A full run that failed over removals counts as
 * ended.
 */
function startStamp(oktaAt: number, { endedAt, fullEndedAt, fullRun }: RunState): number {
  const stamps = [endedAt, fullEndedAt, fullRun?.startedAt, fullRun?.aliveAt];
  const ofThisSecond = stamps.filter(
    (stamp) => stamp !== undefined && stamp >= oktaAt && stamp - oktaAt < SAME_SECOND_MS,
  );
  return Math.max(oktaAt - 1, ...ofThisSecond.map(Number)) + 1;
}

/**
 * Forgets the log's cursor when the last read is longer ago than Okta keeps its log: nothing reports the changes in
 * between.
 */
function withoutOldLog(state: RunState, now: number): RunState {
  const { log } = state;
  if (log === undefined || 'since' in log || now - log.readAt < LOG_RETENTION_MS) return state;
  const forgotten = { log: undefined, vouchedSince: undefined };
  return { ...state, ...forgotten, fullRunDue: { since: now, why: GAP_TOO_LONG } };
}

/**
 * An interrupted full run goes on. Otherwise the run is full when that was asked for, needed or due, and else
 * incremental.
 */
function chooseRun(
  state: RunState,
  settings: DecidingSettings,
  now: number,
): Pick<DecidedRun, 'mode' | 'startedAt' | 'note'> {
  const { fullRun, fullRunDue, fullEndedAt } = state;
  const { mode: asked } = settings;
  const startedAt = fullRun !== undefined && mayGoOn(state, settings, now) ? fullRun.startedAt : now;
  const full = { mode: 'full', startedAt, note: undefined } as const;
  if (fullRunDue !== undefined) return { ...full, note: fullRunDue.why };
  if (asked === 'full') return full;
  if (fullEndedAt === undefined) return asked === undefined ? full : { ...full, note: NONE_HAS_ENDED };
  if (asked === undefined && (fullRun !== undefined || isFullRunDue(state, settings, now))) return full;
  return { mode: 'incremental', startedAt: now, note: undefined };
}

/**
 * A last end in the future means that the clock was wrong then, and so are the cursors, with which a run would find no
 * changes. Outside `FULL_SYNC_WINDOW` a full run waits, but not for longer than another interval.
 */
function isFullRunDue(state: RunState, settings: DecidingSettings, now: number): boolean {
  const endedAt = state.fullEndedAt ?? 0;
  const isAhead = endedAt - now >= SAME_SECOND_MS;
  const intervals = settings.mayStartFull(now) ? 1 : 2;
  return isAhead || now - endedAt >= intervals * settings.fullIntervalMs || asksOtherwise(state, settings);
}

function asksOtherwise({ askedSettings }: RunState, settings: DecidingSettings): boolean {
  return askedSettings !== undefined && askedSettings !== settings.askedSettings;
}

/**
 * An interrupted full run may go on as long as the log reaches back to its start; without the log, unless it has lain
 * idle for too long.
 */
function mayGoOn(state: RunState, settings: DecidingSettings, now: number): boolean {
  const { fullRun, fullRunDue, logGapAt = 0, log } = state;
  if (fullRun === undefined || asksOtherwise(state, settings)) return false;
  // It has finished users whose answers this run may not believe.
  if (settings.asksEverybody && fullRun.asksEverybody !== true) return false;
  const { startedAt } = fullRun;
  // By a clock that was ahead: the answers of this run would be older than its start.
  if (startedAt > now) return false;
  // A change that was missed since then may concern users whom it has finished.
  if (startedAt < Math.max(logGapAt, fullRunDue?.since ?? 0)) return false;
  const isFollowed = log !== undefined && 'next' in log;
  return isFollowed ? now - startedAt < LOG_RETENTION_MS : !hasLainIdle(fullRun, settings, now);
}

/** Was nobody at work on it for so long that its answers hold no more, unless the log tells what has changed? */
export function hasLainIdle(
  { aliveAt }: { readonly aliveAt: number },
  { fullIntervalMs }: Pick<DecidingSettings, 'fullIntervalMs'>,
  now: number,
): boolean {
  return now - aliveAt >= fullIntervalMs;
}

/** A periodic re-send sends every event. Between full runs the last sign-in alone makes no event. */
function chooseNewsRule(
  { resentAt }: RunState,
  { delivery, resendIntervalMs }: DecidingSettings,
  { mode, startedAt }: Pick<DecidedRun, 'mode' | 'startedAt'>,
): Pick<DecidedRun, 'newsRule' | 'sendsAll'> {
  const isResend = mode === 'full' && resentAt !== undefined && startedAt - resentAt >= resendIntervalMs;
  const sendsAll = isResend || resentAt === undefined;
  if (isResend || delivery === 'all') return { newsRule: 'none', sendsAll };
  return { newsRule: mode === 'full' ? 'every-difference' : 'but-sign-in', sendsAll };
}

/**
 * The state that this run leaves from its first instant on. An answer to other questions is none to these, so whatever
 * was believed ends in the same write as the settings that it was believed under.
 */
function stateAtStart(
  state: RunState,
  { mode, startedAt, attemptedAt, isResumed, asksEverybody, asksOtherwise: isOtherwise }: DecidedRun,
  { askedSettings }: DecidingSettings,
): RunStateChange {
  const believed = isOtherwise ? { ...state, vouchedSince: undefined } : state;
  // Answers under two kinds of settings are mixed from now on: a full run under either must not believe them.
  if (mode === 'incremental') return isOtherwise ? { ...believed, askedSettings: MIXED } : believed;
  const isFollowed = state.log !== undefined && 'next' in state.log;
  // This run reads everything that happened before its start.
  const log = isResumed || isFollowed ? state.log : { since: startedAt - OVERLAP_MS };
  // How long an interrupted run lay idle still matters until the log is read, whatever kills this attempt before that.
  const aliveAt = isResumed ? (state.fullRun?.aliveAt ?? attemptedAt) : attemptedAt;
  const fullRun = { startedAt, aliveAt, asksEverybody };
  return { ...believed, log, fullRun, askedSettings, evaluatedAt: startedAt };
}
