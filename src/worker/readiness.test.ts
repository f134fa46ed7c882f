import { expect, test } from 'vitest';
import type { Check } from '../ports/checks.ts';
import { OktaAuthError, SinkUnavailableError } from '../ports/errors.ts';
import { nextFiring } from '../settings/schedule-values.ts';
import { Readiness } from './readiness.ts';
import type { RunSigns } from './run-signs.ts';
import type { Timetable } from './schedule.ts';

const PASSED: Check = { code: 'okta_users', title: 'Users', status: 'passed', detail: 'zoe@example.com' };
const trouble = (code: Check['code'], status: 'warning' | 'failed'): Check => ({
  ...PASSED,
  code,
  status,
  cost: 'zoe',
  todo: 'zoe',
});
const FAILED = { outcome: 'failed', failure: new SinkUnavailableError('zoe@example.com') } as const;
const COMPLETED = { outcome: 'completed', failure: undefined } as const;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-08-01T10:00:00Z');

/** A worker's readiness on a clock that the test turns; runs are due every 20 minutes. */
function createScene(timetable: Timetable = { nextAfter: (instant) => instant + 20 * MINUTE }) {
  let now = START;
  let signs: RunSigns | undefined;
  const readiness = new Readiness({ now: () => now }, timetable, () => signs);
  return {
    /** A run is under way, and has shown this. */
    shows: ({ over = [], troubles = [] }: { over?: string[]; troubles?: RunSigns['troubles'] }): void => {
      const isOver = (code: string): boolean => over.includes(code);
      signs = { isReading: false, sinkFailsSince: undefined, troubles, isOver };
    },
    readiness,
    answer: (accept?: string) => readiness.answer(accept),
    /** Turns the clock to this time. */
    at: (instant: number): void => {
      now = instant;
    },
    /** A run that takes so many minutes, and ends. */
    run: (
      ended: Pick<Parameters<Readiness['runEnded']>[0], 'outcome' | 'mode' | 'failure'>,
      minutes = 1,
    ): void => {
      const startedAt = now;
      now += minutes * MINUTE;
      readiness.runEnded({ ...ended, startedAt, endedAt: now });
      signs = undefined;
    },
    codes: () => readiness.reasons().map(({ code }) => code),
  };
}

test('worker, readiness: is not there before anything was tried', () => {
  expect(createScene().answer()).toEqual({ status: 503, body: 'not checked yet\n' });
});

test('worker, readiness: follows the checks: failures stand in the way of a run, warnings do not; only codes are told', () => {
  const { readiness, answer } = createScene();

  readiness.checked([PASSED, trouble('okta_factors', 'warning')]);
  expect(answer()).toEqual({ status: 200, body: 'ready\n' });

  readiness.checked([PASSED, trouble('okta_users', 'failed'), trouble('intake', 'failed')]);
  expect(answer()).toEqual({ status: 503, body: 'not ready: okta_users intake\n' });
});

test('worker, readiness: follows the last run, whatever the checks said before or say after it', () => {
  const { readiness, answer, run } = createScene();
  readiness.checked([trouble('intake', 'failed')]);

  run({ outcome: 'cancelled', failure: undefined });
  expect(answer().status).toBe(503);

  run(COMPLETED);
  readiness.checked([trouble('intake', 'failed')]);
  expect(answer().status).toBe(200);

  run(FAILED);
  expect(answer()).toEqual({ status: 503, body: 'not ready: intake_unavailable\n' });

  run({ outcome: 'completed_with_gaps', failure: undefined });
  expect(answer().status).toBe(200);
});

test('worker, readiness: tells as JSON each reason, since when, and what to do; nothing else of an error or a check', () => {
  const { readiness, answer, run } = createScene();
  const reasons = (): unknown => JSON.parse(answer('text/html, application/json;q=0.9').body);
  expect(reasons()).toEqual({
    version: 1,
    ready: false,
    reasons: [
      { code: 'not_checked', since: '2026-08-01T10:00:00.000Z', todo: expect.stringContaining('wait') },
    ],
  });

  readiness.checked([trouble('okta_users', 'failed')]);
  const checked = answer('application/json');
  run({ outcome: 'failed', failure: new OktaAuthError('zoe@example.com') });
  run({ outcome: 'failed', failure: new OktaAuthError('zoe@example.com') });
  const failed = answer('application/json');

  expect(checked).toMatchObject({ status: 503, type: 'application/json; charset=utf-8' });
  expect(checked.body).toMatch(/"okta_users".*okta-ocsf test/);
  expect(failed.status).toBe(503);
  // It failed like this since the end of the first of the two.
  expect(reasons()).toEqual({
    version: 1,
    ready: false,
    reasons: [
      { code: 'okta_auth', since: '2026-08-01T10:01:00.000Z', todo: expect.stringContaining('credential') },
    ],
  });
  expect(`${checked.body}${failed.body}`).not.toContain('zoe');

  run(COMPLETED);
  expect(answer('application/json')).toMatchObject({
    status: 200,
    body: '{"version":1,"ready":true,"reasons":[]}\n',
  });
});

test('worker, readiness: a cause goes once the run under way has shown that it is over, and its own trouble is told', () => {
  const { run, shows, at, readiness, codes, answer } = createScene();
  run({ outcome: 'failed', failure: new OktaAuthError('no') });
  const since = START + MINUTE;

  shows({});
  expect(codes()).toEqual(['okta_auth']);
  shows({ over: ['okta_auth'], troubles: [{ code: 'intake_unavailable', since, isTriedAgain: true }] });
  expect(codes()).toEqual(['intake_unavailable']);
  run(FAILED, 15);
  // It is told for as long as it has been seen.
  expect(readiness.reasons()).toMatchObject([{ code: 'intake_unavailable', since }]);

  shows({ over: ['intake_unavailable'] });
  expect(answer().status).toBe(200);
  // Then the run is that of a worker that is ready, and may try again for a while.
  const later = START + HOUR;
  at(later);
  shows({ troubles: [{ code: 'intake_unavailable', since: later, isTriedAgain: true }] });
  expect(answer().status).toBe(200);
  at(later + MINUTE + 1);
  expect(codes()).toEqual(['intake_unavailable']);
});

test('worker, readiness: a trouble that the run does not try again is told at once', () => {
  const { run, shows, codes } = createScene();
  run(COMPLETED);
  const since = START + MINUTE;

  shows({
    troubles: [
      { code: 'okta_unavailable', since, isTriedAgain: false },
      { code: 'intake_auth', since, isTriedAgain: false },
    ],
  });

  expect(codes()).toEqual(['okta_unavailable', 'intake_auth']);
});

test('worker, readiness: a run for hooks clears its own failure, and of others what it has shown to be over', () => {
  const { run, shows, codes } = createScene();
  const forHooks = { ...COMPLETED, mode: 'marks' } as const;
  run({ outcome: 'failed', failure: new OktaAuthError('no') });
  run({ ...FAILED, mode: 'marks' });
  expect(codes()).toEqual(['okta_auth', 'intake_unavailable']);
  run(forHooks);
  expect(codes()).toEqual(['okta_auth']);
  shows({ over: ['okta_auth'] });
  run(forHooks);

  expect(codes()).toEqual([]);
});

test('worker, readiness: is red when three starts have passed since the last completed run, and green after the next', () => {
  const { answer, at, run, readiness, codes } = createScene();
  readiness.checked([PASSED]);
  at(START + 24 * HOUR);
  // A first run may take as long as it wants: nothing is known yet of how long that is.
  expect(answer().status).toBe(200);
  run(COMPLETED, 5);
  const endedAt = START + 24 * HOUR + 5 * MINUTE;

  at(endedAt + HOUR);
  expect(answer().status).toBe(200);
  at(endedAt + HOUR + 1);
  expect(answer()).toEqual({ status: 503, body: 'not ready: run_overdue\n' });
  expect(readiness.reasons()[0]?.since).toBe(endedAt + HOUR);

  run(FAILED);
  expect(codes()).toEqual(['intake_unavailable', 'run_overdue']);
  run(COMPLETED);
  expect(answer().status).toBe(200);
});

test('worker, readiness: gives a run twice the time of the longest one of the week', () => {
  const { answer, at, run, codes } = createScene();
  run(COMPLETED, 180);
  run(COMPLETED, 1);
  const endedAt = START + 181 * MINUTE;

  at(endedAt + 6 * HOUR);
  expect(answer().status).toBe(200);
  at(endedAt + 6 * HOUR + 1);
  expect(codes()).toEqual(['run_overdue']);

  // A week later that run counts no more.
  at(endedAt + 8 * 24 * HOUR);
  run(COMPLETED, 1);
  at(endedAt + 8 * 24 * HOUR + MINUTE + HOUR + 1);
  expect(codes()).toEqual(['run_overdue']);
});

test('worker, readiness: with SCHEDULE three of its own starts may pass, however far apart these are', () => {
  const schedule = { schedule: '0 6 * * 1-5', scheduleTimeZone: 'UTC' };
  const { readiness, answer, at, codes } = createScene({
    nextAfter: (instant) => nextFiring(schedule, instant),
  });
  readiness.checked([PASSED]);
  // On Friday at 6:10.
  readiness.remembers({ successAt: Date.parse('2026-07-31T06:10:00Z') });

  at(Date.parse('2026-08-05T06:00:00Z'));
  expect(answer().status).toBe(200);
  at(Date.parse('2026-08-05T06:00:01Z'));
  expect(codes()).toEqual(['run_overdue']);
});
