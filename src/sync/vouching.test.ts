import { describe, expect, test } from 'vitest';
import {
  answeredSince,
  distrusted,
  lossesAfter,
  since,
  vouchedSince,
  withoutAnyTrust,
  withoutTrust,
  withProofs,
} from './vouching.ts';

const DAY = 86_400_000;
const NOW = 400 * DAY;
const FOLLOWED = { next: 'https://acme/next', readAt: NOW - 1 };
const FULL = { mode: 'full', startedAt: NOW, isResumed: false, isBroken: false } as const;

describe('sync, vouching: from when on the System Log vouches', () => {
  test.each([
    ['from the start of the first full run', undefined, FULL, FOLLOWED, 'read', since(NOW)],
    [
      'from before, while the log is followed',
      { factors: 7 },
      FULL,
      FOLLOWED,
      'read',
      { ...since(NOW), factors: 7 },
    ],
    ['from this run on, after a gap', undefined, FULL, FOLLOWED, 'gap', since(NOW)],
    ['not while the log was never opened', undefined, FULL, { since: 5 }, 'refused', {}],
    ['not from a run on that could not read it', { factors: 7 }, FULL, FOLLOWED, 'down', { factors: 7 }],
    [
      'anew when other questions are asked',
      { factors: 7 },
      { ...FULL, isBroken: true },
      FOLLOWED,
      'read',
      since(NOW),
    ],
    ['anew after a clock that was ahead', { factors: NOW + 1 }, FULL, FOLLOWED, 'read', since(NOW)],
    [
      'as before, in an incremental run',
      { factors: 7 },
      { ...FULL, mode: 'incremental' },
      FOLLOWED,
      'read',
      { factors: 7 },
    ],
  ] as const)('%s', (_, before, run, log, outcome, expected) => {
    expect(vouchedSince({ fullRuns: 1, vouchedSince: before, log }, run, outcome)).toEqual(expected);
  });

  test.each([
    ['not for a lookup that lost it after that run had begun', { factors: NOW + 1 }, { factors: undefined }],
    ['for nothing, where the log lost it', { log: NOW + 1 }, undefined],
    ['for all, where that was before', { factors: NOW - 1, log: NOW - 1 }, {}],
  ])('from the start of an interrupted full run that goes on: %s', (_, lostAt, expected) => {
    const trustLost = Object.fromEntries(
      Object.entries(lostAt).map(([subject, at]) => [subject, { since: at, why: 'drift' }]),
    );
    const state = { fullRuns: 1, trustLost, log: FOLLOWED };

    expect(vouchedSince(state, { ...FULL, isResumed: true }, 'read')).toEqual(
      expected === undefined ? {} : { ...since(NOW), ...expected },
    );
    // A run that begins now asks everybody.
    expect(vouchedSince(state, FULL, 'read')).toEqual(since(NOW));
  });
});

describe('sync, vouching: answers hold', () => {
  const run = { startedAt: NOW, asksEverybody: false };
  const week = { verifyMs: 7 * DAY };
  const vouched = { ...since(NOW - 30 * DAY), roles: NOW - DAY };

  test('for as long as they are vouched for, and no longer than VERIFY_ANSWERS', () => {
    expect(answeredSince(vouched, run, week, 'read')).toEqual({ ...since(NOW - 7 * DAY), roles: NOW - DAY });
  });

  test.each([
    ['a run that asks everybody', { ...run, asksEverybody: true }, 'read'],
    ['a run that could not read the log', run, 'down'],
  ] as const)('not in %s', (_, given, outcome) => {
    expect(answeredSince(vouched, given, week, outcome)).toEqual(since(NOW));
  });

  test('not where nothing is vouched for', () => {
    expect(answeredSince(undefined, run, week, 'read')).toEqual(since(NOW));
  });
});

describe('sync, vouching: verified answers', () => {
  const made = (proven: number, drift: number) => new Map([['factors', { proven, drift }] as const]);

  test('are counted over seven days', () => {
    let proofs = withProofs(undefined, NOW, made(10, 1));
    proofs = withProofs(proofs, NOW + 1, made(5, 1));
    proofs = withProofs(proofs, NOW + 6 * DAY, made(1, 0));

    expect(proofs.map(({ counts }) => counts)).toEqual([
      { factors: { proven: 15, drift: 2 } },
      { factors: { proven: 1, drift: 0 } },
    ]);
    expect(withProofs(proofs, NOW + 7 * DAY, made(2, 0))).toHaveLength(2);
  });

  test.each([
    [1000, 2, 0.001, false],
    [1000, 3, 0.001, true],
    [3000, 3, 0.001, false],
    [3000, 4, 0.001, true],
    [5, 5, 1, false],
  ])('of %i with %i that differ, at most %f: distrust %s', (proven, drift, maxDrift, isLost) => {
    expect(distrusted(withProofs([], NOW, made(proven, drift)), maxDrift).has('factors')).toBe(isLost);
  });

  test('begin anew when trust is lost, for that lookup alone', () => {
    const proofs = withProofs([], NOW, made(10, 5));
    const before = { vouchedSince: { factors: 1, roles: 2 }, proofs };

    expect(withoutTrust(before, new Map([['factors', '5 of 10 differ']]), NOW)).toEqual({
      trustLost: {
        factors: { since: NOW, why: 'the System Log is not believed for factors: 5 of 10 differ' },
      },
      vouchedSince: { roles: 2 },
      proofs: [{ day: 400, counts: {} }],
    });
  });
});

describe('sync, vouching: lost trust', () => {
  const lost = { since: 5, why: 'so' };

  test('is told until a full run has begun after it and the log vouches again', () => {
    const trustLost = { factors: lost, roles: lost, log: { ...lost, since: 20 } };

    expect(lossesAfter({ vouchedSince: { factors: 10 }, trustLost }, 10)).toEqual({
      roles: lost,
      log: { since: 20, why: 'so' },
    });
    expect(lossesAfter({ vouchedSince: {}, trustLost: { log: lost } }, 10)).toEqual({ log: lost });
  });

  test('is none where nothing was vouched for', () => {
    expect(withoutAnyTrust({ vouchedSince: {} }, 'why', NOW)).toEqual({});
    expect(withoutAnyTrust({ vouchedSince: { factors: 1 } }, 'why', NOW)).toEqual({
      vouchedSince: undefined,
      trustLost: { log: { since: NOW, why: 'why' } },
    });
  });
});
