import type { DatabaseSync } from 'node:sqlite';
import type { AssetRef } from '../../../ports/asset.ts';
import type { DeviceFacts } from '../../../ports/asset-facts.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NewsRule, Saved } from '../../../ports/inventory.ts';
import type { DeviceEventOptions } from '../../store.ts';
import type { DeadLetters } from '../dead-letters.ts';
import type { SqliteOutbox } from '../outbox.ts';
import { text } from '../rows.ts';
import type { AssetFacts } from './asset-facts.ts';

interface DeviceEventParts {
  readonly database: DatabaseSync;
  readonly facts: AssetFacts;
  readonly sink: string;
  readonly makeEvent: DeviceEventOptions['makeEvent'];
  readonly outbox: SqliteOutbox;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/** Makes the events of devices, and lets them enter their outbox. Call its methods inside a transaction. */
export class DeviceEvents {
  readonly #parts: DeviceEventParts;
  readonly #statements;

  constructor(parts: DeviceEventParts) {
    this.#parts = parts;
    const { database } = parts;
    this.#statements = {
      due: database.prepare('SELECT id FROM device_events_due LIMIT ?'),
      settle: database.prepare('DELETE FROM device_events_due WHERE id = ?'),
      forgetDelivered: database.prepare(
        "DELETE FROM delivered WHERE sink = ? AND kind = 'device' AND id = ?",
      ),
      needAll: database.prepare(
        "INSERT INTO device_events_due SELECT id FROM assets WHERE kind = 'device' ON CONFLICT DO NOTHING",
      ),
    };
  }

  /** Makes up to `most` events that are due. */
  evaluate(most: number, newsRule: NewsRule = 'every-difference'): readonly Saved[] {
    return this.#statements.due.all(most).flatMap((row) => {
      const id = text(row, 'id');
      this.#statements.settle.run(id);
      const facts = this.#parts.facts.device(id);
      return facts === undefined ? [] : [this.#enter(facts, newsRule)];
    });
  }

  /** Every event is due. */
  needAll(): void {
    this.#statements.needAll.run();
  }

  /** Makes the last event of a device that is gone: as last known, but removed. */
  evaluateGone(id: string): void {
    const { facts, makeEvent, outbox, deadLetters, sink } = this.#parts;
    const known = facts.device(id);
    if (known === undefined) return;
    const made = makeEvent({ ...known, isGone: true });
    const asset: AssetRef = { kind: 'device', id };
    if (made.kind === 'event') outbox.enter({ asset, login: undefined, made }, 'none');
    this.#statements.forgetDelivered.run(sink, id);
    deadLetters.forget(asset);
  }

  #enter(facts: DeviceFacts, newsRule: NewsRule): Saved {
    const { makeEvent, outbox, deadLetters, clock } = this.#parts;
    const asset: AssetRef = { kind: 'device', id: facts.device.id };
    const made = makeEvent(facts);
    const { gaps } = made;
    if (made.kind === 'dead-letter') {
      const { reasons } = made;
      deadLetters.add({ asset, login: undefined, refusedBy: 'mapping', reasons, at: clock.now() });
      return { asset, outcome: 'dead-lettered', reasons, gaps };
    }
    deadLetters.forgetMapping(asset);
    const entered = outbox.enter({ asset, login: undefined, made }, newsRule);
    return { asset, outcome: entered === 'refused-before' ? 'dead-lettered' : entered, reasons: [], gaps };
  }
}
