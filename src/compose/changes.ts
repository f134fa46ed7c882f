import { openChanges } from '../inventory/sqlite/history/read-changes.ts';
import type { ChangeReader } from '../ports/changes.ts';
import type { Settings } from '../settings/load.ts';
import { createRedactorFor } from './shaping.ts';

/** The history of the inventory in `STATE_DIR`. Throws `InventoryError`. */
export function openHistoryOfChanges(settings: Settings): ChangeReader {
  const reader = openChanges(settings.stateDir);
  const redactor = createRedactorFor(settings);
  return {
    isRecording: reader.isRecording,
    // The login may be stored as a hash.
    idOf: (user) => reader.idOf(user) ?? reader.idOf(redactor.loginOf(user)),
    list: (since, userId) => reader.list(since, userId),
    close: () => reader.close(),
  };
}
