import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { InventoryError } from '../../ports/errors.ts';
import { inventoryError, inventoryFile } from './database.ts';
import { MIGRATIONS, refuseNewer, versionOf } from './migrations.ts';

/** Throws `InventoryError` where no run has made an inventory yet, because reading must not make one. */
export function requireInventory(stateDir: string): void {
  if (!existsSync(inventoryFile(stateDir))) throw noInventory(stateDir);
}

function noInventory(stateDir: string): InventoryError {
  return new InventoryError(`there is no inventory in ${stateDir}`, {
    hint: 'set STATE_DIR to the folder that the runs use, or let `okta-ocsf sync` make one first',
  });
}

/** The inventory's file, to read from only. */
export function openReadOnly(stateDir: string): DatabaseSync {
  requireInventory(stateDir);
  const file = inventoryFile(stateDir);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    database.exec('PRAGMA busy_timeout = 5000');
    refuseOtherVersion(database, stateDir);
    return database;
  } catch (cause) {
    database?.close();
    throw inventoryError(`read the inventory ${file}`, cause);
  }
}

/** A reader cannot migrate. */
function refuseOtherVersion(database: DatabaseSync, stateDir: string): void {
  refuseNewer(database);
  const version = versionOf(database);
  if (version === 0) throw noInventory(stateDir);
  if (version === MIGRATIONS.length) return;
  throw new InventoryError(
    `the inventory is of version ${version}, this okta-ocsf reads ${MIGRATIONS.length}`,
    {
      hint: 'the next `okta-ocsf sync` or `worker` of this version brings it up to date',
    },
  );
}
