import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConnectorError, InventoryError } from '../errors.ts';
import { migrate } from './migrations.ts';

/** Whatever SQLite or the disk says, as an error that names the place and what to do. */
export function inventoryError(action: string, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InventoryError(`cannot ${action}: ${reason}`, {
    cause,
    hint: 'check that STATE_DIR exists, is writable for this user and has room; a damaged inventory can be moved away, the next run then starts afresh',
  });
}

/** SQLite would create the file readable by others; it is made first, and its -wal and -shm take over its mode. */
export function openFile(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600));
  return new DatabaseSync(path);
}

/** The inventory's file in `stateDir`, made when missing. */
export function openDatabase(stateDir: string): DatabaseSync {
  const file = join(stateDir, 'inventory.db');
  let database: DatabaseSync | undefined;
  try {
    database = openFile(file);
    // WAL with NORMAL: what was committed survives a killed process; a power cut may take the last commits back
    // together, cursor and events alike, which only repeats them.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    throw inventoryError(`open the inventory ${file}`, cause);
  }
}

export function makeStateDir(stateDir: string): void {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw inventoryError(`make the folder ${stateDir}`, cause);
  }
}

/** SQLite's private temporary database: spills to disk when large, gone when closed. */
export function openTemporaryDatabase(): DatabaseSync {
  const database = new DatabaseSync('');
  migrate(database);
  return database;
}
