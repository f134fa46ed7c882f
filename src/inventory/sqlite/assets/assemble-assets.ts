import type { DatabaseSync } from 'node:sqlite';
import type { AssetEvents } from '../../../ports/inventory.ts';
import type { AssetStore } from '../../../ports/assets.ts';
import type { InventoryOptions } from '../../store.ts';
import { DeadLetters } from '../dead-letters.ts';
import { FacetReader } from '../facets.ts';
import type { ChangeHistory } from '../history/history.ts';
import { SqliteOutbox } from '../outbox.ts';
import type { Transaction } from '../transaction.ts';
import { SqliteAssetEvents } from './asset-events.ts';
import { AssetFacts } from './asset-facts.ts';
import { SqliteAssetStore } from './asset-store.ts';
import { DeviceEvents } from './device-events.ts';
import { makeAssetTables } from './tables.ts';

interface SharedParts {
  readonly transaction: Transaction;
  /** For work on few rows, see `Gathering`. */
  readonly soon: Transaction;
  readonly history: Pick<ChangeHistory, 'sets'>;
}

interface AssembledAssets {
  readonly assets: AssetStore;
  readonly assetEvents: AssetEvents;
  /** The sinks beside that of users. */
  readonly sinks: readonly string[];
  /** Events of devices; absent where none are made. */
  readonly outbox: SqliteOutbox | undefined;
  /** Lets every event be made anew. Call it inside a transaction. */
  readonly needAll: () => void;
}

/** The parts of an inventory that keep assets beside users. */
export function assembleAssets(
  database: DatabaseSync,
  options: InventoryOptions,
  { transaction, soon, history }: SharedParts,
): AssembledAssets {
  const createFacts = (): AssetFacts =>
    new AssetFacts(database, new FacetReader(database, options.isStillGood), options.isSelecting ?? false);
  const ofDevices = assembleDevices(database, options, transaction, createFacts);
  const devices = ofDevices?.events;
  return {
    assets: new SqliteAssetStore({ database, transaction, soon, history, deviceEvents: devices }),
    assetEvents: new SqliteAssetEvents({ database, transaction, devices, createFacts }),
    sinks: options.devices === undefined ? [] : [options.devices.sink],
    outbox: ofDevices?.outbox,
    needAll: () => devices?.needAll(),
  };
}

/** Events of devices have an outbox and dead letters of their own, since another sink gets them. */
function assembleDevices(
  database: DatabaseSync,
  { devices, clock }: InventoryOptions,
  transaction: Transaction,
  createFacts: () => AssetFacts,
): { readonly outbox: SqliteOutbox; readonly events: DeviceEvents } | undefined {
  if (devices === undefined) return undefined;
  makeAssetTables(database);
  const { sink, stampEvent, makeEvent } = devices;
  const deadLetters = new DeadLetters(database, sink);
  const outbox = new SqliteOutbox({ database, sink, transaction, deadLetters, clock, stampEvent });
  const facts = createFacts();
  return {
    outbox,
    events: new DeviceEvents({ database, sink, facts, makeEvent, outbox, deadLetters, clock }),
  };
}
