import { expect, it } from 'vitest';
import { parseStamp } from './stamps.ts';

it.each([
  ['2024-03-01T09:00:00.000Z', 1_709_283_600_000],
  ['2024-03-01T09:00:00.999Z', 1_709_283_600_999],
  ['2024-03-01T09:00:00Z', 1_709_283_600_000],
  ['2024-03-01T11:00:00.000+02:00', 1_709_283_600_000],
  ['2024-03-01T09:00:00+0000', 1_709_283_600_000],
  ['2024-02-29T09:00:00.000Z', 1_709_197_200_000],
  ['1969-12-31T23:59:59.500Z', -500],
])('enrich, stamps: reads %s', (stamp, at) => {
  expect(parseStamp(stamp)).toBe(at);
});

it.each([
  '',
  'yesterday',
  '2024',
  '2024-03-01',
  '2024-03-01T09:00:00.000',
  '2024-13-01T09:00:00.000Z',
  '2024-02-30T09:00:00.000Z',
  '2023-02-29T09:00:00+02:00',
  '2024-03-01T25:00:00.000Z',
  '1709283600',
  'March 1, 2024 09:00 UTC',
])('enrich, stamps: cannot read "%s", which is no date or depends on the zone of the machine', (stamp) => {
  expect(parseStamp(stamp)).toBeUndefined();
});
