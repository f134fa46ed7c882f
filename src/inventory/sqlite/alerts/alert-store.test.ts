import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { AlertChange, AlertRow } from '../../../ports/alerts.ts';
import type { Notice } from '../../../ports/notices.ts';
import { transactionOn } from '../transaction.ts';
import { SqliteAlertStore } from './alert-store.ts';
import { forgetAlertCells } from './tables.ts';

const NOTICE: Notice = { id: 'n1', type: 'test', time: '', title: '', severity: 'low', data: {} };

function aRow(uid: string, given: Partial<AlertRow> = {}): AlertRow {
  const cells = { login: 'a', none: null, count: 3 };
  return { uid, openedAt: 1, seenAt: 2, cells, isConfirmed: true, isSubject: false, ...given };
}

function aChange(given: Partial<AlertChange> = {}): AlertChange {
  const state = { fingerprint: 'f1', told: 0 };
  return { id: 'a', state, startsAfresh: false, saved: [], closed: [], at: 9, notices: [], ...given };
}

function start(add: (notices: readonly Notice[]) => void = () => undefined) {
  const database = new DatabaseSync(':memory:');
  const store = new SqliteAlertStore({ database, transaction: transactionOn(database), outbox: { add } });
  return { database, store };
}

describe('inventory, alerts', () => {
  test('before the first rule there is no table, and nothing is known', async () => {
    const { database, store } = start();

    expect([await store.state('a'), await store.rows('a'), await store.counts()]).toEqual([
      undefined,
      new Map(),
      new Map(),
    ]);
    await store.keepOnly([]);
    expect(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables']).toBe(0);
  });

  test('rows are kept and closed with the state of their rule; those that are confirmed were seen at the last evaluation', async () => {
    const { store } = start();

    await store.keep(aChange({ saved: [aRow('x'), aRow('y'), aRow('z')] }));
    await store.keep(
      aChange({
        state: { fingerprint: 'f1', told: 2 },
        saved: [aRow('y', { isConfirmed: false })],
        closed: ['z'],
        at: 20,
      }),
    );

    expect(await store.state('a')).toEqual({ fingerprint: 'f1', told: 2 });
    expect([...(await store.rows('a')).values()]).toEqual([
      aRow('x', { seenAt: 20 }),
      aRow('y', { isConfirmed: false }),
    ]);
    expect(await store.counts()).toEqual(new Map([['a', { open: 2, unconfirmed: 1 }]]));
  });

  test('a rule that starts afresh has no rows of before, and one that is not in the file any more is forgotten', async () => {
    const { store } = start();
    await store.keep(aChange({ saved: [aRow('x')] }));
    await store.keep(aChange({ id: 'b', saved: [aRow('x')] }));

    await store.keep(aChange({ startsAfresh: true, saved: [aRow('y')] }));
    await store.keepOnly(['a']);

    expect([...(await store.rows('a')).keys()]).toEqual(['y']);
    expect([...(await store.counts()).keys()]).toEqual(['a']);
  });

  test('messages are stored with what they tell, or neither is', async () => {
    const added: Notice[] = [];
    const { store } = start((notices) => {
      if (added.length > 0) throw new Error('the disk is full');
      added.push(...notices);
    });

    await store.keep(aChange({ saved: [aRow('x')], notices: [NOTICE] }));
    await expect(store.keep(aChange({ saved: [aRow('y')], notices: [NOTICE] }))).rejects.toThrow('disk');

    expect(added).toEqual([NOTICE]);
    expect([...(await store.rows('a')).keys()]).toEqual(['x']);
  });

  test('under another REDACT no column of before is kept', async () => {
    const { database, store } = start();
    await store.keep(aChange({ saved: [aRow('x')] }));

    forgetAlertCells(database);

    expect([...(await store.rows('a')).values()]).toEqual([aRow('x', { seenAt: 9, cells: {} })]);
  });
});
