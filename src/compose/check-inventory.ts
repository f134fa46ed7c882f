import { checkWhole } from '../inventory/sqlite/whole-check.ts';
import type { World } from '../process/world.ts';

/** Looks for damage in the inventory in `stateDir` until `ending` fires. Throws `InventoryError` when it finds any. */
export function checkInventory(
  stateDir: string,
  { nodePath }: World,
  ending: AbortSignal,
): Promise<'sound' | 'ended'> {
  return checkWhole(stateDir, nodePath, ending);
}
