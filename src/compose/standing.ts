import type { Settings } from '../settings/load.ts';
import { InventoryError } from '../ports/errors.ts';
import { openReader } from '../inventory/sqlite/reader.ts';
import type { Standing } from '../ports/reader.ts';
import { createStillGood } from './events.ts';
import { INTAKES } from '../sinks/sekoia/name.ts';

/**
 * The gaps and dead letters in `STATE_DIR`, even while another process has it; `undefined` where the inventory cannot
 * be read.
 */
export async function readStanding(settings: Settings): Promise<Standing | undefined> {
  try {
    const reader = openReader(settings.stateDir, INTAKES);
    try {
      return await reader.standing(settings.lookups, settings.assets, createStillGood(settings));
    } finally {
      reader.close();
    }
  } catch (thrown) {
    // The report shows the failure already. The gaps and dead letters are then unknown, which is not the same as none.
    if (thrown instanceof InventoryError) return undefined;
    throw thrown;
  }
}
