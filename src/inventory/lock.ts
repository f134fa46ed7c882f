import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { InventoryError } from '../errors.ts';
import { inventoryError, openFile, sqliteCodeOf } from './database.ts';

/** SQLite's result code for a lock that another connection holds. */
const SQLITE_BUSY = 5;

/** The writer's lock on an inventory. The kernel frees it with the process, even after kill -9. */
export interface Lock {
  release(): void;
}

/** Throws `InventoryError`, which says who holds it. */
export type TakeLock = (stateDir: string, holder: Holder) => Lock;

export interface KeptLock {
  readonly take: TakeLock;
  release(): void;
}

export interface Holder {
  readonly description: string;
  /** ISO 8601. */
  readonly since: string;
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8') || 'another process';
  } catch {
    return 'another process'; // who it is serves the message only
  }
}

/**
 * One writer per inventory: an exclusive transaction on a database of its own, held for the process's life. Who holds
 * it stands in a text file beside it, since the first cannot be read meanwhile.
 */
export function takeLock(stateDir: string, holder: Holder): Lock {
  const holderFile = join(stateDir, 'lock.holder');
  let database: DatabaseSync | undefined;
  try {
    database = openFile(join(stateDir, 'lock.db'));
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    writeFileSync(holderFile, `${holder.description} since ${holder.since}`, { mode: 0o600 });
  } catch (cause) {
    database?.close();
    if (sqliteCodeOf(cause) !== SQLITE_BUSY) throw inventoryError(`lock the inventory in ${stateDir}`, cause);
    throw new InventoryError(`the inventory in ${stateDir} is in use by ${readHolder(holderFile)}`, {
      hint: 'let it finish or stop it, or give this process another STATE_DIR',
    });
  }
  const held = database;
  return { release: () => held.close() };
}

/**
 * For a process that opens the inventory again and again: between its runs no other may write either. The first run that
 * gets the lock keeps it until `release`, or until another folder is asked for.
 */
export function keepLock(holder: Holder): KeptLock {
  let kept: { readonly stateDir: string; readonly lock: Lock } | undefined;
  const release = (): void => {
    kept?.lock.release();
    kept = undefined;
  };
  return {
    release,
    take(stateDir) {
      if (kept?.stateDir !== stateDir) {
        release();
        kept = { stateDir, lock: takeLock(stateDir, holder) };
      }
      return { release: () => undefined };
    },
  };
}
