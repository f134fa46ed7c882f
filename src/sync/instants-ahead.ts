import type { RunState } from '../ports/run-state.ts';
import { AHEAD_MS } from './changes/even-share.ts';
import { OVERLAP_MS } from './changes/follow-log.ts';

const READ_AHEAD =
  'the System Log was last read while the clock of the org was ahead: this run is a full one, and opens it anew';

/**
 * The state without instants that lie ahead, which are of a clock that was wrong: until they had passed, changes would
 * be missed and full runs would follow each other. Those that are left mean a run that is due or begins anew.
 */
export function withoutInstantsAhead(state: RunState, now: number): RunState {
  const { fullRun, fullRunDue, resentAt, logGapAt, evaluatedAt, trustLost = {} } = state;
  const inTime = (instant: number): number => (isAhead(instant, now) ? now : instant);
  const lost = Object.entries(trustLost).map(
    ([subject, { since, why }]) => [subject, { since: inTime(since), why }] as const,
  );
  return {
    ...state,
    ...(fullRun && { fullRun: { ...fullRun, aliveAt: inTime(fullRun.aliveAt) } }),
    ...(fullRunDue && { fullRunDue: { ...fullRunDue, since: inTime(fullRunDue.since) } }),
    ...(resentAt !== undefined && { resentAt: inTime(resentAt) }),
    ...(logGapAt !== undefined && { logGapAt: inTime(logGapAt) }),
    ...(evaluatedAt !== undefined && { evaluatedAt: inTime(evaluatedAt) }),
    ...(state.trustLost && { trustLost: Object.fromEntries(lost) }),
    ...cursorsInTime(state, now),
    ...logInTime(state, now),
  };
}

function isAhead(instant: number, now: number): boolean {
  return instant > now + AHEAD_MS;
}

/** The last full run has read everything that changed before its start. */
function cursorsInTime(
  { usersCursor, groupsCursor, evaluatedAt = 0 }: RunState,
  now: number,
): Pick<RunState, 'usersCursor' | 'groupsCursor'> {
  const certain = isAhead(evaluatedAt, now) ? 0 : Math.max(0, evaluatedAt - OVERLAP_MS);
  return {
    ...(isAhead(usersCursor ?? 0, now) && { usersCursor: certain }),
    ...(isAhead(groupsCursor ?? 0, now) && { groupsCursor: certain }),
  };
}

/** A log that was read ahead may be silent until then. */
function logInTime({ log }: RunState, now: number): Pick<RunState, 'log' | 'vouchedSince' | 'fullRunDue'> {
  if (log === undefined) return {};
  if ('since' in log) return isAhead(log.since, now) ? { log: { since: now - OVERLAP_MS } } : {};
  if (!isAhead(log.readAt, now)) return {};
  return { log: undefined, vouchedSince: undefined, fullRunDue: { since: now, why: READ_AHEAD } };
}
