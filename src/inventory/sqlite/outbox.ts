import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BatchLimits, Outbox, OutboxEvent } from '../../ports/sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MadeEvent } from '../../ports/events.ts';
import { fateOf } from '../policy/unchanged.ts';
import type { Comparison, EarlierEvents, Hashes } from '../policy/unchanged.ts';
import type { DeadLetters } from './dead-letters.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import { reading } from './transaction.ts';
import type { Transaction } from './transaction.ts';

/** The envelope around a batch, generously. */
const ENVELOPE_ALLOWANCE = 64;

export interface NewEvent {
  readonly userId: string;
  readonly login: string | undefined;
  readonly made: MadeEvent;
}

export interface OutboxParts {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  /** Gives an event its id and the like, once. */
  readonly stampEvent: (body: string) => string;
}

/**
 * Events not yet confirmed. A row with `attempted` 1 has left or may have left and is settled before anything newer of
 * its user; the row with 0 is the one that waits, and a newer event takes its place.
 */
export class SqliteOutbox implements Outbox {
  readonly #transaction: Transaction;
  readonly #deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #statements: ReturnType<typeof prepare>;
  /** Sequences in flight for the first time: what an earlier process had in flight may have arrived. */
  readonly #firstAttempts = new Set<number>();

  readonly #stampEvent: (body: string) => string;

  constructor({ database, transaction, deadLetters, clock, stampEvent }: OutboxParts) {
    this.#transaction = transaction;
    this.#deadLetters = deadLetters;
    this.#clock = clock;
    this.#stampEvent = stampEvent;
    this.#statements = prepare(database);
  }

  /** To be called inside a transaction: the event enters with what it was made of. */
  enter(
    { userId, login, made }: NewEvent,
    comparison: Comparison,
  ): 'emitted' | 'unchanged' | 'refused-before' {
    const fate = fateOf(made, this.#earlier(userId), comparison);
    if (fate === 'unchanged-again') this.#deadLetters.forget(userId);
    if (fate === 'refused-before') return fate;
    if (fate !== 'emitted') return 'unchanged';
    const { dropWaiting, insert } = this.#statements;
    dropWaiting.run(userId);
    insert.run(userId, login ?? null, made.hash, made.hashWithoutSignIn, this.#stampEvent(made.body));
    return 'emitted';
  }

  #earlier(userId: string): EarlierEvents {
    return {
      onItsWay: hashesOf(this.#statements.newest.get(userId)),
      delivered: hashesOf(this.#statements.delivered.get(userId)),
      refusedHash: this.#deadLetters.refusedHash(userId),
    };
  }

  async take(limits: BatchLimits): Promise<readonly OutboxEvent[]> {
    return this.#transaction(() => {
      const taken = this.#pick(limits);
      for (const { sequence } of taken) {
        if (this.#statements.attempt.run(sequence).changes > 0) this.#firstAttempts.add(sequence);
      }
      return taken;
    });
  }

  #pick(limits: BatchLimits): readonly OutboxEvent[] {
    const taken: OutboxEvent[] = [];
    const users = new Set<string>();
    let bytes = ENVELOPE_ALLOWANCE;
    for (const row of this.#statements.inTurn.iterate(limits.count * 2)) {
      const event = {
        sequence: integer(row, 'sequence'),
        userId: text(row, 'user_id'),
        body: text(row, 'body'),
      };
      if (users.has(event.userId)) continue;
      bytes += Buffer.byteLength(event.body) + 1;
      if (taken.length > 0 && (taken.length >= limits.count || bytes > limits.bytes)) break;
      users.add(event.userId);
      taken.push(event);
    }
    return taken;
  }

  async confirm(sequences: readonly number[]): Promise<void> {
    this.#transaction(() => {
      for (const sequence of sequences) this.#confirm(sequence);
    });
  }

  #confirm(sequence: number): void {
    const row = this.#statements.bySequence.get(sequence);
    if (row === undefined) return;
    const userId = text(row, 'user_id');
    this.#statements.deliver.run(text(row, 'hash'), text(row, 'calm_hash'), userId);
    this.#drop(sequence);
    this.#deadLetters.forget(userId);
  }

  async refuse(sequence: number, reason: string): Promise<void> {
    this.#transaction(() => {
      const row = this.#statements.bySequence.get(sequence);
      if (row === undefined) return;
      this.#deadLetters.add({
        subject: text(row, 'user_id'),
        login: optionalText(row, 'login'),
        refusedBy: 'intake',
        reasons: [reason],
        event: { hash: text(row, 'hash'), calmHash: text(row, 'calm_hash'), body: text(row, 'body') },
        at: this.#clock.now(),
      });
      this.#drop(sequence);
    });
  }

  #drop(sequence: number): void {
    this.#statements.drop.run(sequence);
    this.#firstAttempts.delete(sequence);
  }

  async release(sequences: readonly number[]): Promise<void> {
    this.#transaction(() => {
      for (const sequence of sequences) {
        const row = this.#statements.bySequence.get(sequence);
        if (row === undefined || !this.#firstAttempts.delete(sequence)) continue;
        // A newer event of the user waits already: it says all that this one said, and more.
        const isSuperseded = this.#statements.waiting.get(text(row, 'user_id')) !== undefined;
        this.#statements[isSuperseded ? 'drop' : 'wait'].run(sequence);
      }
    });
  }

  async pending(): Promise<number> {
    return reading(() => {
      const row = this.#statements.count.get();
      return row === undefined ? 0 : integer(row, 'pending');
    });
  }
}

function hashesOf(row: Row | undefined): Hashes | undefined {
  return row && { hash: text(row, 'hash'), hashWithoutSignIn: text(row, 'calm_hash') };
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    newest: statement('SELECT hash, calm_hash FROM outbox WHERE user_id = ? ORDER BY sequence DESC LIMIT 1'),
    delivered: statement('SELECT hash, calm_hash FROM delivered WHERE user_id = ?'),
    dropWaiting: statement('DELETE FROM outbox WHERE user_id = ? AND attempted = 0'),
    insert: statement('INSERT INTO outbox (user_id, login, hash, calm_hash, body) VALUES (?, ?, ?, ?, ?)'),
    inTurn: statement('SELECT sequence, user_id, body FROM outbox ORDER BY attempted DESC, sequence LIMIT ?'),
    attempt: statement('UPDATE outbox SET attempted = 1 WHERE sequence = ? AND attempted = 0'),
    bySequence: statement('SELECT user_id, login, hash, calm_hash, body FROM outbox WHERE sequence = ?'),
    waiting: statement('SELECT sequence FROM outbox WHERE user_id = ? AND attempted = 0'),
    wait: statement('UPDATE outbox SET attempted = 0 WHERE sequence = ?'),
    drop: statement('DELETE FROM outbox WHERE sequence = ?'),
    // Of a user who was removed nothing is kept, the last event's hash neither.
    deliver: statement('INSERT OR REPLACE INTO delivered SELECT id, ?, ? FROM users WHERE id = ?'),
    count: statement('SELECT count(*) AS pending FROM outbox'),
  };
}
