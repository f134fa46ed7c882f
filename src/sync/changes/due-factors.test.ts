import { expect, test } from 'vitest';
import { shareOfMoved } from './due-factors.ts';
import { largestShare, shareOfDue } from './even-share.ts';

const HOUR = 3_600_000;
const SPAN = 100 * HOUR;

test('due factors: rounds of few users sink evenly, whether or not the groups of some have changed', () => {
  const reads: number[] = [];
  let left = 20;
  let readAt: number | undefined;
  for (let now = HOUR; now <= SPAN; now += HOUR) {
    const ofMoved = shareOfMoved(now % (2 * HOUR) === 0 ? [] : [{ since: now, users: 3 }], readAt, now, SPAN);
    const ofRounds = largestShare([shareOfDue({ left, since: 0 }, readAt, now, SPAN)]);
    readAt = ofRounds.readAt ?? ofMoved.readAt ?? readAt;
    left -= ofRounds.most;
    reads.push(ofRounds.most);
  }

  expect(left).toBe(0);
  expect(Math.max(...reads)).toBe(1);
  expect(reads.slice(0, 50).filter((most) => most === 1)).toHaveLength(10);
});
