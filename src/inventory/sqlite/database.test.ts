import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InventoryError } from '../../ports/errors.ts';
import { noteCleanEnd } from './clean-end.ts';
import { closeDatabase, openDatabase, openTemporaryDatabase } from './database.ts';
import { createFolder, createScene, HOLDER, type Scene } from './inventory.fixture.ts';
import { holdLock, takeLock } from './lock.ts';
import { transactionOn } from './transaction.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Overwrites one page of the inventory: of the users themselves, which opening does not read. */
function damageUsers(folder: string): void {
  const file = join(folder, 'inventory.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const found = database
    .prepare("SELECT pageno FROM dbstat WHERE name = 'users' AND pagetype = 'leaf' LIMIT 1")
    .get();
  database.close();
  const page = 4096 * (Number(found?.['pageno']) - 1);
  writeFileSync(file, readFileSync(file).fill(0xa5, page, page + 4096));
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Another process with an inventory in this folder: resolves once it has it, or says why not. */
async function openElsewhere(folder: string, user: { uid?: number } = {}) {
  const script = `
    const { openInventory } = await import(${JSON.stringify(new URL('open.ts', import.meta.url).href)});
    const options = { makeEvent: () => { throw new Error() }, newsRule: () => 'none', clock: {} };
    const holder = { description: 'run 2 on another machine', since: '2026-08-01T09:00:00.000Z' };
    try {
      // An inventory that nobody holds any more is closed by the garbage collector, and its lock with it.
      globalThis.opened = openInventory(${JSON.stringify(folder)}, holder, options);
      console.log('open');
      process.stdin.resume();
    } catch (error) {
      console.log(error.name, error.code, error.message, '|', error.hint);
    }`;
  const argv = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'], ...user });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: unknown[] = await once(child.stdout, 'data');
  return { child, said: String(said[0]).trim() };
}

describe('inventory, database: the files', () => {
  test('are for their owner alone, whatever the umask', async () => {
    const folder = join(createFolder(), 'deep', 'state');
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const { save } = createScene({ folder });
    await save('u1');

    expect([modeOf(folder), modeOf(join(folder, '..'))]).toEqual(['700', '700']);
    const files = readdirSync(folder).toSorted();
    expect(files).toEqual([
      'inventory.db',
      'inventory.db-shm',
      'inventory.db-wal',
      'lock.db',
      'lock.db-journal',
      'lock.holder',
    ]);
    expect(files.map((file) => modeOf(join(folder, file)))).toEqual(files.map(() => '600'));
  });

  test('keep what was saved', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    await first.save('u1');
    first.close();

    expect(await createScene({ folder }).take()).toEqual(['u1 A']);
  });

  test('are none for a private inventory', () => {
    const before = readdirSync('.');
    const database = openTemporaryDatabase();
    database.exec("INSERT INTO listed VALUES ('u1')");

    expect(database.location()).toBe(null);
    database.close();
    expect(readdirSync('.')).toEqual(before);
  });
});

describe('inventory, database: an inventory that cannot be opened says what to do', () => {
  test('when it is damaged, and it is not touched', () => {
    const folder = createFolder();
    const file = join(folder, 'inventory.db');
    writeFileSync(file, 'this is no database, but perhaps somebody can still make sense of it\n'.repeat(50));

    const error = thrownBy(() => createScene({ folder }));

    expect(error).toBeInstanceOf(InventoryError);
    expect(error).toMatchObject({
      message: expect.stringContaining(file),
      hint: expect.stringMatching(/move inventory.db.*afresh/),
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^this is no database/);
    expect(() => takeLock(folder, HOLDER).release()).not.toThrow();
  });

  test('when pages in its middle are damaged', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    for (let user = 0; user < 500; user += 1) await first.save(`u${user}`);
    first.close();
    const file = join(folder, 'inventory.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, 4096));

    const error = thrownBy(() => createScene({ folder }));

    expect(error).toBeInstanceOf(InventoryError);
    expect(error).toMatchObject({ hint: expect.stringContaining('move inventory.db') });
    expect(readFileSync(file)).toEqual(bytes);
  });

  test('when one page in its middle is damaged, which a run might meet after hours', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    for (let user = 0; user < 500; user += 1) await first.save(`u${user}`);
    first.close();
    const file = join(folder, 'inventory.db');
    const bytes = readFileSync(file);
    const page = 4096 * Math.floor(bytes.length / 4096 / 2);
    writeFileSync(file, bytes.fill(0xa5, page, page + 4096));

    expect(thrownBy(() => createScene({ folder }))).toMatchObject({
      code: 'inventory',
      message: expect.stringContaining(file),
      hint: expect.stringMatching(/move inventory.db.*afresh/),
    });
    expect(readFileSync(file)).toEqual(bytes);
  });

  test.each<[string, (scene: Scene) => Promise<unknown>]>([
    ['no note of its end', async () => undefined],
    ['a note of an earlier end', async ({ folder }) => noteCleanEnd(folder)],
  ])('when its writer was killed, which leaves %s', async (_, prepare) => {
    const folder = createFolder();
    const killed = createScene({ folder });
    await prepare(killed);
    for (let user = 0; user < 500; user += 1) await killed.save(`u${user}`);
    // A kill leaves the files as they are while a writer is at work.
    const left = createFolder();
    cpSync(folder, left, { recursive: true, preserveTimestamps: true });
    damageUsers(left);

    expect(thrownBy(() => createScene({ folder: left }))).toMatchObject({
      code: 'inventory',
      hint: expect.stringMatching(/move inventory.db.*afresh/),
    });
  });

  test('again and again, until the file is mended', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    for (let user = 0; user < 500; user += 1) await first.save(`u${user}`);
    first.close();
    damageUsers(folder);

    for (const _attempt of [1, 2])
      expect(thrownBy(() => createScene({ folder }))).toMatchObject({ code: 'inventory' });
  });

  test('only by the first statement that meets the damage, when its writer had closed it', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    const ids = Array.from({ length: 500 }, (_, user) => `u${user}`);
    for (const id of ids) await first.save(id);
    first.close();
    damageUsers(folder);
    // As if nobody had touched the files since.
    noteCleanEnd(folder);

    const { users, take, close } = createScene({ folder });
    const found = await Promise.allSettled([...ids.map((id) => users.find(id)), take()]);

    const refused = found.filter((each) => each.status === 'rejected').map(({ reason }): unknown => reason);
    expect(refused.length).toBeGreaterThan(0);
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'inventory', hint: expect.stringMatching(/move inventory.db/) });
    close();
    // A run that has met damage leaves no note of a clean end, so the next one says so before it does anything.
    expect(thrownBy(() => createScene({ folder }))).toMatchObject({
      message: expect.stringMatching(/is damaged/),
    });
  });

  test('never because of an error that is no damage, which leaves the note of a clean end', async () => {
    const folder = createFolder();
    const database = openDatabase(folder);
    expect(thrownBy(() => database.exec('SELECT * FROM nothing'))).toMatchObject({ errcode: 1 });
    closeDatabase(database, folder);

    expect(readdirSync(folder)).toContain('inventory.closed');
  });

  test('when another build that was never released has written it', () => {
    const folder = createFolder();
    const other = new DatabaseSync(join(folder, 'inventory.db'));
    other.exec('CREATE TABLE users (something TEXT); PRAGMA user_version = 1');
    other.close();

    expect(thrownBy(() => createScene({ folder }))).toMatchObject({ code: 'inventory' });
    expect(() => takeLock(folder, HOLDER).release()).not.toThrow();
  });

  test('when a newer okta-ocsf has written it', () => {
    const folder = createFolder();
    const database = openDatabase(folder);
    database.exec('PRAGMA user_version = 999');
    database.close();

    const error = thrownBy(() => openDatabase(folder));

    expect(error).toBeInstanceOf(InventoryError);
    expect(error).toMatchObject({
      message: expect.stringContaining('version 999'),
      hint: expect.stringContaining('newer okta-ocsf'),
    });
  });

  test('when the folder is a file', () => {
    const folder = join(createFolder(), 'state');
    writeFileSync(folder, '');

    expect(thrownBy(() => createScene({ folder }))).toMatchObject({
      code: 'inventory',
      message: `${folder} is a file and not a folder`,
    });
  });

  test('when the file is a folder, also where a name in its path says locked', () => {
    const folder = join(createFolder(), 'busy-or-locked');
    mkdirSync(join(folder, 'lock.db'), { recursive: true });

    const error = thrownBy(() => createScene({ folder }));

    expect(error).toBeInstanceOf(InventoryError);
    expect(error).not.toMatchObject({ message: expect.stringContaining('in use') });
  });

  test('when the folder may not be written', async () => {
    const folder = createFolder();
    chmodSync(folder, 0o555);
    const isRoot = process.getuid?.() === 0; // whom no mode stops

    const { said } = await openElsewhere(folder, isRoot ? { uid: 65_534 } : {});

    expect(said).toMatch(/^InventoryError inventory cannot lock the inventory in .*\| .*STATE_DIR.*writable/);
  });

  test('when the system will not make the folder', async () => {
    const { said } = await openElsewhere('/proc/nowhere/state');

    expect(said).toMatch(/^InventoryError inventory cannot make the folder .*\| .*STATE_DIR.*writable/);
  });
});

describe('inventory, database: one writer at a time', () => {
  test('a second process is refused and told who has it', async () => {
    const { folder, save } = createScene();

    const { said } = await openElsewhere(folder);

    expect(said).toContain(`in use by ${HOLDER.description} since ${HOLDER.since}`);
    expect(said).toMatch(/^InventoryError inventory .*\| .*STATE_DIR/);
    expect(await save('u1')).toBe('emitted');
  });

  test('who opens it again and again keeps it in between, until told to let go', async () => {
    const folder = createFolder();
    const kept = holdLock(HOLDER);
    for (const _run of [1, 2]) kept.take(folder, { description: 'a run', since: 'now' }).release();

    const { said } = await openElsewhere(folder);
    kept.release();

    expect(said).toContain(`in use by ${HOLDER.description} since ${HOLDER.since}`);
    expect(() => takeLock(folder, HOLDER).release()).not.toThrow();
  });

  test('a process that is killed lets go', async () => {
    const folder = createFolder();
    const { child, said } = await openElsewhere(folder);
    expect(said).toBe('open');
    expect(thrownBy(() => createScene({ folder }))).toMatchObject({
      message: expect.stringContaining('run 2 on another machine since 2026-08-01T09:00:00.000Z'),
    });

    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(await createScene({ folder }).save('u1')).toBe('emitted');
  });

  test('one that is done lets go, also when opening failed', () => {
    const folder = createFolder();
    createScene({ folder }).close();
    const { close } = createScene({ folder });
    close();
    writeFileSync(join(folder, 'inventory.db'), 'damaged'.repeat(1000));

    expect(thrownBy(() => createScene({ folder }))).toMatchObject({
      message: expect.stringContaining('cannot open'),
    });
    expect(thrownBy(() => createScene({ folder }))).toMatchObject({
      message: expect.stringContaining('cannot open'),
    });
  });

  test('who has it is told as well as it is known', () => {
    const folder = createFolder();
    const lock = takeLock(folder, HOLDER);
    writeFileSync(join(folder, 'lock.holder'), '');

    expect(thrownBy(() => takeLock(folder, HOLDER))).toMatchObject({
      message: expect.stringContaining('in use by another process'),
    });
    lock.release();
  });
});

describe('inventory, database: a transaction', () => {
  const count = (database: DatabaseSync): unknown =>
    database.prepare('SELECT count(*) AS n FROM listed').get()?.['n'];

  test('keeps all or nothing, and leaves room for the next', () => {
    const database = openTemporaryDatabase();
    const transaction = transactionOn(database);
    const add = (id: string): void => database.exec(`INSERT INTO listed VALUES ('${id}')`);

    const error = thrownBy(() =>
      transaction(() => {
        add('u1');
        add('u1');
      }),
    );
    transaction(() => add('u2'));

    expect(error).toBeInstanceOf(InventoryError);
    expect(count(database)).toBe(1);
    database.close();
  });

  test('inside another is refused, and neither is kept', () => {
    const database = openTemporaryDatabase();
    const transaction = transactionOn(database);

    const error = thrownBy(() =>
      transaction(() => {
        database.exec("INSERT INTO listed VALUES ('u1')");
        transaction(() => undefined);
      }),
    );

    expect(error).toBeInstanceOf(InventoryError);
    expect(count(database)).toBe(0);
    database.close();
  });
});

describe('inventory, database: the disk', () => {
  test.each([
    ['is full', 'PRAGMA max_page_count = 1', /room on the disk/],
    ['may not be written any more', 'PRAGMA query_only = 1', /writable/],
  ])('%s: the error says what to do, and nothing is half-written', (_, pragma, hint) => {
    const database = openTemporaryDatabase();
    onTestFinished(() => database.close());
    const transaction = transactionOn(database);
    const read = database.prepare('SELECT count(*) AS n FROM listed');
    database.exec(pragma);

    const error = thrownBy(() =>
      transaction(() => {
        for (let user = 0; user < 1e4; user += 1) database.exec(`INSERT INTO listed VALUES ('user ${user}')`);
      }),
    );

    expect(error).toBeInstanceOf(InventoryError);
    expect(error).toMatchObject({ hint: expect.stringMatching(hint) });
    expect(read.get()).toEqual({ n: 0 });
  });

  test('holds a file that another program keeps locked: the error says so', () => {
    const folder = createFolder();
    const database = openDatabase(folder);
    database.exec('PRAGMA busy_timeout = 0');
    const backup = new DatabaseSync(join(folder, 'inventory.db'));
    onTestFinished(() => {
      backup.close();
      database.close();
    });
    backup.exec('BEGIN IMMEDIATE');

    expect(thrownBy(() => transactionOn(database)(() => undefined))).toMatchObject({
      code: 'inventory',
      hint: expect.stringMatching(/another program.*locked/),
    });
  });

  test('a connection that was closed meanwhile is an inventory error too', () => {
    const database = openTemporaryDatabase();
    const transaction = transactionOn(database);
    database.close();

    expect(thrownBy(() => transaction(() => undefined))).toBeInstanceOf(InventoryError);
  });
});
