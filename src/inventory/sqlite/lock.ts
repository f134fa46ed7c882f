import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { InventoryError } from '../../ports/errors.ts';
import { readOwn, writeOwn } from '../../process/own-file.ts';
import { inventoryError, openFile } from './database.ts';
import { probeLocks, SQLITE_BUSY, type OpenFile } from './lock-probe.ts';
import { sqliteCodeOf } from './sqlite-codes.ts';

/** The writer's lock on an inventory. The kernel frees it with the process, even after kill -9. */
export interface Lock {
  release(): void;
}

/** Throws an `InventoryError` that names the lock holder. */
export type TakeLock = (stateDir: string, holder: LockHolder) => Lock;

export interface HeldLock {
  readonly take: TakeLock;
  /** The folder whose lock is held now. */
  readonly stateDir: string | undefined;
  release(): void;
}

export interface LockHolder {
  readonly description: string;
  /** ISO 8601. */
  readonly since: string;
}

const LOOK_MS = 100;

/** The holder as the file beside the lock names it: no two are the same. */
export function holderName({ description, since }: LockHolder): string {
  return `${description} since ${since}`;
}

export function readHolder(stateDir: string): string {
  try {
    return readOwn(holderFileIn(stateDir)) || 'another process';
  } catch {
    return 'another process'; // who it is serves the message only
  }
}

function holderFileIn(stateDir: string): string {
  return join(stateDir, 'lock.holder');
}

/**
 * Allows one writer per inventory, by an exclusive transaction on a database of its own that lasts as long as the
 * process. A text file beside it names the lock holder, since nobody can read the database meanwhile.
 */
export function takeLock(stateDir: string, holder: LockHolder, open: OpenFile = openFile): Lock {
  const holderFile = holderFileIn(stateDir);
  let database: DatabaseSync | undefined;
  try {
    database = open(join(stateDir, 'lock.db'));
    // Whoever looks whether the lock is held has it for an instant.
    database.exec(`PRAGMA busy_timeout = ${LOOK_MS}; BEGIN EXCLUSIVE`);
    writeOwn(holderFile, holderName(holder));
  } catch (cause) {
    database?.close();
    if (sqliteCodeOf(cause) !== SQLITE_BUSY) throw inventoryError(`lock the inventory in ${stateDir}`, cause);
    refuseWithoutLocks(stateDir, open);
    throw new InventoryError(`the inventory in ${stateDir} is in use by ${readHolder(stateDir)}`, {
      hint: 'ask a worker with `okta-ocsf run-now --wait`; let a run finish, or stop it; another org needs another STATE_DIR',
    });
  }
  const held = database;
  return { release: () => held.close() };
}

/** Without a lock service, NFS answers as if another process had the lock. */
function refuseWithoutLocks(stateDir: string, open: OpenFile): void {
  try {
    probeLocks(stateDir, `.probe-${randomUUID()}`, open);
  } catch (thrown) {
    if (thrown instanceof InventoryError) throw thrown;
    // The probe failed as well, so most likely another process really has the lock.
  }
}

/**
 * For a process that opens the inventory again and again: no other process may write between its runs. The first run
 * that gets the lock keeps it until `release`, or until another folder is asked for.
 */
export function holdLock(holder: LockHolder): HeldLock {
  let kept: { readonly stateDir: string; readonly lock: Lock } | undefined;
  const release = (): void => {
    kept?.lock.release();
    kept = undefined;
  };
  return {
    release,
    get stateDir() {
      return kept?.stateDir;
    },
    take(stateDir) {
      if (kept?.stateDir !== stateDir) {
        release();
        kept = { stateDir, lock: takeLock(stateDir, holder) };
      }
      return { release: () => undefined };
    },
  };
}
