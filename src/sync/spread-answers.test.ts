import { describe, expect, test } from 'vitest';
import { answeredSinceOf } from './spread-answers.ts';
import { since } from './vouching.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const IDS = Array.from({ length: 400 }, (_, index) => `00g${index}`);

function agesOf(verifyDays: number, answeredSince = since(0)): readonly number[] {
  const settings = { verifyMs: verifyDays * DAY, fullIntervalMs: DAY };
  const run = { answeredSince, startedAt: NOW, settings };
  return IDS.map((id) => (NOW - answeredSinceOf(run, 'groups', id)) / DAY);
}

describe('spread answers: an answer that full runs ask for again holds', () => {
  test('until a full run before it is VERIFY_ANSWERS old, evenly spread from half that time on', () => {
    const ages = agesOf(7);

    expect(Math.min(...ages)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...ages)).toBeLessThanOrEqual(6);
    const byDay = [3, 4, 5].map((day) => ages.filter((age) => Math.floor(age) === day).length);
    expect(Math.max(...byDay)).toBeLessThan(0.45 * IDS.length);
    expect(agesOf(7)).toEqual(ages);
  });

  test('not at all where full runs are as rare as VERIFY_ANSWERS', () => {
    expect(new Set(agesOf(1))).toEqual(new Set([0]));
    expect(new Set(agesOf(0))).toEqual(new Set([0]));
  });

  test('never longer than the System Log vouches', () => {
    expect(Math.max(...agesOf(7, since(NOW - 2 * DAY)))).toBe(2);
  });
});
