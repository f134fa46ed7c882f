import { describe, expect, test } from 'vitest';
import type { RunState } from '../ports/run-state.ts';
import { begunAnew, decideRun, LOG_RETENTION_MS } from './decide-run.ts';
import type { DecidingSettings } from './decide-run.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 400 * DAY;
const OVERLAP_MS = 10 * 60_000;

const SETTINGS: DecidingSettings = {
  mode: undefined,
  asksEverybody: false,
  fullIntervalMs: DAY,
  mayStartFull: () => true,
  resendIntervalMs: 7 * DAY,
  delivery: 'changed',
  eventSettings: 'events',
  askedSettings: 'asked',
  keptSettings: 'kept',
};

/** A full run ended an hour ago, and nothing is out of the ordinary. */
const QUIET: RunState = {
  fullEndedAt: NOW - HOUR,
  fullRuns: 1,
  log: { next: 'https://acme/next', readAt: NOW - HOUR },
  resentAt: NOW - DAY,
  eventSettings: 'events',
  askedSettings: 'asked',
  keptSettings: 'kept',
};

interface Case extends Partial<RunState> {
  readonly asked?: 'full' | 'incremental';
}

function decide({ asked, ...changes }: Case, settings: Partial<DecidingSettings> = {}, now = NOW) {
  return decideRun({ ...QUIET, ...changes }, { ...SETTINGS, mode: asked, ...settings }, now);
}

const begun = { fullRun: { startedAt: NOW - 3 * HOUR, aliveAt: NOW - HOUR } };

describe('sync, decide run: the kind of the next run', () => {
  test.each<[string, Case, 'full' | 'incremental']>([
    ['is incremental although a full one is due', { fullEndedAt: NOW - DAY }, 'incremental'],
    ['is full when the last one is older than two intervals', { fullEndedAt: NOW - 2 * DAY }, 'full'],
    ['is full when it is the very first', { fullEndedAt: undefined }, 'full'],
    ['is full when other things are read', { askedSettings: 'others' }, 'full'],
    ['is full when one was interrupted', begun, 'full'],
    ['is full when asked for', { asked: 'full' }, 'full'],
    ['is full after a refused cursor', { fullRunDue: { since: NOW - HOUR, why: 'refused' } }, 'full'],
  ])('outside FULL_SYNC_WINDOW it %s', (_, given, mode) => {
    expect(decide(given, { mayStartFull: (instant) => instant !== NOW }).run.mode).toBe(mode);
  });

  test.each<[string, Case, 'full' | 'incremental', number]>([
    ['usually incremental', {}, 'incremental', NOW],
    ['full for the first time', { fullEndedAt: undefined }, 'full', NOW],
    ['full when the interval has passed', { fullEndedAt: NOW - DAY }, 'full', NOW],
    ['incremental just before', { fullEndedAt: NOW - DAY + 1 }, 'incremental', NOW],
    [
      'full when the last one ended in the future, by a clock that was wrong',
      { fullEndedAt: NOW + HOUR },
      'full',
      NOW,
    ],
    ['full when other things are read', { askedSettings: 'others' }, 'full', NOW],
    ['full when asked for', { asked: 'full' }, 'full', NOW],
    [
      'incremental when asked for, though full is due',
      { asked: 'incremental', fullEndedAt: NOW - DAY },
      'incremental',
      NOW,
    ],
    [
      'full though incremental is asked for, where none has ended',
      { asked: 'incremental', fullEndedAt: undefined },
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
      { asked: 'incremental', fullRunDue: { since: NOW - 5, why: 'why' } },
      'full',
      NOW,
    ],
  ])('is %s', (_, changes, mode, startedAt) => {
    expect(decide(changes).run).toMatchObject({ mode, startedAt });
  });
});

describe('sync, decide run: an interrupted full run begins anew', () => {
  test.each<[string, Case]>([
    ['when other things are read', { ...begun, askedSettings: 'others' }],
    [
      'when the log does not reach back to its start',
      { fullRun: { startedAt: NOW - LOG_RETENTION_MS, aliveAt: NOW - 1 } },
    ],
    [
      'without the log, when it lay idle',
      { fullRun: { startedAt: NOW - 3 * DAY, aliveAt: NOW - DAY }, log: undefined },
    ],
    ['when the log has had a gap since', { ...begun, fullRunDue: { since: NOW - 1, why: 'a gap' } }],
    ['when an entry of the log was missed since', { ...begun, logGapAt: NOW - 1 }],
  ])('%s', (_, changes) => {
    expect(decide(changes).run).toMatchObject({ mode: 'full', startedAt: NOW });
  });

  test.each<[string, Case]>([
    [
      'however long it lay idle, with the log',
      { fullRun: { startedAt: NOW - 80 * DAY, aliveAt: NOW - 79 * DAY } },
    ],
    [
      'however long it takes, without the log',
      { fullRun: { startedAt: NOW - 3 * DAY, aliveAt: NOW - HOUR }, log: undefined },
    ],
    ['when the gap was before it', { ...begun, fullRunDue: { since: NOW - 3 * HOUR, why: 'a gap' } }],
    ['when what was missed was before it', { ...begun, logGapAt: NOW - 3 * HOUR }],
  ])('but not %s', (_, changes) => {
    expect(decide(changes).run).toMatchObject({
      mode: 'full',
      startedAt: changes.fullRun?.startedAt,
      isResumed: true,
    });
  });
});

describe('sync, decide run: instants of a clock that was ahead', () => {
  const AHEAD = NOW + 400 * DAY;
  const log = { next: 'https://acme/next', readAt: AHEAD };

  test('let an interrupted full run begin anew, where it began ahead', () => {
    const fullRun = { startedAt: AHEAD, aliveAt: AHEAD };

    expect(decide({ fullRun }).run).toMatchObject({ mode: 'full', startedAt: NOW, isResumed: false });
  });

  test.each<[string, Partial<RunState>, Partial<RunState>]>([
    [
      'of what is due or lost become now, so that one full run makes it good',
      {
        fullRunDue: { since: AHEAD, why: 'why' },
        trustLost: { log: { since: AHEAD, why: 'why' }, roles: { since: 5, why: 'why' } },
        logGapAt: AHEAD,
      },
      {
        fullRunDue: { since: NOW, why: 'why' },
        trustLost: { log: { since: NOW, why: 'why' }, roles: { since: 5, why: 'why' } },
        logGapAt: NOW,
      },
    ],
    [
      'of cursors become the start of the last full run',
      { usersCursor: AHEAD, groupsCursor: AHEAD, evaluatedAt: NOW - HOUR },
      { usersCursor: NOW - HOUR - OVERLAP_MS, groupsCursor: NOW - HOUR - OVERLAP_MS },
    ],
    [
      'of cursors become the beginning of time, where that run was ahead too',
      { usersCursor: AHEAD, evaluatedAt: AHEAD },
      { usersCursor: 0, evaluatedAt: NOW },
    ],
    [
      'let every event be sent again in time',
      { resentAt: AHEAD, resendSince: 5 },
      { resentAt: NOW, resendSince: 5 },
    ],
    ['let a log be opened now', { log: { since: AHEAD } }, { log: { since: NOW - OVERLAP_MS } }],
  ])('%s', (_, before, after) => {
    expect(decide({ asked: 'incremental', ...before }).state).toMatchObject(after);
  });

  test('let a log that was read then be opened anew by a full run', () => {
    const { run, state } = decide({ log, vouchedSince: { factors: NOW - DAY }, asked: 'incremental' });

    expect(run).toMatchObject({ mode: 'full', note: expect.stringMatching(/clock of the org was ahead/) });
    expect(state).toMatchObject({ log: { since: NOW - OVERLAP_MS }, fullRunDue: { since: NOW } });
    expect(state.vouchedSince).toBeUndefined();
  });

  test('but not those of the last minute, since clocks differ a little', () => {
    const near = { ...log, readAt: NOW + 59_000 };

    expect(decide({ log: near, usersCursor: NOW + 59_000 }).state).toMatchObject({
      log: near,
      usersCursor: NOW + 59_000,
    });
  });
});

describe('sync, decide run: the note of a run', () => {
  test('says why it is another one than expected', () => {
    expect(decide({ fullRunDue: { since: 1, why: 'a gap' } }).run.note).toBe('a gap');
    expect(decide({ asked: 'incremental', fullEndedAt: undefined }).run.note).toMatch(
      /no full run has ended/,
    );
    expect(decide({ fullEndedAt: undefined }).run.note).toBeUndefined();
  });
});

describe("sync, decide run: a run's start stamp", () => {
  test.each<[string, Partial<RunState>, number]>([
    ["is Okta's time", {}, NOW],
    ['comes after the end of a run that began within the same second', { endedAt: NOW + 640 }, NOW + 641],
    ['comes after an end of the same instant', { fullEndedAt: NOW }, NOW + 1],
    ['does not follow an end far ahead: that clock was wrong', { endedAt: NOW + HOUR }, NOW],
    [
      'comes after a near end, whatever another clock left far ahead',
      { endedAt: NOW + HOUR, fullEndedAt: NOW + 5 },
      NOW + 6,
    ],
  ])('%s', (_, state, attemptedAt) => {
    expect(decide(state).run).toMatchObject({ attemptedAt });
  });

  test('of a second attempt is later than that of the first, within one second of Okta too', () => {
    const { run } = decide({ fullRun: { startedAt: NOW, aliveAt: NOW + 400 } });

    expect(run).toMatchObject({ startedAt: NOW, attemptedAt: NOW + 401, isResumed: true });
  });
});

describe('sync, decide run: how a run compares events', () => {
  test.each<[string, Case, Partial<DecidingSettings>, string, boolean]>([
    ['a full run by every difference', { asked: 'full' }, {}, 'every-difference', false],
    ['an incremental run by all but the sign-in', {}, {}, 'but-sign-in', false],
    ['with nothing, where all is delivered', {}, { delivery: 'all' }, 'none', false],
    ['with nothing, when all is due again', { asked: 'full', resentAt: NOW - 7 * DAY }, {}, 'none', true],
    [
      'by all but the sign-in, when all is due but users are not listed',
      { resentAt: NOW - 7 * DAY },
      {},
      'but-sign-in',
      false,
    ],
    [
      'by every difference for the first time, and sends all',
      { fullEndedAt: undefined, resentAt: undefined },
      {},
      'every-difference',
      true,
    ],
  ])('%s', (_, changes, settings, newsRule, sendsAll) => {
    expect(decide(changes, settings).run).toMatchObject({ newsRule, sendsAll });
  });
});

describe('sync, decide run: settings that have changed since the last run', () => {
  test('make every event anew, where they decide events', () => {
    expect(decide({ eventSettings: 'others' })).toMatchObject({
      run: { remakesEvents: true, relists: false },
      state: { eventSettings: 'events' },
    });
    expect(decide({}).run.remakesEvents).toBe(false);
    expect(decide({ eventSettings: undefined }).run.remakesEvents).toBe(false);
  });

  test('list everybody again, where they decide what is kept; that stands until it is done', () => {
    const { run, state } = decide({ keptSettings: 'others' });

    expect(run).toMatchObject({ mode: 'incremental', relists: true });
    expect(state.keptSettings).toBe('others');
  });
});

describe('sync, decide run: the state that a run begins with', () => {
  const vouchedSince = { factors: NOW - DAY };
  test.each<'full' | 'incremental'>(['full', 'incremental'])(
    'of a %s run that asks otherwise believes nothing from its first instant on',
    (asked) => {
      const { state } = decide({ ...begun, asked, vouchedSince, askedSettings: 'others' });

      const next = decideRun({ ...QUIET, ...state }, { ...SETTINGS, askedSettings: 'others' }, NOW + HOUR);

      expect(state).toHaveProperty('vouchedSince', undefined);
      expect(next.run).toMatchObject({ mode: 'full', startedAt: NOW + HOUR, isResumed: false });
    },
  );

  test('of an incremental run is as it was', () => {
    expect(decide({}).state).toEqual(QUIET);
  });

  test('names a full run and what it asks for, and keeps the cursor of the log', () => {
    expect(decide({ asked: 'full', askedSettings: 'others' }).state).toEqual({
      ...QUIET,
      fullRun: { startedAt: NOW, aliveAt: NOW, asksEverybody: false },
      evaluatedAt: NOW,
    });
  });

  test('opens the log a little before the first full run', () => {
    const first = decideRun({ fullRuns: 0 }, SETTINGS, NOW);

    expect(first.state).toMatchObject({ log: { since: NOW - OVERLAP_MS } });
  });

  test('leaves a log that is still to be opened where the interrupted run began', () => {
    const log = { since: NOW - 3 * HOUR - OVERLAP_MS };

    expect(decide({ ...begun, log }).state).toMatchObject({ log });
  });

  test('forgets a cursor that is older than what Okta keeps: a full run follows', () => {
    const log = { next: 'https://acme/next', readAt: NOW - LOG_RETENTION_MS };
    const { run, state } = decide({ ...begun, log, asked: 'incremental' });

    expect(run).toMatchObject({ mode: 'full', startedAt: NOW, isResumed: false });
    expect(run.note).toMatch(/longer ago than Okta keeps it/);
    expect(state).toMatchObject({ log: { since: NOW - OVERLAP_MS }, fullRunDue: { since: NOW } });
  });
});

test('sync, decide run: a full run that met a gap in the log begins anew with this attempt', () => {
  const { run } = decide(begun);

  expect(begunAnew(run)).toEqual({
    run: { ...run, startedAt: NOW, isResumed: false },
    state: { fullRun: { startedAt: NOW, aliveAt: NOW, asksEverybody: false }, evaluatedAt: NOW },
  });
});

describe('sync, decide-run: a full run that asks everybody', () => {
  const all = { asksEverybody: true };

  test('begins anew where the interrupted one believed earlier answers', () => {
    expect(decide(begun, all).run).toMatchObject({ startedAt: NOW, isResumed: false, asksEverybody: true });
  });

  test('goes on as such, also by a request that would believe them', () => {
    const fullRun = { ...begun.fullRun, asksEverybody: true };

    expect(decide({ fullRun }, all).run).toMatchObject({ isResumed: true, asksEverybody: true });
    expect(decide({ fullRun }).run).toMatchObject({ isResumed: true, asksEverybody: true });
  });
});
