import { closeSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ConnectorError, InventoryError } from '../../ports/errors.ts';
import { openOwn } from '../../process/own-file.ts';
import { migrate } from './migrations.ts';

const IS_DAMAGED =
  'move inventory.db, inventory.db-wal and inventory.db-shm out of STATE_DIR, or put a backup in their place: without them the next run reads and sends everything afresh';
const CHECK_FOLDER = 'check that STATE_DIR exists, is writable for this user and has room';
/** By SQLite's primary result codes: https://sqlite.org/rescode.html */
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

const sqliteError = z.object({ errcode: z.number() });

/** SQLite's primary result code, where the error is SQLite's. */
export function sqliteCodeOf(error: unknown): number | undefined {
  const parsed = sqliteError.safeParse(error);
  return parsed.success ? parsed.data.errcode % 256 : undefined;
}

/** Is it the file system, and not the inventory or who else uses it? */
export function lacksLocks(error: unknown): boolean {
  const { data } = sqliteError.safeParse(error);
  if (data === undefined) return false;
  return PRIMARY_WITHOUT_LOCKS.has(data.errcode) || EXTENDED_WITHOUT_LOCKS.has(data.errcode);
}

export function noLocksError(stateDir: string, cause: unknown): InventoryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const problem = 'does not support the file locks or the shared memory that the inventory needs';
  return new InventoryError(`the file system of ${stateDir} ${problem} (${reason})`, {
    hint: NO_LOCKS,
    cause,
  });
}

/** Whatever SQLite or the disk says, as an error that names the place and what to do. */
export function inventoryError(action: string, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  // A parser's own words quote what it could not read: a user's profile, perhaps.
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

/** SQLite would create the file readable by others; it is made first, and its -wal and -shm take over its mode. */
export function openFile(path: string): DatabaseSync {
  closeSync(openOwn(path, { keeps: true }));
  return new DatabaseSync(path);
}

export function inventoryFile(stateDir: string): string {
  return join(stateDir, 'inventory.db');
}

/** The inventory's file in `stateDir`, made when missing. */
export function openDatabase(stateDir: string): DatabaseSync {
  const file = inventoryFile(stateDir);
  let database: DatabaseSync | undefined;
  try {
    database = openFile(file);
    // WAL with NORMAL: what was committed survives a killed process; a power cut may take the last commits back
    // together, cursor and events alike, which only repeats them.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    refuseDamaged(database);
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    throw inventoryError(`open the inventory ${file}`, cause);
  }
}

/** Reads every page once: a damaged file is found before anything is built on it, and never discarded. */
function refuseDamaged(database: DatabaseSync): void {
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (found === 'ok') return;
  throw new InventoryError(`the inventory ${database.location() ?? ''} is damaged: ${String(found)}`, {
    hint: IS_DAMAGED,
  });
}

export function makeStateDir(stateDir: string): void {
  try {
    makeFolder(resolve(stateDir));
  } catch (cause) {
    throw inventoryError(`make the folder ${stateDir}`, cause);
  }
}

/** Folder by folder: Node's own `recursive` never returns where the system calls a folder missing that it will not make (/proc). */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (!existsSync(above) && above !== folder) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    // There already, or made by another process just now; a file of that name is told when it is opened.
    if (!existsSync(folder)) throw cause;
  }
}

/** SQLite's private temporary database: spills to disk when large, gone when closed. */
export function openTemporaryDatabase(): DatabaseSync {
  const database = new DatabaseSync('');
  migrate(database);
  return database;
}
