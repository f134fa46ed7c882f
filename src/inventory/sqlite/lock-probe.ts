import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { InventoryError } from '../../ports/errors.ts';
import { lacksLocks, noLocksError, openFile } from './database.ts';
import { sqliteCodeOf } from './sqlite-codes.ts';

export type OpenFile = (path: string) => DatabaseSync;

/** SQLite's result code for a lock that another connection holds, or that the file system does not give. */
export const SQLITE_BUSY = 5;

/**
 * Tries out what the inventory needs of a file system: an exclusive lock, and a database in WAL mode with its shared
 * memory. Does so in a folder of its own, which no other process uses and which is gone afterwards. Throws
 * `InventoryError` where one of these is missing, and otherwise the error of SQLite or the disk.
 */
export function probeLocks(stateDir: string, probeName: string, open: OpenFile = openFile): void {
  const folder = join(stateDir, probeName);
  mkdirSync(folder, { mode: 0o700 });
  try {
    tryLocks(folder, open);
  } catch (thrown) {
    if (thrown instanceof InventoryError) throw thrown;
    // No other process can hold a lock in this folder.
    if (lacksLocks(thrown) || sqliteCodeOf(thrown) === SQLITE_BUSY) throw noLocksError(stateDir, thrown);
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tryLocks(folder: string, open: OpenFile): void {
  using(open(join(folder, 'lock.db')), (database) => {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE; CREATE TABLE probe (id); COMMIT');
  });
  using(open(join(folder, 'wal.db')), (database) => {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    if (mode !== 'wal') throw noLocksError(folder, 'no shared memory: no write-ahead log');
    database.exec('CREATE TABLE probe (id); INSERT INTO probe VALUES (1)');
  });
}

function using(database: DatabaseSync, body: (database: DatabaseSync) => void): void {
  try {
    body(database);
  } finally {
    database.close();
  }
}
