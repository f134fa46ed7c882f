import { expect, test } from 'vitest';
import { nextStartAt } from './schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const NO_JITTER = () => 1;

interface Given {
  readonly took: number;
  readonly failures?: number;
  readonly frequency: number;
  readonly random?: () => number;
}

/** From the start of a run to the start of the next. */
function interval({ took, failures = 0, frequency, random = NO_JITTER }: Given): number {
  const startedAt = Date.parse('2026-08-01T10:00:00Z');
  return nextStartAt({ startedAt, endedAt: startedAt + took, failures }, frequency, random) - startedAt;
}

test('worker, schedule: FREQUENCY counts from start to start', () => {
  expect(interval({ took: 7 * MINUTE, frequency: 20 * MINUTE })).toBe(20 * MINUTE);
});

test.each([20, 21, 45, 200])(
  'worker, schedule: a run of %i minutes is followed at once by one, however many starts it missed',
  (minutes) => {
    expect(interval({ took: minutes * MINUTE, frequency: 20 * MINUTE })).toBe(minutes * MINUTE);
  },
);

test.each([1, 2, 5, 50, 5000])(
  'worker, schedule: at FREQUENCY=1200 a run that fails soon is retried at the next start, also after %i failures',
  (failures) => {
    expect(interval({ took: 3 * SECOND, failures, frequency: 1200 * SECOND })).toBe(1200 * SECOND);
  },
);

test('worker, schedule: with a small FREQUENCY the pause after failures doubles, up to five minutes', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 100].map(
    (failures) => interval({ took: 0, failures, frequency: 20 * SECOND }) / SECOND,
  );

  expect(pauses).toEqual([20, 40, 80, 160, 300, 300, 300]);
});

test('worker, schedule: a run that failed after its next start was due is not repeated at once', () => {
  expect(interval({ took: 25 * MINUTE, failures: 1, frequency: 20 * MINUTE })).toBe(25.5 * MINUTE);
});

test('worker, schedule: workers that failed together come back at different times, the soonest after half the pause', () => {
  const given = { took: 0, failures: 3, frequency: 20 * SECOND };

  expect(interval({ ...given, random: () => 0 })).toBe(40 * SECOND);
  expect(interval({ ...given, random: () => 0.5 })).toBe(60 * SECOND);
});

test('worker, schedule: there is always a pause after a failure, even at the least FREQUENCY', () => {
  expect(interval({ took: 30 * SECOND, failures: 1, frequency: SECOND, random: () => 0 })).toBe(
    30.5 * SECOND,
  );
});

test('worker, schedule: a clock set back by an hour during a run makes nobody wait for that hour', () => {
  const endedAt = Date.parse('2026-08-01T10:00:00Z');
  const run = { startedAt: endedAt + 60 * MINUTE, endedAt, failures: 0 };

  expect(nextStartAt(run, 20 * MINUTE, NO_JITTER)).toBe(endedAt + 20 * MINUTE);
});
