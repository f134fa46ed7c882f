import { describe, expect, test } from 'vitest';
import { aQuietReport } from '../ports/report.fixture.ts';
import type { StatusFacts, StoredFacts } from './facts.ts';
import { healthOf } from './health.ts';
import { AT, factsOf, storedOf } from './status.fixture.ts';

const MINUTE_MS = 60_000;
const LETTERS = { count: 3, oldestAt: AT - 300 * MINUTE_MS };

function told(stored: Partial<StoredFacts>, changes: Partial<StatusFacts> = {}): string {
  const { state, sentence } = healthOf(factsOf({ stored: storedOf({ users: 10 }, stored), ...changes }));
  return `${state}: ${sentence}`;
}

describe('status, health: one sentence', () => {
  test.each([
    [{}, 'well: All is well: the last run completed 4 min ago, and the intake has every event.'],
    [
      { outbox: { count: 1, oldestAt: AT - MINUTE_MS } },
      'well: All is well: the last run completed 4 min ago, and 1 event is on the way to the intake.',
    ],
    [
      { outbox: { count: 1200, oldestAt: AT - 61 * MINUTE_MS } },
      'attention: Runs succeed, but 1,200 events still wait for the intake.',
    ],
    [{ deadLetters: LETTERS }, 'attention: Runs succeed, but 3 events cannot be delivered.'],
    [
      { deadLetters: LETTERS, gaps: { factors: { refused: 40, unavailable: 2 } } },
      'attention: Runs succeed, but 3 events cannot be delivered, and 42 answers are unknown.',
    ],
    [{ lastSuccess: undefined }, 'starting: Starting: this worker has not completed a run yet.'],
  ])('%#', (stored, sentence) => {
    expect(told(stored)).toBe(sentence);
  });

  test('names the hindrance before anything else, and for how long', () => {
    const hindrances = [{ code: 'intake_auth', since: AT - 95 * MINUTE_MS, todo: 'give a valid key' }];

    expect(told({ deadLetters: LETTERS }, { hindrances })).toBe(
      'unwell: Unwell: the intake refuses the key, for 1.6 h.',
    );
  });

  test('names what a run met before a check at the start, and the check where that is all', () => {
    const check = { code: 'intake', since: AT - 5 * MINUTE_MS, todo: 'run `okta-ocsf test`' };
    const met = { code: 'intake_unavailable', since: AT - 4 * MINUTE_MS, todo: 'look at the intake' };

    expect(told({}, { hindrances: [check, met] })).toBe(
      'unwell: Unwell: the intake cannot be reached, for 4 min.',
    );
    expect(told({}, { hindrances: [check] })).toBe(
      'unwell: Unwell: the check intake failed at the start, for 5 min.',
    );
  });

  test('does not promise that a hindrance which has just begun ends soon', () => {
    const hindrances = [{ code: 'okta_auth', since: AT - 5000, todo: 'give a valid credential' }];

    expect(told({}, { hindrances })).toBe(
      'unwell: Unwell: Okta refuses the credential, for less than a minute.',
    );
  });

  test('does not call a worker unwell whose first checks are under way', () => {
    const hindrances = [{ code: 'not_checked', since: AT, todo: 'wait' }];

    expect(told({}, { hindrances })).toMatch(/^starting: /);
  });

  test('does not change with every second', () => {
    const success = (ms: number) =>
      told({
        lastSuccess: aQuietReport({ started_at: new Date(AT - ms).toISOString(), duration_seconds: 0 }),
      });

    expect(success(2000)).toBe(success(59_000));
    expect(success(2000)).toContain('completed a moment ago');
    expect(success(61_000)).toBe(success(89_000));
  });
});

test('status, health: each reason has a code, its age and what to do', () => {
  const { reasons } = healthOf(factsOf({ stored: storedOf({ users: 10 }, { deadLetters: LETTERS }) }));

  expect(reasons).toEqual([
    {
      code: 'dead_letters',
      since: '2026-04-14T03:42:10.000Z',
      what: '3 events cannot be delivered',
      todo: 'run `okta-ocsf dead-letters`: it shows why',
    },
  ]);
});
