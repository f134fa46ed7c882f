import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestShare, rollingShare, roundsInTime, shareOfDue, withRound } from './even-share.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 500 * DAY;

/** Runs at these times after the answers became due; the number that is left after each. */
function leftAfter(all: number, times: readonly number[], span: number): readonly number[] {
  let left = all;
  let readAt: number | undefined;
  return times.map((after) => {
    const now = NOW + after;
    const share = shareOfDue({ left, since: NOW }, readAt, now, span);
    left -= share.most;
    readAt = share.readAt;
    return left;
  });
}

describe('sync, even share: what is due', () => {
  test('sinks in a straight line, however runs are spaced, and is read by the end', () => {
    const spacing = fc.array(fc.integer({ min: 0, max: 3 * HOUR }), { minLength: 1, maxLength: 60 });

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), spacing, (all, gaps) => {
        let at = 0;
        const times = gaps.map((gap) => (at += gap));
        for (const [run, left] of leftAfter(all, times, DAY).entries()) {
          const part = Math.min(1, (times[run] ?? 0) / DAY);
          expect(Math.abs(left - all * (1 - part))).toBeLessThanOrEqual(1.01);
          if (part === 1) expect(left).toBe(0);
        }
      }),
    );
  });

  test('is read evenly by many runs that follow each other closely', () => {
    const times = Array.from({ length: 24 * 60 }, (_, minute) => (minute + 1) * 60_000);
    const left = leftAfter(1000, times, DAY);

    expect(left[12 * 60 - 1]).toBeGreaterThan(490);
    expect(left[12 * 60 - 1]).toBeLessThan(510);
    expect(left.at(-1)).toBe(0);
  });

  test('is read at once where no time is left, also by a clock that went back', () => {
    expect(leftAfter(40, [0], 0)).toEqual([0]);
    expect(leftAfter(40, [-HOUR], 0)).toEqual([0]);
  });

  test('is read from its own beginning where the last reading lies ahead', () => {
    expect(shareOfDue({ left: 100, since: NOW }, NOW + 9 * DAY, NOW + DAY / 2, DAY).most).toBe(50);
  });
});

describe('sync, even share: rounds', () => {
  test('keep their end when another event comes, so that events that never stop cannot move it', () => {
    let rounds = withRound([], NOW, DAY);
    for (let minute = 1; minute <= 48 * 60; minute += 1)
      rounds = withRound(rounds, NOW + minute * 60_000, DAY);

    expect(rounds[0]?.since).toBe(NOW);
    expect(rounds.at(-1)?.askedBefore).toBe(NOW + 2 * DAY);
    expect(rounds.length).toBeLessThanOrEqual(21);
  });

  test('give every answer its turn within POLICY_RECHECK of the event after it, in equal parts', () => {
    const asked = Array.from({ length: 960 }, (_, at) => NOW - DAY + at);
    let rounds = withRound([], NOW, DAY);
    let readAt: number | undefined;
    const firstEventAfter = (at: number): number =>
      Math.max(NOW, Math.ceil((at + 1 - NOW) / HOUR) * HOUR + NOW);
    const shares = [];
    // An event each hour, a run each quarter of an hour.
    for (let quarter = 1; quarter <= 4 * 24 * 4; quarter += 1) {
      const now = NOW + (quarter * HOUR) / 4;
      if (quarter % 4 === 0) rounds = withRound(rounds, now, DAY);
      const { most, readAt: read } = largestShare(
        rounds.map(({ since, askedBefore }) =>
          shareOfDue({ left: asked.filter((at) => at < askedBefore).length, since }, readAt, now, DAY),
        ),
      );
      asked.sort((left, right) => left - right);
      for (let at = 0; at < most; at += 1) {
        expect(now).toBeLessThanOrEqual(firstEventAfter(asked[at] ?? 0) + DAY);
        asked[at] = now;
      }
      readAt = read ?? readAt;
      rounds = rounds.filter(({ askedBefore }) => asked.some((at) => at < askedBefore));
      shares.push(most);
    }

    expect(rounds.length).toBeLessThanOrEqual(12);
    expect(Math.max(...shares)).toBeLessThanOrEqual(20);
  });

  test('of a clock that was far ahead begin now', () => {
    expect(roundsInTime([{ since: NOW + DAY, askedBefore: NOW + DAY }], NOW)).toEqual([
      { since: NOW, askedBefore: NOW },
    ]);
    expect(roundsInTime([{ since: NOW, askedBefore: NOW + 900 }], NOW)).toEqual([
      { since: NOW, askedBefore: NOW + 900 },
    ]);
  });
});

describe('sync, even share: the rolling proof', () => {
  const WEEK = 7 * DAY;

  test.each([
    ['never verified before', undefined, NOW, 0, NOW],
    ['a day after the last share', NOW - DAY, NOW - DAY, 100, NOW],
    ['long after the last share', NOW - 3 * WEEK, NOW - WEEK, 700, NOW],
    ['after a clock that was ahead', NOW + DAY, NOW, 0, NOW],
    ['after a time worth less than one answer', NOW - 1000, NOW - 1000, 0, NOW - 1000],
  ])('of 700 answers in a week: %s', (_, verifiedAt, from, most, readAt) => {
    expect(rollingShare(700, verifiedAt, NOW, WEEK)).toEqual({ from, most, readAt });
  });

  test('asks for each answer once in that time, however runs are spaced', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 6 * HOUR }), { minLength: 1, maxLength: 60 }),
        (old, gaps) => {
          let [verifiedAt, now, asked] = [NOW, NOW, 0];
          for (const gap of gaps) {
            now += gap;
            const share = rollingShare(old, verifiedAt, now, WEEK);
            verifiedAt = share.readAt ?? now;
            asked += share.most;
            expect(Math.abs(asked - (old * (now - NOW)) / WEEK)).toBeLessThanOrEqual(1.01);
          }
        },
      ),
    );
  });

  test('counts no time in which nothing was old', () => {
    expect(rollingShare(0, NOW - DAY, NOW, WEEK)).toMatchObject({ most: 0, readAt: NOW });
  });
});
