import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';
import type { ErrorOutput } from './world.ts';

/**
 * Shows how a run goes on. On a terminal it redraws one line, at most ten times a second; elsewhere it logs a line once
 * a minute.
 */
export interface Progress {
  /** Asks for the snapshot only when it is shown. */
  update(snapshotOf: () => ProgressSnapshot): void;
  stop(): void;
}

export interface ProgressParts {
  readonly err: ErrorOutput;
  readonly isTerminal: boolean;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
}

const LEAST_MS_BETWEEN_DRAWINGS = 100;
const LEAST_MS_BETWEEN_LINES = 60_000;
const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

export function createProgress({ err, isTerminal, clock, log }: ProgressParts): Progress {
  const leastMs = isTerminal ? LEAST_MS_BETWEEN_DRAWINGS : LEAST_MS_BETWEEN_LINES;
  let shownAt = isTerminal ? Number.NEGATIVE_INFINITY : clock.now();
  let isStopped = false;

  return {
    update(snapshotOf) {
      const now = clock.now();
      // A clock that was set back must not silence the line until it has caught up.
      if (isStopped || (now >= shownAt && now - shownAt < leastMs)) return;
      shownAt = now;
      if (isTerminal) err.setStatus(progressLine(snapshotOf()));
      else log.info(progressFields(snapshotOf()), 'run goes on');
    },
    stop() {
      isStopped = true;
      err.setStatus(undefined);
    },
  };
}

function progressFields({ usersDone, usersTotal, calls, callsLeft, secondsLeft }: ProgressSnapshot) {
  return {
    users_done: usersDone,
    ...(usersTotal === undefined ? {} : { users_expected: usersTotal }),
    calls,
    ...(callsLeft === undefined ? {} : { calls_left: callsLeft }),
    ...(isTelling(secondsLeft) ? { minutes_left: Math.ceil(secondsLeft / 60) } : {}),
  };
}

/** The time left comes first: narrow terminals cut the line at its end. */
export function progressLine(snapshot: ProgressSnapshot): string {
  const { usersDone, usersTotal, calls, callsPerMinute, budget, secondsLeft } = snapshot;
  return [
    ...(isTelling(secondsLeft) ? [timeLeft(secondsLeft)] : []),
    `${count.format(usersDone)} ${usersTotal === undefined ? '' : `of about ${count.format(usersTotal)} `}users`,
    `${count.format(calls)} calls`,
    `${count.format(callsPerMinute)} a minute`,
    ...(budget === undefined ? [] : [budgetLeft(budget)]),
  ].join(', ');
}

function isTelling(secondsLeft: number | undefined): secondsLeft is number {
  return secondsLeft !== undefined && Number.isFinite(secondsLeft);
}

function budgetLeft({ bucket, allowance, left }: NonNullable<ProgressSnapshot['budget']>): string {
  return `${count.format(left)} of ${count.format(allowance)} calls left in ${bucket}`;
}

function timeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}
