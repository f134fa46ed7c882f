import { describe, expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

const WAITS = { firstMs: 1000, longestMs: 6000 };

describe('http, back off', () => {
  test('doubles with each failure, up to the longest wait', () => {
    const waits = [1, 2, 3, 4, 5].map((failures) => backOffMs(failures, () => 1, { ...WAITS, chance: 1 }));

    expect(waits).toEqual([1000, 2000, 4000, 6000, 6000]);
  });

  test.each([
    [0, 1000, 1000],
    [0.5, 500, 1000],
    [1, 0, 1000],
  ])('leaves the part %f of a wait to chance', (chance, least, most) => {
    expect([0, 1].map((random) => backOffMs(1, () => random, { ...WAITS, chance }))).toEqual([least, most]);
  });
});
