import type { CallCount, Clock } from '../ports.ts';
import type { ProgressSnapshot } from '../progress.ts';

/** Time left is told once so much is done: before, it would be a guess. */
const LEAST_SHARE_DONE = 0.02;

/** How a run goes on, from its counters: pace since the start, and what is left at the pace of users so far. */
export function createMeter(
  clock: Clock,
  count: () => CallCount,
): (usersDone: number, usersTotal: number | undefined) => ProgressSnapshot {
  const startedAt = clock.now();
  let firstUserAt: number | undefined;
  return (usersDone, usersTotal) => {
    const now = clock.now();
    firstUserAt ??= now;
    const calls = [...count().calls.values()].reduce((sum, each) => sum + each, 0);
    const minutes = Math.max(1, now - startedAt) / 60_000;
    const isTelling = usersTotal !== undefined && usersDone >= usersTotal * LEAST_SHARE_DONE;
    const left = isTelling ? Math.max(0, usersTotal - usersDone) : undefined;
    return {
      usersDone,
      usersTotal,
      calls,
      callsPerMinute: calls / minutes,
      secondsLeft: left === undefined ? undefined : ((now - firstUserAt) / 1000 / usersDone) * left,
    };
  };
}
