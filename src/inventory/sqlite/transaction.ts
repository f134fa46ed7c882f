import type { DatabaseSync } from 'node:sqlite';
import { inventoryError } from './database.ts';

/**
 * Runs synchronous work as one transaction: all of it is stored, or nothing. The type refuses work that goes on later.
 */
export type Transaction = <T>(work: () => T extends PromiseLike<unknown> ? never : T) => T;

/** @param action for messages */
export function transactionOn(database: DatabaseSync, action = 'write to the inventory'): Transaction {
  return (work) => {
    try {
      database.exec('BEGIN IMMEDIATE');
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (cause) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw inventoryError(action, cause);
    }
  };
}

/** Wraps every read, and turns an error of SQLite or a parser into an `InventoryError`. */
export function orInventoryError<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw inventoryError('read the inventory', cause);
  }
}
