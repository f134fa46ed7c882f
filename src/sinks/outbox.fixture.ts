import type { BatchLimits, Outbox, OutboxEvent } from '../ports/sink.ts';

interface WaitingRow extends OutboxEvent {
  isAttempted: boolean;
}

/** An outbox in memory that keeps the promises of `ports.ts`. */
export class MemoryOutbox implements Outbox {
  readonly confirmed: string[] = [];
  readonly deadLetters = new Map<string, string>();
  readonly released: string[] = [];
  #rows: WaitingRow[] = [];
  #sequence = 0;

  /** One event per user; the body names the user. */
  save(...userIds: readonly string[]): void {
    for (const userId of userIds) this.saveBody(userId, JSON.stringify({ user: userId }));
  }

  saveBody(userId: string, body: string): void {
    this.#rows = this.#rows.filter((row) => row.asset.id !== userId || row.isAttempted);
    this.#sequence += 1;
    this.#rows.push({
      sequence: this.#sequence,
      asset: { kind: 'user', id: userId },
      body,
      isAttempted: false,
    });
  }

  get waiting(): string[] {
    return this.#rows.map(({ asset }) => asset.id);
  }

  get attempted(): string[] {
    return this.#rows.filter((row) => row.isAttempted).map(({ asset }) => asset.id);
  }

  async oldestAt(): Promise<undefined> {
    return undefined;
  }

  async take({ count, bytes, envelopeBytes }: BatchLimits): Promise<readonly OutboxEvent[]> {
    await Promise.resolve();
    const taken = new Map<string, WaitingRow>();
    let size = envelopeBytes - 1;
    for (const row of this.#rows.toSorted((a, b) => Number(b.isAttempted) - Number(a.isAttempted))) {
      if (taken.has(row.asset.id)) continue;
      size += Buffer.byteLength(row.body) + 1;
      if (taken.size > 0 && (taken.size >= count || size > bytes)) break;
      taken.set(row.asset.id, row);
    }
    for (const row of taken.values()) row.isAttempted = true;
    return [...taken.values()].map(({ sequence, asset, body }) => ({ sequence, asset, body }));
  }

  async confirm(sequences: readonly number[]): Promise<void> {
    await Promise.resolve();
    for (const sequence of sequences) this.confirmed.push(this.#remove(sequence).asset.id);
  }

  async refuse(sequence: number, reason: string): Promise<void> {
    await Promise.resolve();
    this.deadLetters.set(this.#remove(sequence).asset.id, reason);
  }

  async release(sequences: readonly number[]): Promise<void> {
    await Promise.resolve();
    for (const row of this.#rows.filter(({ sequence }) => sequences.includes(sequence))) {
      row.isAttempted = false;
      this.released.push(row.asset.id);
    }
  }

  async pending(): Promise<number> {
    return Promise.resolve(this.#rows.length);
  }

  #remove(sequence: number): WaitingRow {
    const row = this.#rows.find((each) => each.sequence === sequence);
    if (row === undefined || !row.isAttempted) throw new Error(`event ${sequence} is not in flight`);
    this.#rows = this.#rows.filter((each) => each !== row);
    return row;
  }
}
