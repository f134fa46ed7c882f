import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
import { inventoryError } from './database.ts';
import { transactionOn, type Transaction } from './transaction.ts';

/** Answers that arrive within this time are committed together. A kill loses no more than that, which is read again. */
const GATHER_MS = 100;

/**
 * The transactions of one connection. A commit costs as much as the rest of storing a user, and writes pages that the
 * next user changes again; so small work is gathered. What is on the disk is always all that was stored up to a point:
 * work that commits at once commits everything before it.
 */
export class Gathering {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #onCommit: () => void;
  readonly #alone: Transaction;
  readonly #statements;
  readonly #closed = new AbortController();
  #isWaiting = false;
  #lost: Error | undefined;

  /** @param onCommit called after each commit */
  constructor(database: DatabaseSync, clock: Clock, onCommit: () => void = () => undefined) {
    this.#database = database;
    this.#onCommit = onCommit;
    this.#clock = clock;
    this.#alone = transactionOn(database);
    this.#statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      enter: database.prepare('SAVEPOINT work'),
      leave: database.prepare('RELEASE work'),
      undo: database.prepare('ROLLBACK TO work'),
    };
  }

  /** Commits before it returns: for what must be on the disk before the next step, and for work on many rows. */
  readonly atOnce: Transaction = (work) => {
    this.commit();
    this.#keepUndo('FILE');
    const result = this.#alone(work);
    this.#onCommit();
    return result;
  };

  /**
   * Commits soon, and this connection reads it at once. Only for work on few rows: to undo it alone, SQLite keeps a copy
   * of each page that it changes.
   */
  readonly soon: Transaction = (work) => {
    this.#throwIfLost();
    const { begin, enter, leave } = this.#statements;
    try {
      if (!this.#database.isTransaction) {
        this.#keepUndo('MEMORY');
        begin.run();
      }
      void this.#commitLater();
      enter.run();
      const result = work();
      leave.run();
      return result;
    } catch (cause) {
      const error = inventoryError('write to the inventory', cause);
      this.#undo(error);
      throw error;
    }
  };

  /** Throws also when an earlier commit, which nobody waited for, has failed. */
  commit(): void {
    this.#throwIfLost();
    if (!this.#isUnderWay()) return;
    try {
      this.#statements.commit.run();
    } catch (cause) {
      this.#lost = inventoryError('write to the inventory', cause);
      if (this.#isUnderWay()) this.#database.exec('ROLLBACK');
      throw this.#lost;
    }
    this.#onCommit();
  }

  /** Commits what was gathered, and ends the wait for more. */
  close(): void {
    this.#closed.abort();
    this.commit();
  }

  #isUnderWay(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  /** Where a transaction keeps the pages that undo part of it, once there are more than a few. */
  #keepUndo(place: 'FILE' | 'MEMORY'): void {
    try {
      this.#database.exec(`PRAGMA temp_store = ${place}`);
    } catch (cause) {
      throw inventoryError('write to the inventory', cause);
    }
  }

  /** An error of the disk may undo the whole transaction: then work is lost that was told to be stored. */
  #undo(error: Error): void {
    if (!this.#database.isOpen) return;
    if (this.#database.isTransaction)
      for (const name of ['undo', 'leave'] as const) this.#statements[name].run();
    else this.#lost = error;
  }

  #throwIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  async #commitLater(): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    await this.#clock.sleep(GATHER_MS, this.#closed.signal);
    this.#isWaiting = false;
    try {
      if (!this.#closed.signal.aborted) this.commit();
    } catch {
      // Nobody waits for this commit: the next work, or closing, throws its error.
    }
  }
}
