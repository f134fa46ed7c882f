import { existsSync } from 'node:fs';
import type { AlertRow, AlertState, AlertStore } from '../../../ports/alerts.ts';
import { inventoryFile } from '../database.ts';
import { openReadOnly } from '../open-read-only.ts';
import { text } from '../rows.ts';
import { orInventoryError } from '../transaction.ts';
import { SqliteAlertReader } from './alert-reader.ts';

const NOTHING: AlertStore = {
  state: async () => undefined,
  rows: async () => new Map(),
  counts: async () => new Map(),
  keep: async () => undefined,
  keepOnly: async () => undefined,
};

/** The alerts that an inventory of this org has, as they are now; keeps nothing. Empty where there is none. */
export function readKeptAlerts(stateDir: string, orgHost: string): AlertStore {
  if (!existsSync(inventoryFile(stateDir))) return NOTHING;
  const read = <T>(ask: (reader: SqliteAlertReader) => T, otherwise: T): T => {
    const database = openReadOnly(stateDir);
    try {
      return orInventoryError(() => {
        const org = database.prepare('SELECT host FROM org').get();
        const isOurs = org !== undefined && text(org, 'host') === orgHost;
        return isOurs ? ask(new SqliteAlertReader(database)) : otherwise;
      });
    } finally {
      database.close();
    }
  };
  return {
    ...NOTHING,
    state: async (id) => read<AlertState | undefined>((reader) => reader.state(id), undefined),
    rows: async (id) => read<ReadonlyMap<string, AlertRow>>((reader) => reader.rows(id), new Map()),
  };
}
