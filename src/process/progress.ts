import type { Clock } from '../ports/clock.ts';
import type { ErrorOutput } from './world.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';

/** A line that is drawn again as a run goes on: on a terminal only, and at most ten times a second. */
export interface Progress {
  update(snapshot: ProgressSnapshot): void;
  stop(): void;
}

const LEAST_MS_BETWEEN = 100;
const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

export function createProgress(err: ErrorOutput, isTerminal: boolean, clock: Clock): Progress {
  if (!isTerminal) return { update: () => undefined, stop: () => undefined };
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isStopped = false;

  return {
    update(snapshot) {
      const now = clock.now();
      // A clock set back must not silence the line for as long.
      if (isStopped || (now >= drawnAt && now - drawnAt < LEAST_MS_BETWEEN)) return;
      drawnAt = now;
      err.setStatus(progressLine(snapshot));
    },
    stop() {
      isStopped = true;
      err.setStatus(undefined);
    },
  };
}

export function progressLine(snapshot: ProgressSnapshot): string {
  const { usersDone, usersTotal, calls, callsPerMinute, budget, secondsLeft } = snapshot;
  return [
    `${count.format(usersDone)} ${usersTotal === undefined ? '' : `of about ${count.format(usersTotal)} `}users`,
    `${count.format(calls)} calls`,
    `${count.format(callsPerMinute)} a minute`,
    ...(budget === undefined ? [] : [budgetLeft(budget)]),
    ...(secondsLeft === undefined || !Number.isFinite(secondsLeft) ? [] : [timeLeft(secondsLeft)]),
  ].join(', ');
}

function budgetLeft({ bucket, allowance, left }: NonNullable<ProgressSnapshot['budget']>): string {
  return `${count.format(left)} of ${count.format(allowance)} left in ${bucket}`;
}

function timeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}
