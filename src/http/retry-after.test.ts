import { describe, expect, test } from 'vitest';
import { readRetryAfterMs } from './retry-after.ts';

const DATE = 'Wed, 21 Oct 2026 07:28:00 GMT';
const LATER = 'Wed, 21 Oct 2026 07:28:30 GMT';

describe('http, retry after', () => {
  test.each([
    ['seconds', '7', 7000],
    ['seconds with spaces around', ' 7 ', 7000],
    ['a date, from the date of the answer', LATER, 30_000],
    ['a day: capped at ten minutes', '86400', 600_000],
    ['a far date: capped at ten minutes', 'Thu, 22 Oct 2026 07:28:00 GMT', 600_000],
    ['more digits than a number has', '9'.repeat(400), 600_000],
  ])('%s', (_, wish, waitMs) => {
    expect(readRetryAfterMs({ 'retry-after': wish, date: DATE })).toBe(waitMs);
  });

  test.each([
    '',
    '0',
    '-5',
    '1.5',
    'soon',
    'apples 5',
    '2026-10-21',
    'Wed, 21 Oct 2026 07:27:00 GMT',
    'NaN',
    '1e3',
  ])('%j is no wish', (wish) => {
    expect(readRetryAfterMs({ 'retry-after': wish, date: DATE })).toBeUndefined();
  });

  test('a date says nothing without the date of the answer', () => {
    expect(readRetryAfterMs({ 'retry-after': LATER })).toBeUndefined();
    expect(readRetryAfterMs({ 'retry-after': LATER, date: 'yesterday' })).toBeUndefined();
    expect(readRetryAfterMs({ date: DATE })).toBeUndefined();
  });
});
