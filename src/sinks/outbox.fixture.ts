import type { BatchLimits, Outbox, OutboxEvent } from '../ports/sink.ts';
import { ENVELOPE_BYTES } from './batching.ts';

interface Row extends OutboxEvent {
  isAttempted: boolean;
}

/** An outbox in memory that keeps the promises of `ports.ts`. */
export class MemoryOutbox implements Outbox {
  readonly confirmed: string[] = [];
  readonly deadLetters = new Map<string, string>();
  readonly released: string[] = [];
  #rows: Row[] = [];
  #sequence = 0;

  /** One event per user; the body names the user. */
  save(...userIds: readonly string[]): void {
    for (const userId of userIds) this.saveBody(userId, JSON.stringify({ user: userId }));
  }

  saveBody(userId: string, body: string): void {
    this.#rows = this.#rows.filter((row) => row.userId !== userId || row.isAttempted);
    this.#sequence += 1;
    this.#rows.push({ sequence: this.#sequence, userId, body, isAttempted: false });
  }

  get waiting(): string[] {
    return this.#rows.map(({ userId }) => userId);
  }

  get attempted(): string[] {
    return this.#rows.filter((row) => row.isAttempted).map(({ userId }) => userId);
  }

  async take({ count, bytes }: BatchLimits): Promise<readonly OutboxEvent[]> {
    await Promise.resolve();
    const taken = new Map<string, Row>();
    let size = ENVELOPE_BYTES - 1;
    for (const row of this.#rows.toSorted((a, b) => Number(b.isAttempted) - Number(a.isAttempted))) {
      if (taken.has(row.userId)) continue;
      size += Buffer.byteLength(row.body) + 1;
      if (taken.size > 0 && (taken.size >= count || size > bytes)) break;
      taken.set(row.userId, row);
    }
    for (const row of taken.values()) row.isAttempted = true;
    return [...taken.values()].map(({ sequence, userId, body }) => ({ sequence, userId, body }));
  }

  async confirm(sequences: readonly number[]): Promise<void> {
    await Promise.resolve();
    for (const sequence of sequences) this.confirmed.push(this.#remove(sequence).userId);
  }

  async refuse(sequence: number, reason: string): Promise<void> {
    await Promise.resolve();
    this.deadLetters.set(this.#remove(sequence).userId, reason);
  }

  async release(sequences: readonly number[]): Promise<void> {
    await Promise.resolve();
    for (const row of this.#rows.filter(({ sequence }) => sequences.includes(sequence))) {
      row.isAttempted = false;
      this.released.push(row.userId);
    }
  }

  async pending(): Promise<number> {
    return Promise.resolve(this.#rows.length);
  }

  #remove(sequence: number): Row {
    const row = this.#rows.find((each) => each.sequence === sequence);
    if (row === undefined || !row.isAttempted) throw new Error(`event ${sequence} is not in flight`);
    this.#rows = this.#rows.filter((each) => each !== row);
    return row;
  }
}
