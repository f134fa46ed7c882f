import { expect, test } from 'vitest';
import { nextFiring } from '../settings/schedule-values.ts';
import { firstStartAt, nextStartAt, type Timetable } from './schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Without jitter, and after a failure with half of the pause. */
const LEAST = (): number => 0;
const MOST = (): number => 1;

function every(ms: number): Timetable {
  return { nextAfter: (instant) => instant + ms };
}

function cron(schedule: string, scheduleTimeZone = 'UTC'): Timetable {
  return { nextAfter: (instant) => nextFiring({ schedule, scheduleTimeZone }, instant) };
}

interface Given {
  readonly took: number;
  readonly failures?: number;
  readonly frequency: number;
  readonly random?: () => number;
}

/** From the start of a run to the start of the next. */
function interval({ took, failures = 0, frequency, random = LEAST }: Given): number {
  const startedAt = Date.parse('2026-08-01T10:00:00Z');
  return (
    nextStartAt({ startedAt, endedAt: startedAt + took, failures }, every(frequency), random) - startedAt
  );
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
    (failures) => interval({ took: 0, failures, frequency: 20 * SECOND, random: MOST }) / SECOND,
  );

  expect(pauses).toEqual([21, 40, 80, 160, 300, 300, 300]);
});

test('worker, schedule: a run that failed after its next start was due is not repeated at once', () => {
  expect(interval({ took: 25 * MINUTE, failures: 1, frequency: 20 * MINUTE })).toBe(25.25 * MINUTE);
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

  expect(nextStartAt(run, every(20 * MINUTE), LEAST)).toBe(endedAt + 20 * MINUTE);
});

test('worker, schedule: a start comes up to a twentieth of the interval later, at most a minute', () => {
  const latest = [SECOND, 20 * SECOND, 20 * MINUTE, 24 * HOUR].map((frequency) =>
    interval({ took: 0, frequency, random: MOST }),
  );

  expect(latest).toEqual([1.05 * SECOND, 21 * SECOND, 21 * MINUTE, 24 * HOUR + MINUTE]);
});

test('worker, schedule: with a cron expression starts missed by a long run are made up by one', () => {
  const [startedAt, endedAt] = [Date.parse('2026-08-01T02:00:05Z'), Date.parse('2026-08-01T04:20:00Z')];

  const first = nextStartAt({ startedAt, endedAt, failures: 0 }, cron('0 * * * *'), LEAST);
  const next = nextStartAt(
    { startedAt: first, endedAt: first + MINUTE, failures: 0 },
    cron('0 * * * *'),
    LEAST,
  );

  expect([first, next]).toEqual([endedAt, Date.parse('2026-08-01T05:00:00Z')]);
});

test('worker, schedule: a failed run of a cron expression waits for the next start', () => {
  const startedAt = Date.parse('2026-08-01T02:00:00Z');
  const run = { startedAt, endedAt: startedAt + 3 * SECOND, failures: 5 };

  expect(nextStartAt(run, cron('0 2 * * *'), LEAST)).toBe(Date.parse('2026-08-02T02:00:00Z'));
});

test.each([
  ['at once where no run ended before', undefined, '2026-08-01T10:30:00Z'],
  ['at once where a start was missed', '2026-08-01T09:59:00Z', '2026-08-01T10:30:00Z'],
  ['with the next start where none was missed', '2026-08-01T10:02:00Z', '2026-08-01T11:00:00Z'],
  ['with the next start where the last end lies ahead', '2027-01-01T00:00:00Z', '2026-08-01T11:00:00Z'],
])('worker, schedule: a worker that starts again begins %s', (_, lastEnd, expected) => {
  const now = Date.parse('2026-08-01T10:30:00Z');
  const lastEndedAt = lastEnd === undefined ? undefined : Date.parse(lastEnd);

  expect(firstStartAt(lastEndedAt, cron('0 * * * *'), now)).toBe(Date.parse(expected));
});

test('worker, schedule: over the days on which clocks change, each day has its one run', () => {
  for (const [from, to] of [
    ['2026-03-27T12:00:00Z', '2026-03-31T12:00:00Z'],
    ['2026-10-23T12:00:00Z', '2026-10-27T12:00:00Z'],
  ] as const) {
    const timetable = cron('30 2 * * *', 'Europe/Berlin');
    const days: string[] = [];
    let at = Date.parse(from);
    while ((at = nextStartAt({ startedAt: at, endedAt: at, failures: 0 }, timetable, LEAST)) < Date.parse(to))
      days.push(new Date(at).toISOString().slice(0, 10));

    expect(new Set(days).size).toBe(4);
    expect(days).toHaveLength(4);
  }
});
