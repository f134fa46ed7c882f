import { expect, test } from 'vitest';
import { RecentCalls } from './recent-calls.ts';

const MINUTE = 60_000;

test('okta, recent calls: is full until the oldest of so many calls ended a window ago', () => {
  const recent = new RecentCalls();
  recent.add('/users', 1000);
  recent.add('/users', 2000);

  expect(recent.fullForMs(3, 0, MINUTE, 3000)).toBe(0);
  expect(recent.fullForMs(2, 0, MINUTE, 3000)).toBe(58_000);
  expect(recent.fullForMs(2, 1, MINUTE, 3000)).toBe(59_000);
  expect(recent.fullForMs(2, 0, MINUTE, 61_000)).toBe(0);
});

test('okta, recent calls: is full of calls in flight until one of them ends', () => {
  expect(new RecentCalls().fullForMs(2, 2, MINUTE, 0)).toBeUndefined();
});

test('okta, recent calls: a clock that was set back makes no wait longer than a window', () => {
  const recent = new RecentCalls();
  recent.add('/users', 3_600_000);

  expect(recent.fullForMs(1, 0, MINUTE, 1000)).toBe(MINUTE);
});

test('okta, recent calls: calls of an endpoint go over to the bucket that counted them', () => {
  const [recent, other] = [new RecentCalls(), new RecentCalls()];
  recent.add('/users', 1000);
  recent.add('/factors', 2000);
  other.add('/factors', 2500);

  other.putIn(recent.takeOut('/factors'));

  expect(recent.fullForMs(2, 0, MINUTE, 3000)).toBe(0);
  expect(other.fullForMs(2, 0, MINUTE, 3000)).toBe(59_000);
});
