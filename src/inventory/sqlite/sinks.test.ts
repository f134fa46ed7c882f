import { expect, test } from 'vitest';
import { createScene, HOLDER, LIMITS, unreadable } from './inventory.fixture.ts';
import { openReader } from './reader.ts';
import { replayDeadLetters } from './replay.ts';

/** The same inventory for one sink after another: it has one writer at a time. */
function openFor(sink: string, folder?: string) {
  return createScene(folder === undefined ? { sink } : { sink, folder });
}

test('what one sink confirmed is still news for another one', async () => {
  const first = openFor('first');
  await first.save('u1');
  await first.deliver();
  first.close();

  const second = openFor('second', first.folder);
  expect(await second.save('u1')).toBe('emitted');
  expect(await second.take()).toEqual(['u1 A']);
  second.close();

  const again = openFor('first', first.folder);
  expect(await again.save('u1')).toBe('unchanged');
});

test('an event that waits for one sink is not given to another one, which is not behind because of it', async () => {
  const first = openFor('first');
  await first.save('u1');
  first.close();

  const second = openFor('second', first.folder);
  expect(await second.outbox.take(LIMITS)).toEqual([]);
  expect(await second.outbox.pending()).toBe(0);
  second.close();

  expect(await openFor('first', first.folder).take()).toEqual(['u1 A']);
});

test('an event that one sink refused is offered to another one, and is a dead letter of the first alone', async () => {
  const first = openFor('first');
  await first.save('u1');
  await first.refuse();
  await first.users.saveUnreadable(unreadable('u2'));
  first.close();

  const second = openFor('second', first.folder);
  expect(await second.save('u1')).toBe('emitted');
  await second.deliver();
  expect(await second.standing(new Set())).toMatchObject({ deadLetters: 0 });
  second.close();

  expect(await replayDeadLetters(first.folder, HOLDER, 'second')).toMatchObject({ offered: 0, marked: 0 });
  const letters: unknown[] = [];
  const reader = openReader(first.folder, 'first');
  for await (const { asset, sink, refusedBy } of reader.deadLetters()) letters.push([asset, sink, refusedBy]);
  reader.close();
  expect(letters).toEqual([
    [{ kind: 'user', id: 'u1' }, 'first', 'sink'],
    [{ kind: 'user', id: 'u2' }, 'first', 'mapping'],
  ]);
  expect(await replayDeadLetters(first.folder, HOLDER, 'first')).toMatchObject({ offered: 1, marked: 1 });
});

test('sink, kind and id together are the key of what was delivered and of dead letters', () => {
  const { query } = openFor('first');
  const key = (table: string): unknown[] =>
    query(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`);

  expect(key('delivered')).toEqual(['sink', 'kind', 'id'].map((name) => ({ name })));
  expect(key('dead_letters')).toEqual(['sink', 'kind', 'id'].map((name) => ({ name })));
});
