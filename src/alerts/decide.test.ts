import { describe, expect, test } from 'vitest';
import type { AlertRow } from '../ports/alerts.ts';
import type { Notice } from '../ports/notices.ts';
import { aRow, aRule } from './alert.fixture.ts';
import { decideRows, savedRows, type DecidedRows, type SeenRows } from './decide.ts';
import { alertNotices } from './notices.ts';

function rowsOf(...rows: readonly AlertRow[]): ReadonlyMap<string, AlertRow> {
  return new Map(rows.map((row) => [row.uid, row]));
}

function seenOf(...uids: readonly string[]): SeenRows {
  return new Map(uids.map((uid) => [uid, {}]));
}

function decide(
  before: ReadonlyMap<string, AlertRow>,
  seen: SeenRows,
  unknown: readonly string[] = [],
): DecidedRows {
  return decideRows(before, seen, {
    absenceOf: (uid) => (unknown.includes(uid) ? 'unknown' : 'known'),
    isSubject: () => true,
    at: 5,
  });
}

describe('alerts, decision', () => {
  test('a row is opened when it is new, stays while it is there, and is closed when it is known to be gone', () => {
    const decided = decide(rowsOf(aRow('stays'), aRow('goes')), seenOf('stays', 'comes'));

    expect(decided).toEqual({
      opened: [aRow('comes', { openedAt: 5, seenAt: 5 })],
      stayed: [{ row: aRow('stays', { seenAt: 5 }), isMoved: false }],
      unconfirmed: [],
      closed: [aRow('goes')],
    });
    expect(savedRows(decided).map(({ uid }) => uid)).toEqual(['comes']);
  });

  test('a row whose absence is not known stays open, unconfirmed, and keeps when it was seen', () => {
    const decided = decide(rowsOf(aRow('lost'), aRow('goes')), seenOf(), ['lost']);

    expect(decided.unconfirmed).toEqual([aRow('lost', { isConfirmed: false })]);
    expect(decided.closed.map(({ uid }) => uid)).toEqual(['goes']);
    expect(savedRows(decided)).toEqual(decided.unconfirmed);
  });

  test('a row that was not confirmed is confirmed when it is there again: it was never closed', () => {
    const decided = decide(rowsOf(aRow('lost', { isConfirmed: false })), seenOf('lost'));

    expect(decided.opened).toEqual([]);
    expect(savedRows(decided)).toEqual([aRow('lost', { seenAt: 5 })]);
  });

  test('other columns of a row are kept, and no row is new for that', () => {
    const decided = decide(
      rowsOf(aRow('one', { cells: { login: 'a' } })),
      new Map([['one', { login: 'b' }]]),
    );

    expect(decided.opened).toEqual([]);
    expect(savedRows(decided)).toEqual([aRow('one', { seenAt: 5, cells: { login: 'b' } })]);
  });
});

interface Shown {
  readonly when?: 'appears' | 'any' | 'count-changes';
  readonly baseline?: 'summary' | 'silent';
  readonly isFirst?: boolean;
  readonly toldBefore?: number;
}

function noticesOf(
  decided: DecidedRows,
  { isFirst = false, toldBefore = 0, ...rule }: Shown = {},
): readonly Notice[] {
  let ids = 0;
  return alertNotices({
    rule: aRule(rule),
    decided,
    isFirst,
    toldBefore,
    runId: 'run-1',
    org: 'example.okta.com',
    at: 1_790_000_000_000,
    newId: () => `id-${(ids += 1)}`,
  });
}

function told(notices: readonly Notice[]): readonly string[] {
  return notices.map(({ type, data }) => `${type} ${String(data['count'])} of ${String(data['open'])}`);
}

const many = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `u${at}`);

describe('alerts, messages', () => {
  test('appears: one message for each row that is new or closed, with its columns and nothing else of it', () => {
    const before = rowsOf(aRow('goes', { cells: { login: 'x' } }), aRow('lost'));
    const notices = noticesOf(decide(before, new Map([['comes', { login: 'a' }]]), ['lost']));

    expect(notices).toEqual([
      {
        id: 'id-1',
        type: 'alert.opened',
        time: '2026-09-21T14:13:20.000Z',
        title: 'Administrators without MFA: 1 new, 2 open',
        severity: 'high',
        data: {
          alert: 'admin-without-mfa',
          org: 'example.okta.com',
          run_id: 'run-1',
          count: 1,
          open: 2,
          open_before: 0,
          new: 1,
          closed: 1,
          unconfirmed: 1,
          rows: [{ uid: 'comes', since: '1970-01-01T00:00:00.005Z', columns: { login: 'a' } }],
        },
      },
      expect.objectContaining({ id: 'id-2', type: 'alert.closed' }),
    ]);
  });

  test('more than fifty new rows are one message, which shows some and says that there are more', () => {
    const [notice, ...others] = noticesOf(decide(rowsOf(), seenOf(...many(1234))));

    expect(others).toEqual([]);
    expect(notice).toMatchObject({ type: 'alert.opened', data: { count: 1234, is_truncated: true } });
    expect(notice?.title).toBe('Administrators without MFA: 1,234 new, 1,234 open');
    expect(notice?.data['rows']).toHaveLength(20);
    expect(noticesOf(decide(rowsOf(), seenOf(...many(50))))).toHaveLength(50);
  });

  test('the first evaluation is one summary, or nothing', () => {
    const decided = decide(rowsOf(), seenOf('a', 'b'));

    expect(told(noticesOf(decided, { isFirst: true }))).toEqual(['alert.summary 2 of 2']);
    expect(noticesOf(decided, { isFirst: true, baseline: 'silent' })).toEqual([]);
    expect(noticesOf(decide(rowsOf(), seenOf()), { isFirst: true })).toEqual([]);
  });

  test.for([
    ['nothing new', ['a'], ['a'], [], []],
    ['the first rows', [], ['a', 'b'], [], ['alert.opened 2 of 2']],
    ['one more', ['a'], ['a', 'b'], [], ['alert.changed 2 of 2']],
    ['another one instead', ['a'], ['b'], [], ['alert.changed 1 of 1']],
    ['none any more', ['a'], [], [], ['alert.closed 1 of 0']],
    ['one that nobody can confirm', ['a'], [], ['a'], []],
  ] as const)('any, %s', ([, before, seen, unknown, expected]) => {
    const decided = decide(rowsOf(...before.map((uid) => aRow(uid))), seenOf(...seen), unknown);

    expect(told(noticesOf(decided, { when: 'any', toldBefore: before.length }))).toEqual(expected);
  });

  test.for([
    ['the same number', ['a'], ['b'], [], []],
    ['one more', ['a'], ['a', 'b'], [], ['alert.changed 2 of 2']],
    ['none any more', ['a'], [], [], ['alert.changed 0 of 0']],
    ['one that nobody can confirm', ['a'], [], ['a'], []],
  ] as const)('count-changes, %s', ([, before, seen, unknown, expected]) => {
    const decided = decide(rowsOf(...before.map((uid) => aRow(uid))), seenOf(...seen), unknown);

    expect(told(noticesOf(decided, { when: 'count-changes', toldBefore: before.length }))).toEqual(expected);
  });
});
