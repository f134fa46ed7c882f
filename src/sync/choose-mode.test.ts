import { describe, expect, test } from 'vitest';
import { chooseMode, LOG_RETENTION_MS, startStamp, type ModeFacts } from './choose-mode.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 400 * DAY;

/** A full run ended an hour ago, and nothing is out of the ordinary. */
function facts(changes: Partial<ModeFacts> = {}): ModeFacts {
  return {
    asked: undefined,
    now: NOW,
    fullIntervalMs: DAY,
    started: undefined,
    alive: undefined,
    ended: NOW - HOUR,
    due: undefined,
    why: undefined,
    isSameReading: true,
    hasLog: true,
    ...changes,
  };
}

const begun = { started: NOW - 3 * HOUR, alive: NOW - HOUR };

describe('the kind of the next run', () => {
  test.each<[string, Partial<ModeFacts>, 'full' | 'incremental', number]>([
    ['usually incremental', {}, 'incremental', NOW],
    ['full for the first time', { ended: undefined }, 'full', NOW],
    ['full when the interval has passed', { ended: NOW - DAY }, 'full', NOW],
    ['incremental just before', { ended: NOW - DAY + 1 }, 'incremental', NOW],
    [
      'full when the last one ended in the future, by a clock that was wrong',
      { ended: NOW + HOUR },
      'full',
      NOW,
    ],
    ['full when other things are read', { isSameReading: false }, 'full', NOW],
    ['full when asked for', { asked: 'full' }, 'full', NOW],
    [
      'incremental when asked for, though full is due',
      { asked: 'incremental', ended: NOW - DAY },
      'incremental',
      NOW,
    ],
    [
      'full though incremental is asked for, where none has ended',
      { asked: 'incremental', ended: undefined },
      'full',
      NOW,
    ],
    ['the interrupted full one', begun, 'full', NOW - 3 * HOUR],
    ['the interrupted full one, when full is asked for', { ...begun, asked: 'full' }, 'full', NOW - 3 * HOUR],
    [
      'incremental when asked for, beside an interrupted one',
      { ...begun, asked: 'incremental' },
      'incremental',
      NOW,
    ],
    [
      'full out of turn, whatever is asked for',
      { asked: 'incremental', due: NOW - 5, why: 'why' },
      'full',
      NOW,
    ],
  ])('is %s', (_, changes, mode, startedAt) => {
    expect(chooseMode(facts(changes))).toMatchObject({ mode, startedAt });
  });
});

describe('an interrupted full run begins anew', () => {
  test.each<[string, Partial<ModeFacts>]>([
    ['when other things are read', { ...begun, isSameReading: false }],
    ['when the log does not reach back to its start', { started: NOW - LOG_RETENTION_MS, alive: NOW }],
    ['without the log, when it lay idle', { started: NOW - 3 * DAY, alive: NOW - DAY, hasLog: false }],
    ['when the log has had a gap since', { ...begun, due: NOW - 1 }],
  ])('%s', (_, changes) => {
    expect(chooseMode(facts(changes))).toMatchObject({ mode: 'full', startedAt: NOW });
  });

  test.each<[string, Partial<ModeFacts>]>([
    ['however long it lay idle, with the log', { started: NOW - 80 * DAY, alive: NOW - 79 * DAY }],
    ['however long it takes, without the log', { started: NOW - 3 * DAY, alive: NOW - HOUR, hasLog: false }],
    ['when the gap was before it', { ...begun, due: begun.started }],
  ])('but not %s', (_, changes) => {
    const given = facts(changes);

    expect(chooseMode(given)).toMatchObject({ mode: 'full', startedAt: given.started });
  });
});

test('says why the run is another one than expected', () => {
  expect(chooseMode(facts({ due: 1, why: 'a gap' })).note).toBe('a gap');
  expect(chooseMode(facts({ asked: 'incremental', ended: undefined })).note).toMatch(/no full run has ended/);
  expect(chooseMode(facts({ ended: undefined })).note).toBeUndefined();
});

describe("a run's start stamp", () => {
  test("is Okta's time", () => {
    expect(startStamp(NOW, NOW - HOUR)).toBe(NOW);
  });

  test('comes after the end of a run that began within the same second', () => {
    expect(startStamp(NOW, NOW + 640)).toBe(NOW + 641);
    expect(startStamp(NOW, NOW)).toBe(NOW + 1);
  });

  test('does not follow an end far ahead: that clock was wrong', () => {
    expect(startStamp(NOW, NOW + HOUR)).toBe(NOW);
  });
});
