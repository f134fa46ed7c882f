import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InventoryError } from '../../ports/errors.ts';
import { openDatabase } from './database.ts';
import { createFolder, createScene } from './inventory.fixture.ts';
import { migrate, MIGRATIONS } from './migrations.ts';

const FIRST = 'CREATE TABLE pets (name TEXT NOT NULL)';
const SECOND = "ALTER TABLE pets ADD COLUMN kind TEXT NOT NULL DEFAULT 'cat'";
const BROKEN = 'ALTER TABLE pets ADD COLUMN age INTEGER; ALTER TABLE nobodys ADD COLUMN age INTEGER';

function createDatabase(...migrations: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  migrate(database, migrations);
  return database;
}

const versionIn = (database: DatabaseSync): unknown => database.prepare('PRAGMA user_version').get();

const schemaOf = (database: DatabaseSync): unknown[] =>
  database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();

describe('inventory, migrations: an older inventory', () => {
  test('goes on with what it holds', () => {
    const database = createDatabase(FIRST);
    database.exec("INSERT INTO pets VALUES ('Mia')");

    migrate(database, [FIRST, SECOND]);
    migrate(database, [FIRST, SECOND]);

    expect(database.prepare('SELECT * FROM pets').all()).toEqual([{ name: 'Mia', kind: 'cat' }]);
    expect(versionIn(database)).toEqual({ user_version: 2 });
  });

  test('stays at the last version that could be made, whole', () => {
    const database = createDatabase(FIRST);

    expect(() => migrate(database, [FIRST, SECOND, BROKEN])).toThrow('nobodys');
    if (database.isTransaction) database.exec('ROLLBACK');

    expect(versionIn(database)).toEqual({ user_version: 2 });
    expect(database.prepare('SELECT name FROM pragma_table_info(?)').all('pets')).toEqual([
      { name: 'name' },
      { name: 'kind' },
    ]);
  });

  test.each(MIGRATIONS.map((_, version) => [version]))('of version %i becomes as a new one', (version) => {
    const database = createDatabase(...MIGRATIONS.slice(0, version));

    migrate(database);

    expect(schemaOf(database)).toEqual(schemaOf(createDatabase(...MIGRATIONS)));
    expect(versionIn(database)).toEqual({ user_version: MIGRATIONS.length });
  });

  test('that cannot be migrated is not touched', () => {
    const folder = createFolder();
    const file = join(folder, 'inventory.db');
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE outbox (something TEXT)');
    other.close();

    expect(() => openDatabase(folder)).toThrow(InventoryError);

    const reader = new DatabaseSync(file);
    expect(versionIn(reader)).toEqual({ user_version: 0 });
    expect(reader.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toHaveLength(1);
    reader.close();
    expect(existsSync(file)).toBe(true);
  });
});

test('inventory, migrations: a newer inventory is refused, and stays as it is', () => {
  const scene = createScene();
  scene.close();
  const file = new DatabaseSync(join(scene.folder, 'inventory.db'));
  onTestFinished(() => file.close());
  file.exec('PRAGMA user_version = 999');

  expect(() => createScene({ folder: scene.folder })).toThrow(
    expect.objectContaining({
      code: 'inventory',
      message: expect.stringContaining('version 999'),
      hint: expect.stringContaining('newer okta-ocsf'),
    }),
  );
  expect(versionIn(file)).toEqual({ user_version: 999 });
});
