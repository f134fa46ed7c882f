import { expect, test } from 'vitest';
import { instantOf } from './since.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');

test.each([
  ['1d', '2026-03-01T12:00:00.000Z'],
  ['12h', '2026-03-02T00:00:00.000Z'],
  ['2w', '2026-02-16T12:00:00.000Z'],
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01T08:00', '2026-03-01T08:00:00.000Z'],
  ['2026-03-01T08:00:00+02:00', '2026-03-01T06:00:00.000Z'],
])('since: %s is an instant', (text, instant) => {
  expect(new Date(instantOf(text, NOW) ?? 0).toISOString()).toBe(instant);
});

test.each(['', 'yesterday', '1 year', '-1d', '2026-13-01', '1e9d', '2026'])('since: %j is none', (text) => {
  expect(instantOf(text, NOW)).toBeUndefined();
});
