import { describe, expect, test } from 'vitest';
import { InventoryError } from '../ports/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { createLog } from '../process/log.ts';
import { DailyCheck, type DailyCheckParts } from './daily-check.ts';

const HOUR_MS = 3_600_000;

/** Rests of an hour each between runs; gives the hours at which a check began, and what was logged. */
async function restFor(hours: number, check: DailyCheckParts['check']) {
  const origin = Date.parse('2026-08-01T10:00:00Z');
  let now = origin;
  const clock: Clock = { now: () => now, sleep: async () => undefined };
  const checkedAt: number[] = [];
  const lines: string[] = [];
  const output = { write: (text: string) => lines.push(text) };
  const log = createLog(output, { level: 'info', secrets: [], pretty: false, now: () => now });
  const daily = new DailyCheck({
    check: (ending) => {
      checkedAt.push((now - origin) / HOUR_MS);
      return check(ending);
    },
    clock,
    log,
  });
  for (let hour = 0; hour < hours; hour += 1)
    await daily.during(async () => {
      now += HOUR_MS;
    });
  return { checkedAt, lines };
}

/** A check that lasts until it is ended. */
const endless: DailyCheckParts['check'] = (ending) =>
  new Promise((resolve) => ending.addEventListener('abort', () => resolve('ended')));

describe('worker, daily check', () => {
  test('is made at the first rest, and a day later', async () => {
    expect(await restFor(50, async () => 'sound')).toEqual({ checkedAt: [0, 24, 48], lines: [] });
  });

  test('is ended when a run starts, and made in the next rest', async () => {
    expect(await restFor(3, endless)).toEqual({ checkedAt: [0, 1, 2], lines: [] });
  });

  test('says what it has found, and what to do', async () => {
    const { checkedAt, lines } = await restFor(3, async () => {
      throw new InventoryError('the inventory is damaged', { hint: 'put a backup in its place' });
    });

    expect(checkedAt).toEqual([0]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      code: 'inventory',
      reason: 'the inventory is damaged',
      hint: 'put a backup in its place',
    });
  });

  test('is ended as well when the rest fails', async () => {
    let ended: AbortSignal | undefined;
    const clock: Clock = { now: () => 1, sleep: async () => undefined };
    const log = createLog(
      { write: () => undefined },
      { level: 'info', secrets: [], pretty: false, now: () => 1 },
    );
    const check: DailyCheckParts['check'] = (ending) => endless((ended = ending));
    const failed = new DailyCheck({ check, clock, log }).during(() => Promise.reject(new Error('no rest')));

    await expect(failed).rejects.toThrow('no rest');
    expect(ended?.aborted).toBe(true);
  });
});
