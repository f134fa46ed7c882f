import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { InventoryError } from '../errors.ts';
import { inventoryError, openFile } from './database.ts';

/** The writer's lock on an inventory. The kernel frees it with the process, even after kill -9. */
export interface Lock {
  release(): void;
}

export interface Holder {
  readonly description: string;
  /** ISO 8601. */
  readonly since: string;
}

function readHolder(path: string): string {
  try {
    const database = openFile(`${path}.holder`);
    const row = database.prepare('SELECT description, since FROM holder').get();
    database.close();
    return row === undefined
      ? 'another process'
      : `${String(row['description'])} since ${String(row['since'])}`;
  } catch {
    return 'another process'; // who it is serves the message only
  }
}

function writeHolder(path: string, holder: Holder): void {
  const database = openFile(`${path}.holder`);
  database.exec('CREATE TABLE IF NOT EXISTS holder (description TEXT, since TEXT); DELETE FROM holder');
  database.prepare('INSERT INTO holder VALUES (?, ?)').run(holder.description, holder.since);
  database.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message);
}

/**
 * One writer per inventory: an exclusive transaction on a database of its own, held for the process's life. Who holds
 * it stands in a second file, since the first cannot be read meanwhile.
 */
export function takeLock(stateDir: string, holder: Holder): Lock {
  const path = join(stateDir, 'lock.db');
  let database: DatabaseSync | undefined;
  try {
    database = openFile(path);
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    writeHolder(path, holder);
  } catch (cause) {
    database?.close();
    if (!isBusy(cause)) throw inventoryError(`lock the inventory in ${stateDir}`, cause);
    throw new InventoryError(`the inventory in ${stateDir} is in use by ${readHolder(path)}`, {
      hint: 'let it finish or stop it, or give this process another STATE_DIR',
    });
  }
  const held = database;
  return { release: () => held.close() };
}
