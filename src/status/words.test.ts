import { expect, test } from 'vitest';
import { Calendar, changeOf, lasting, percent, pointsOf } from './words.ts';

const MINUTE_MS = 60_000;

test.each([
  [0, 4, '0 %'],
  [4, 4, '100 %'],
  [9999, 10_000, '99.9 %'],
  [1, 100_000, '0.1 %'],
  [2, 3, '66.7 %'],
  [1, 2, '50.0 %'],
  [0, 0, '-'],
])('status, words: %i of %i is %s: never 0 % or 100 % that is not exact', (part, all, words) => {
  expect(percent(part, all)).toBe(words);
});

test.each([
  [400, '0 s'],
  [89_000, '89 s'],
  [90_000, '2 min'],
  [89 * MINUTE_MS, '89 min'],
  [192 * MINUTE_MS, '3.2 h'],
  [48 * 60 * MINUTE_MS, '2 days'],
  [-5, '0 s'],
])('status, words: %i ms last %s', (ms, words) => {
  expect(lasting(ms)).toBe(words);
});

test('status, words: changes have a sign', () => {
  expect([changeOf(1200), changeOf(-3), changeOf(0)]).toEqual(['+1,200', '\u22123', 'no change']);
  expect([pointsOf(0.041), pointsOf(-0.0006), pointsOf(0.0001)]).toEqual([
    '+4.1 points',
    '\u22120.1 points',
    'no change',
  ]);
});

test('status, words: times are of the zone, with the day where it is another one', () => {
  const calendar = new Calendar(Date.parse('2026-04-14T08:00:00Z'), 'Europe/Paris');

  expect(calendar.moment(Date.parse('2026-04-14T21:59:00Z'))).toBe('23:59');
  expect(calendar.moment(Date.parse('2026-04-14T22:00:00Z'))).toBe('15 Apr, 00:00');
  expect(calendar.dayOfUtc(Date.parse('2026-04-14T22:00:00Z'))).toBe('14 Apr');
});
