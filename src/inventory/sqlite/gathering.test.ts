import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InventoryError } from '../../ports/errors.ts';
import { openDatabase } from './database.ts';
import { Gathering } from './gathering.ts';
import { createFolder } from './inventory.fixture.ts';

/** Gathered work on a real file, a clock that wakes sleepers when told, and what another connection reads. */
function createStage() {
  const folder = createFolder();
  const database = openDatabase(folder);
  const reader = new DatabaseSync(join(folder, 'inventory.db'), { readOnly: true });
  onTestFinished(() => {
    reader.close();
    database.close();
  });
  const sleepers: (() => void)[] = [];
  const gathering = new Gathering(database, {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      }),
  });
  const idsIn = (connection: DatabaseSync): unknown[] =>
    connection
      .prepare('SELECT user_id FROM listed ORDER BY user_id')
      .all()
      .map((row) => row['user_id']);
  return {
    database,
    gathering,
    sleepers,
    add: (id: string): void => void database.prepare('INSERT INTO listed VALUES (?)').run(id),
    inside: (): unknown[] => idsIn(database),
    outside: (): unknown[] => idsIn(reader),
    wake: async (): Promise<void> => {
      for (const wake of sleepers.splice(0)) wake();
      await setImmediate();
    },
  };
}

describe('inventory, gathering: small work', () => {
  test('is seen inside at once and by others when the time is over, all of it together', async () => {
    const { gathering, add, inside, outside, wake, sleepers } = createStage();

    gathering.soon(() => add('u1'));
    gathering.soon(() => add('u2'));

    expect([inside(), outside()]).toEqual([['u1', 'u2'], []]);
    expect(sleepers).toHaveLength(1);
    await wake();
    expect(outside()).toEqual(['u1', 'u2']);
  });

  test('is gathered anew after each commit', async () => {
    const { gathering, add, outside, wake } = createStage();
    gathering.soon(() => add('u1'));
    await wake();

    gathering.soon(() => add('u2'));

    expect(outside()).toEqual(['u1']);
    await wake();
    expect(outside()).toEqual(['u1', 'u2']);
  });

  test.each([
    [
      'work that commits at once',
      ({ gathering }: ReturnType<typeof createStage>) => gathering.atOnce(() => 0),
    ],
    ['closing', ({ gathering }: ReturnType<typeof createStage>) => gathering.close()],
  ])('is committed by %s', (_, commit) => {
    const stage = createStage();
    stage.gathering.soon(() => stage.add('u1'));

    commit(stage);

    expect(stage.outside()).toEqual(['u1']);
  });

  test('that fails leaves nothing of itself, and the rest as it was', () => {
    const { gathering, add, outside } = createStage();
    gathering.soon(() => add('u1'));

    const fails = (): void =>
      gathering.soon(() => {
        add('u2');
        add('u1');
      });

    expect(fails).toThrow(InventoryError);
    gathering.soon(() => add('u3'));
    gathering.close();
    expect(outside()).toEqual(['u1', 'u3']);
  });

  test('that SQLite undid, with all that was gathered before, is told to all that follows', () => {
    const { gathering, database, add, outside } = createStage();
    gathering.soon(() => add('u1'));

    // As SQLite itself does after some errors of the disk.
    const fails = (): void => gathering.soon(() => database.exec('ROLLBACK; SELECT * FROM nothing'));

    expect(fails).toThrow(InventoryError);
    expect(() => gathering.soon(() => add('u2'))).toThrow(/nothing/);
    expect(() => gathering.atOnce(() => add('u3'))).toThrow(/nothing/);
    expect(() => gathering.close()).toThrow(/nothing/);
    expect(outside()).toEqual([]);
  });

  test('whose commit fails while nobody waits for it is told to all that follows', async () => {
    const { gathering, database, add, wake } = createStage();
    gathering.soon(() => {
      const reference = 'REFERENCES listed (user_id) DEFERRABLE INITIALLY DEFERRED';
      database.exec(`CREATE TABLE child (id TEXT ${reference}); INSERT INTO child VALUES ('nobody')`);
    });

    await wake();

    expect(() => gathering.soon(() => add('u1'))).toThrow(InventoryError);
    expect(() => gathering.close()).toThrow(InventoryError);
  });
});
