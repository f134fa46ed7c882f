import { openReader } from '../inventory/sqlite/reader.ts';
import { InventoryError } from '../ports/errors.ts';
import type { Settings } from '../settings/load.ts';
import { INTAKE } from '../sinks/sekoia/name.ts';

/**
 * When the last run over `STATE_DIR` ended, on Okta's clock; `undefined` where none has, or the inventory cannot be
 * read.
 */
export async function lastRunEndedAt({ stateDir }: Pick<Settings, 'stateDir'>): Promise<number | undefined> {
  try {
    const reader = openReader(stateDir, INTAKE);
    try {
      return (await reader.runState()).endedAt;
    } finally {
      reader.close();
    }
  } catch (thrown) {
    // The run itself meets the same trouble, and tells it.
    if (thrown instanceof InventoryError) return undefined;
    throw thrown;
  }
}
