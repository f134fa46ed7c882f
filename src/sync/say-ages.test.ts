import { expect, test } from 'vitest';
import { sayAges } from './say-ages.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [10, 50, 'under 2 minutes'],
  [5 * MINUTE, 5 * MINUTE, '5 minutes'],
  [HOUR, 5 * HOUR, '1 to 5 hours'],
  [DAY, DAY, '24 hours'],
  [DAY, 6 * DAY, '1 to 6 days'],
  [3 * DAY, 3 * DAY + HOUR, '3 days'],
])('sync, say ages: %i to %i ms are %s', (youngestMs, oldestMs, said) => {
  expect(sayAges({ youngestMs, oldestMs })).toBe(said);
});
