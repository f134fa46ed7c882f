import { closeSync, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ConnectorError, InventoryError } from '../../ports/errors.ts';
import { openOwn } from '../../process/own-file.ts';
import { CHECKPOINT_PAGES } from './checkpoints.ts';
import { noteCleanEnd, takeCleanEnd } from './clean-end.ts';
import { migrate } from './migrations.ts';
import { extendedCodeOf, sqliteCodeOf } from './sqlite-codes.ts';
import { WatchedDatabase } from './watched-database.ts';

const IS_DAMAGED =
  'move inventory.db, inventory.db-wal and inventory.db-shm out of STATE_DIR, or put a backup in their place: without them the next run reads and sends everything afresh';
export const CHECK_FOLDER =
  'give STATE_DIR a folder that exists, is writable for this user and has room; in a container, a volume';
/** Hints by SQLite's primary result code: https://sqlite.org/rescode.html */
const HINTS: ReadonlyMap<number, string> = new Map([
  [5, 'another program has the file open and keeps it locked: a backup, perhaps; let it finish'],
  [8, 'make the files in STATE_DIR writable for this user'],
  [11, IS_DAMAGED],
  [13, 'make room on the disk of STATE_DIR: what was kept before is intact'],
  [26, IS_DAMAGED],
]);

const NO_LOCKS =
  'put STATE_DIR on a local disk, or on a volume that has file locks and shared memory (a block volume, not SMB, FUSE, or NFS without its lock service); `okta-ocsf test` tries it';
/** SQLite's codes for a file system that refuses locks or shared memory: PERM and PROTOCOL, and IOERR's own about them. */
const PRIMARY_WITHOUT_LOCKS: ReadonlySet<number> = new Set([3, 15]);
const EXTENDED_WITHOUT_LOCKS: ReadonlySet<number> = new Set([2058, 2314, 3594, 3850, 4618, 4874, 5130, 5386]);

/** Is the file system at fault, and neither the inventory nor another process? */
export function lacksLocks(error: unknown): boolean {
  const code = extendedCodeOf(error);
  return code !== undefined && (PRIMARY_WITHOUT_LOCKS.has(code) || EXTENDED_WITHOUT_LOCKS.has(code));
}

export function noLocksError(stateDir: string, cause: unknown): InventoryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const problem = 'does not support the file locks or the shared memory that the inventory needs';
  return new InventoryError(`the file system of ${stateDir} ${problem} (${reason})`, {
    hint: NO_LOCKS,
    cause,
  });
}

/** Turns an error of SQLite or the disk into one that names the place and what to do. */
export function inventoryError(action: string, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  // A parser's own message quotes what it could not read, which may be a user's profile.
  if (cause instanceof SyntaxError || cause instanceof z.ZodError) {
    return new InventoryError(`cannot ${action}: a record in it makes no sense`, { hint: IS_DAMAGED });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (lacksLocks(cause)) {
    return new InventoryError(
      `cannot ${action}: its file system has no locks or no shared memory (${reason})`,
      {
        cause,
        hint: NO_LOCKS,
      },
    );
  }
  const hint = HINTS.get(sqliteCodeOf(cause) ?? 0) ?? CHECK_FOLDER;
  return new InventoryError(`cannot ${action}: ${reason}`, { cause, hint });
}

/**
 * Creates the file before SQLite does, which would make it readable by others. Its -wal and -shm files take over its mode. A
 * file that is there is left to SQLite: to close it would give up the locks that other connections of this process have on
 * it, and another program that ends its own connection would delete the -wal file under them.
 */
export function openFile(path: string): WatchedDatabase {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    closeSync(openOwn(path, { keeps: true }));
  return new WatchedDatabase(path);
}

export function inventoryFile(stateDir: string): string {
  return join(stateDir, 'inventory.db');
}

/**
 * Opens the inventory's file in `stateDir`; creates it when it is missing. Reads all of it unless its last writer has
 * closed it: at a million users that takes up to half a minute.
 */
export function openDatabase(stateDir: string): WatchedDatabase {
  const file = inventoryFile(stateDir);
  let database: WatchedDatabase | undefined;
  try {
    const isAsLeft = takeCleanEnd(stateDir);
    database = openFile(file);
    // WAL with NORMAL: what was committed survives a killed process. A power cut may take back the last commits, cursor
    // and events together, so that they are only repeated.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    // A page that is damaged nevertheless ends the run that reads it, before anything is built on it.
    database.exec('PRAGMA cell_size_check = ON');
    if (!isAsLeft) refuseDamaged(database);
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    throw inventoryError(`open the inventory ${file}`, cause);
  }
}

/** Closes what `openDatabase` has opened. Notes that the next opening need not read all of it, unless damage was met. */
export function closeDatabase(database: WatchedDatabase, stateDir: string): void {
  database.close();
  if (!database.hasMetDamage) noteCleanEnd(stateDir);
}

/** Reads every page once, so that a damaged file is found before anything is built on it. Never discards the file. */
function refuseDamaged(database: DatabaseSync): void {
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (found === 'ok') return;
  throw damagedError(database.location() ?? '', String(found));
}

export function damagedError(file: string, found: string): InventoryError {
  return new InventoryError(`the inventory ${file} is damaged: ${found}`, { hint: IS_DAMAGED });
}

export function makeStateDir(stateDir: string): void {
  try {
    refuseNoFolder(stateDir);
    makeFolder(resolve(stateDir));
  } catch (cause) {
    throw inventoryError(`make the folder ${stateDir}`, cause);
  }
}

/**
 * Throws an `InventoryError` when a file or a broken link stands where `stateDir` or a folder above it belongs: the
 * general hint leads to permissions and room, which are not at fault. A link to a folder is as good as the folder.
 */
export function refuseNoFolder(stateDir: string): void {
  const path = resolve(stateDir);
  const above = dirname(path);
  if (above !== path) refuseNoFolder(above);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const target = statSync(path, { throwIfNoEntry: false });
  if (target?.isDirectory() === true) return;
  const what = target === undefined ? 'is a symbolic link that leads nowhere' : 'is a file and not a folder';
  throw new InventoryError(`${path} ${what}`, {
    hint: `give STATE_DIR the path of a folder, or take ${path} out of its way`,
  });
}

/**
 * Makes one folder after the other: Node's own `recursive` never returns where the system calls a folder missing that
 * it will not make (/proc).
 */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (!existsSync(above) && above !== folder) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    // The folder exists, or another process has just made it.
    if (!existsSync(folder)) throw cause;
  }
}

/** SQLite's private temporary database: goes to disk when it grows, and is gone when closed. */
export function openTemporaryDatabase(): DatabaseSync {
  const database = new DatabaseSync('');
  migrate(database);
  return database;
}
