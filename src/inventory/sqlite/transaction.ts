import type { DatabaseSync } from 'node:sqlite';
import { inventoryError } from './database.ts';

/** Runs synchronous work as one transaction: all of it is kept, or nothing. Work that goes on later is no such work. */
export type Transaction = <T>(work: () => T extends PromiseLike<unknown> ? never : T) => T;

export function transactionOn(database: DatabaseSync): Transaction {
  return (work) => {
    try {
      database.exec('BEGIN IMMEDIATE');
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (cause) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw inventoryError('write to the inventory', cause);
    }
  };
}

/** Every read goes through here: what SQLite or a parser says becomes an `InventoryError`. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw inventoryError('read the inventory', cause);
  }
}
