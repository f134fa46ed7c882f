import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BatchLimits, Outbox, OutboxEvent } from '../../ports/sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AssetRef } from '../../ports/asset.ts';
import type { MadeEvent } from '../../ports/events.ts';
import { batchOf } from '../policy/batch.ts';
import { fateOf } from '../policy/unchanged.ts';
import type { NewsRule } from '../../ports/inventory.ts';
import type { EarlierEvents, Hashes } from '../policy/unchanged.ts';
import { oldestWaiting } from './ages.ts';
import { assetOf, isKeptIn, KEY } from './asset-rows.ts';
import type { DeadLetters } from './dead-letters.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import { orInventoryError } from './transaction.ts';
import type { Transaction } from './transaction.ts';

export interface NewEvent {
  readonly asset: AssetRef;
  readonly login: string | undefined;
  readonly made: MadeEvent;
}

export interface OutboxParts {
  readonly database: DatabaseSync;
  /** The name of the sink. Events of other sinks are not seen. */
  readonly sink: string;
  readonly transaction: Transaction;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  /** Gives an event its id and the like, once. */
  readonly stampEvent: (body: string) => string;
}

/**
 * Events that one sink has not confirmed. A row with `attempted` 1 has left, or may have, and is settled before
 * anything newer of its asset. The row with 0 is the one that waits; a newer event takes its place.
 */
export class SqliteOutbox implements Outbox {
  readonly #sink: string;
  readonly #transaction: Transaction;
  readonly #deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #isKept: (asset: AssetRef) => boolean;
  readonly #oldest: () => number | undefined;
  /** Sequences that are in flight for the first time. Events that an earlier process had in flight may have arrived. */
  readonly #firstAttempts = new Set<number>();

  readonly #stampEvent: (body: string) => string;

  constructor({ database, sink, transaction, deadLetters, clock, stampEvent }: OutboxParts) {
    this.#sink = sink;
    this.#transaction = transaction;
    this.#deadLetters = deadLetters;
    this.#clock = clock;
    this.#stampEvent = stampEvent;
    this.#statements = prepare(database);
    this.#isKept = isKeptIn(database);
    this.#oldest = oldestWaiting(database, sink);
  }

  /** Call it inside a transaction, so that the event enters together with the facts that it was made of. */
  enter({ asset, login, made }: NewEvent, newsRule: NewsRule): 'emitted' | 'unchanged' | 'refused-before' {
    const fate = fateOf(made, this.#earlier(asset), newsRule);
    if (fate === 'unchanged-again') this.#deadLetters.forget(asset);
    if (fate === 'refused-before') return fate;
    if (fate !== 'emitted') return 'unchanged';
    const { dropWaiting, insert } = this.#statements;
    dropWaiting.run(...this.#key(asset));
    const hashes = [made.hash, made.hashWithoutSignIn] as const;
    const enteredAt = this.#clock.now();
    insert.run(...this.#key(asset), login ?? null, ...hashes, this.#stampEvent(made.body), enteredAt);
    return 'emitted';
  }

  #earlier(asset: AssetRef): EarlierEvents {
    const key = this.#key(asset);
    return {
      onItsWay: hashesOf(this.#statements.newest.get(...key)),
      delivered: hashesOf(this.#statements.delivered.get(...key)),
      refusedHash: this.#deadLetters.refusedHash(asset),
    };
  }

  #key({ kind, id }: AssetRef): [sink: string, kind: string, id: string] {
    return [this.#sink, kind, id];
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
    // An asset has two events at most: among twice as many as wanted there are enough.
    return batchOf(this.#inTurn(limits.count * 2), limits);
  }

  *#inTurn(most: number): Generator<OutboxEvent> {
    for (const row of this.#statements.inTurn.iterate(this.#sink, most))
      yield { sequence: integer(row, 'sequence'), asset: assetOf(row), body: text(row, 'body') };
  }

  async confirm(sequences: readonly number[]): Promise<void> {
    this.#transaction(() => {
      for (const sequence of sequences) this.#confirm(sequence);
    });
  }

  #confirm(sequence: number): void {
    const row = this.#statements.bySequence.get(sequence);
    if (row === undefined) return;
    const asset = assetOf(row);
    const [hash, calmHash] = [text(row, 'hash'), text(row, 'calm_hash')];
    // Nothing is stored of an asset that was removed, not even its last event's hash.
    if (this.#isKept(asset)) this.#statements.deliver.run(...this.#key(asset), hash, calmHash);
    this.#drop(sequence);
    this.#deadLetters.forget(asset);
  }

  async refuse(sequence: number, reason: string): Promise<void> {
    this.#transaction(() => {
      const row = this.#statements.bySequence.get(sequence);
      if (row === undefined) return;
      this.#deadLetters.add({
        asset: assetOf(row),
        login: optionalText(row, 'login'),
        refusedBy: 'sink',
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
        // A newer event of the asset waits already, and replaces this one.
        const isSuperseded = this.#statements.waiting.get(...this.#key(assetOf(row))) !== undefined;
        this.#statements[isSuperseded ? 'drop' : 'wait'].run(sequence);
      }
    });
  }

  async pending(): Promise<number> {
    return orInventoryError(() => {
      const row = this.#statements.count.get(this.#sink);
      return row === undefined ? 0 : integer(row, 'pending');
    });
  }

  async oldestAt(): Promise<number | undefined> {
    return orInventoryError(() => this.#oldest());
  }
}

function hashesOf(row: Row | undefined): Hashes | undefined {
  return row && { hash: text(row, 'hash'), hashWithoutSignIn: text(row, 'calm_hash') };
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    newest: statement(`SELECT hash, calm_hash FROM outbox WHERE ${KEY} ORDER BY sequence DESC LIMIT 1`),
    delivered: statement(`SELECT hash, calm_hash FROM delivered WHERE ${KEY}`),
    dropWaiting: statement(`DELETE FROM outbox WHERE ${KEY} AND attempted = 0`),
    insert: statement(
      'INSERT INTO outbox (sink, kind, id, login, hash, calm_hash, body, entered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    inTurn: statement(
      'SELECT sequence, kind, id, body FROM outbox WHERE sink = ? ORDER BY attempted DESC, sequence LIMIT ?',
    ),
    attempt: statement('UPDATE outbox SET attempted = 1 WHERE sequence = ? AND attempted = 0'),
    bySequence: statement('SELECT kind, id, login, hash, calm_hash, body FROM outbox WHERE sequence = ?'),
    waiting: statement(`SELECT sequence FROM outbox WHERE ${KEY} AND attempted = 0`),
    wait: statement('UPDATE outbox SET attempted = 0 WHERE sequence = ?'),
    drop: statement('DELETE FROM outbox WHERE sequence = ?'),
    deliver: statement('INSERT OR REPLACE INTO delivered VALUES (?, ?, ?, ?, ?)'),
    count: statement('SELECT events AS pending FROM outbox_sizes WHERE sink = ?'),
  };
}
