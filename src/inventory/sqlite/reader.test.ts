import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aFactor, aUser, known, READ_AT, unknown } from '../../enrich/facets.fixture.ts';
import type { Reading } from '../../ports/inventory.ts';
import type { DeadLetter, InventoryReader } from '../../ports/reader.ts';
import {
  aReading,
  createFolder,
  createScene,
  LIMITS,
  meddle,
  NOW,
  pageOf,
  SINK,
  sized,
} from './inventory.fixture.ts';
import { openReader } from './reader.ts';

function read(folder: string): InventoryReader {
  const reader = openReader(folder, [SINK]);
  onTestFinished(() => reader.close());
  return reader;
}

async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const lettersIn = (reader: InventoryReader): Promise<DeadLetter[]> => toArray(reader.deadLetters());

describe('inventory, reader', () => {
  test('sees what a writer keeps, beside it and without its lock', async () => {
    const { users, runs, save, folder } = createScene();
    const reader = read(folder);
    await users.save(aReading({ user: aUser({ id: 'u1' }), factors: known([aFactor()]) }));
    await runs.saveState({ fullEndedAt: 7 });

    const facets = await reader.facets('u1', () => true);
    await save('u2');

    expect(facets).toMatchObject({ user: { id: 'u1' }, readAt: READ_AT, factors: known([aFactor()]) });
    expect(await reader.runState()).toMatchObject({ fullEndedAt: 7 });
    expect(await reader.facets('u2', () => true)).toBeDefined();
    expect(await reader.facets('u3', () => true)).toBeUndefined();
  });

  test('decides for itself how old an answer may be', async () => {
    const { users, folder } = createScene();
    await users.save(aReading({ factors: known([]) }));
    await users.save(aReading({ factors: unknown('refused'), askedAt: READ_AT + 9 }));
    const reader = read(folder);

    expect(await reader.facets(aUser().id, () => true)).toMatchObject({ factors: { isStale: true } });
    expect(await reader.facets(aUser().id, () => false)).toMatchObject({ factors: unknown('refused') });
  });

  test('tells how many events wait and since when, sent ones and others, of one sink', async () => {
    const scene = createScene();
    expect(await read(scene.folder).waiting()).toEqual({ events: 0, oldestAt: undefined });
    for (const id of ['u1', 'u2', 'u3']) await scene.save(id);
    await scene.take({ ...LIMITS, count: 1 });
    expect(await read(scene.folder).waiting()).toEqual({ events: 3, oldestAt: NOW });
    expect(await scene.outbox.oldestAt()).toBe(NOW);

    meddle(scene, `UPDATE outbox SET entered_at = ${NOW} - 5 WHERE id = 'u1'`);
    expect((await read(scene.folder).waiting()).oldestAt).toBe(NOW - 5);
    meddle(scene, `UPDATE outbox SET entered_at = ${NOW} - 9 WHERE id = 'u2'`);
    expect((await read(scene.folder).waiting()).oldestAt).toBe(NOW - 9);

    await scene.deliver();
    expect(await read(scene.folder).waiting()).toEqual({ events: 0, oldestAt: undefined });
  });

  test('tells how many events are refused and since when, of one sink', async () => {
    const scene = createScene();
    expect(await read(scene.folder).refused()).toEqual({ events: 0, oldestAt: undefined });
    for (const id of ['u1', 'u2']) await scene.save(id);
    for (const { sequence } of await scene.outbox.take(LIMITS))
      await scene.outbox.refuse(sequence, 'too old');
    expect(await read(scene.folder).refused()).toEqual({ events: 2, oldestAt: NOW });

    meddle(scene, `UPDATE dead_letters SET first_at = ${NOW} - 5 WHERE id = 'u2'`);
    expect((await read(scene.folder).refused()).oldestAt).toBe(NOW - 5);
    meddle(scene, "UPDATE dead_letters SET sink = 'another sink'");
    expect(await read(scene.folder).refused()).toEqual({ events: 0, oldestAt: undefined });
  });

  test('tells by lookup when the oldest answer was asked for, and nothing of lookups without answers', async () => {
    const { users, groups, folder } = createScene();
    expect(await read(folder).oldestAnswers()).toEqual({});
    const save = (id: string, answers: Partial<Reading>) =>
      users.save(aReading({ user: aUser({ id }), ...answers }));
    await save('u1', { factors: known([aFactor()]), groups: known([]), askedAt: READ_AT + 3 });
    await save('u2', { factors: unknown('refused'), groups: 'by-membership', askedAt: READ_AT + 1 });
    await groups.save(pageOf(sized('g1')), undefined);
    await groups.saveNoRoles(['g1'], READ_AT + 7);

    expect(await read(folder).oldestAnswers()).toEqual({
      factors: READ_AT + 1,
      groups: READ_AT + 3,
      'group-roles': READ_AT + 7,
    });
  });

  test('opens an inventory that no writer holds, and changes nothing', async () => {
    const { save, close, folder, query } = createScene();
    await save('u1');
    close();

    const reader = read(folder);

    expect(await reader.facets('u1', () => true)).toBeDefined();
    expect(query('SELECT id FROM users')).toEqual([{ id: 'u1' }]);
    const { save: saveAgain } = createScene({ folder });
    expect(await saveAgain('u2')).toBe('emitted');
  });
});

describe('inventory, reader: dead letters', () => {
  test('that make no sense are an inventory error', async () => {
    const scene = createScene();
    await scene.save('u1', 'unmappable');
    meddle(scene, "UPDATE dead_letters SET reasons = '[oops'");

    await expect(lettersIn(read(scene.folder))).rejects.toMatchObject({ code: 'inventory' });
  });
});

describe('inventory, reader: what cannot be read says what to do', () => {
  const thrown = (folder: string): unknown => {
    try {
      openReader(folder, [SINK]).close();
    } catch (error) {
      return error;
    }
    throw new Error('nothing was thrown');
  };

  test('no inventory, and none is made', () => {
    const folder = createFolder();

    expect(thrown(folder)).toMatchObject({
      code: 'inventory',
      message: `there is no inventory in ${folder}`,
      hint: expect.stringContaining('okta-ocsf sync'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['one that was just created and is empty', 0, 'there is no inventory'],
    ['one of a newer okta-ocsf', 999, 'version 999'],
  ])('%s', (_, version, message) => {
    const folder = createFolder();
    const file = new DatabaseSync(join(folder, 'inventory.db'));
    file.exec(`PRAGMA user_version = ${version}`);
    file.close();

    expect(thrown(folder)).toMatchObject({ code: 'inventory', message: expect.stringContaining(message) });
  });

  test('what is no database', () => {
    const folder = createFolder();
    writeFileSync(join(folder, 'inventory.db'), 'this is no database\n'.repeat(500));

    expect(thrown(folder)).toMatchObject({ code: 'inventory', hint: expect.stringContaining('move') });
  });
});
