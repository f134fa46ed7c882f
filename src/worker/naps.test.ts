import { expect, test } from 'vitest';
import { systemClock } from '../process/clock.ts';
import { Naps } from './naps.ts';

const LONG = 3_600_000;

test('worker, naps: end early by a call, also by one that came before, and by the stop', async () => {
  const stop = new AbortController();
  const naps = new Naps(systemClock, stop.signal);

  naps.wake();
  await naps.nap(LONG);
  const under = naps.nap(LONG);
  naps.wake();
  await under;
  const last = naps.nap(LONG);
  stop.abort();

  await expect(last).resolves.toBeUndefined();
});

test('worker, naps: last as long as they should otherwise', async () => {
  const slept: number[] = [];
  const naps = new Naps(
    { now: () => 0, sleep: async (ms) => void slept.push(ms) },
    new AbortController().signal,
  );

  naps.wake();
  await naps.nap(5);
  await naps.nap(7);

  expect(slept).toEqual([7]);
});
