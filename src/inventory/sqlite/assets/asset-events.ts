import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { EventKind, FactsOfKind } from '../../../ports/asset-facts.ts';
import type { AssetEvents, NewsRule, Saved } from '../../../ports/inventory.ts';
import { orInventoryError, type Transaction } from '../transaction.ts';
import type { AssetFacts } from './asset-facts.ts';
import type { DeviceEvents } from './device-events.ts';
import { makeAssetTables } from './tables.ts';

const PAGE = 200;

interface AssetEventParts {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  /** Absent: no events are made of devices. */
  readonly devices: DeviceEvents | undefined;
  /** The tables must be there. */
  readonly createFacts: () => AssetFacts;
}

export class SqliteAssetEvents implements AssetEvents {
  readonly #parts: AssetEventParts;

  constructor(parts: AssetEventParts) {
    this.#parts = parts;
  }

  async evaluate(most: number, newsRule?: NewsRule): Promise<readonly Saved[]> {
    const { transaction, devices } = this.#parts;
    if (devices === undefined) return [];
    const saved = transaction(() => devices.evaluate(most, newsRule));
    // Health checks, signals and pushes have their turn between two slices.
    await setImmediate();
    return saved;
  }

  async needEvents(): Promise<void> {
    const { transaction, devices } = this.#parts;
    if (devices !== undefined) transaction(() => devices.needAll());
  }

  async *facts<K extends EventKind>(kind: K): AsyncGenerator<FactsOfKind[K]> {
    const { database, createFacts } = this.#parts;
    makeAssetTables(database);
    const facts = orInventoryError(createFacts);
    let ids = orInventoryError(() => facts.ids(kind, '', PAGE));
    for (; ids.length > 0; ids = orInventoryError(() => facts.ids(kind, ids.at(-1) ?? '', PAGE))) {
      for (const id of ids) {
        const found = orInventoryError(() => facts.read(kind, id));
        if (found !== undefined) yield found;
      }
    }
  }
}
