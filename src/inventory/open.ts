import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Inventory, MakeEvent, Outbox } from '../ports.ts';
import { makeStateDir, openDatabase, openTemporaryDatabase } from './database.ts';
import { DeadLetters } from './dead-letters.ts';
import { takeLock } from './lock.ts';
import type { Holder } from './lock.ts';
import { SqliteOutbox } from './outbox.ts';
import type { Delivery } from './outbox.ts';
import { SqliteInventory } from './store.ts';
import { transactionOn } from './transaction.ts';

export interface OpenInventory {
  readonly inventory: Inventory;
  readonly outbox: Outbox;
  close(): void;
}

export interface InventoryOptions {
  readonly makeEvent: MakeEvent;
  readonly delivery: () => Delivery;
  readonly clock: Clock;
}

function assemble(database: DatabaseSync, options: InventoryOptions, release: () => void): OpenInventory {
  const transaction = transactionOn(database);
  const deadLetters = new DeadLetters(database);
  const outbox = new SqliteOutbox(database, transaction, deadLetters, options.clock);
  const inventory = new SqliteInventory({ database, transaction, outbox, deadLetters, ...options });
  const close = (): void => {
    try {
      database.close();
    } finally {
      release();
    }
  };
  return { inventory, outbox, close };
}

/** The inventory in `stateDir`, for one writer at a time. Throws `InventoryError`. */
export function openInventory(stateDir: string, holder: Holder, options: InventoryOptions): OpenInventory {
  makeStateDir(stateDir);
  const lock = takeLock(stateDir, holder);
  try {
    return assemble(openDatabase(stateDir), options, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A private inventory for one process, gone when closed. */
export function openTemporaryInventory(options: InventoryOptions): OpenInventory {
  return assemble(openTemporaryDatabase(), options, () => {});
}
