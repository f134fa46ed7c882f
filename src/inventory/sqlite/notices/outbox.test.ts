import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Notice } from '../../../ports/notices.ts';
import { transactionOn } from '../transaction.ts';
import { noticeStoreOn } from './outbox.ts';

const AT = Date.UTC(2026, 7, 1);

function notice(id: string): Notice {
  const time = new Date(AT).toISOString();
  return {
    id,
    type: 'alert.opened',
    time,
    title: 'Something',
    severity: 'low',
    data: { rows: [{ uid: id }] },
  };
}

function setUp() {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  const store = noticeStoreOn(database, transactionOn(database));
  const add = (...ids: readonly string[]) => store.remember({}, ids.map(notice));
  return { database, store, add, queue: store.queue };
}

describe('inventory, notices: messages that wait', () => {
  test('leave no table where none was ever added', () => {
    const { database, queue, store } = setUp();

    expect([queue.next(), queue.waiting, queue.takeDropped(), store.memory()]).toEqual([
      undefined,
      0,
      0,
      undefined,
    ]);
    expect(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()).toEqual({ tables: 0 });
  });

  test('come out as they went in, in their order, until they are delivered', () => {
    const { queue, add } = setUp();
    add('one', 'two');

    expect([queue.next(), queue.next(), queue.waiting]).toEqual([notice('one'), notice('one'), 2]);
    queue.delivered('one');
    expect([queue.next(), queue.waiting]).toEqual([notice('two'), 1]);
  });

  test('are kept together with what operators were told, or not at all', () => {
    const { store, add } = setUp();
    add('one');

    expect(() => store.remember({ told: 2 }, [notice('two'), notice('one')])).toThrow(
      'write to the inventory',
    );
    expect([store.memory(), store.queue.waiting]).toEqual([{}, 1]);
  });

  test('one that is refused for what it is lets the others pass; a receiver that is down changes no order', () => {
    const { queue, add } = setUp();
    add('one', 'two');

    queue.failed('one', { at: AT, what: 'is down', isOfMessage: false });
    expect(queue.next()?.id).toBe('one');
    queue.failed('one', { at: AT, what: 'refuses the message', isOfMessage: true });
    expect(queue.next()?.id).toBe('two');
  });

  test('are 10,000 at most: the oldest are dropped, and counted once', () => {
    const { queue, add } = setUp();
    add(...Array.from({ length: 10_003 }, (_, at) => `notice-${at}`));

    expect([queue.waiting, queue.next()?.id]).toEqual([10_000, 'notice-3']);
    expect([queue.takeDropped(), queue.takeDropped()]).toEqual([3, 0]);
  });
});
