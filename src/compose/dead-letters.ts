import type { Settings } from '../settings/load.ts';
import { openReader } from '../inventory/sqlite/reader.ts';
import { replayDeadLetters } from '../inventory/sqlite/replay.ts';
import type { InventoryReader, Replayed } from '../ports/reader.ts';
import { INTAKE } from '../sinks/sekoia/name.ts';
import type { World } from '../process/world.ts';
import { holderNamed } from './holder.ts';

/**
 * The dead letters in `STATE_DIR`, while a worker may be running. Throws `InventoryError` where there is no inventory.
 */
export function openDeadLetters({ stateDir }: Settings): Pick<InventoryReader, 'deadLetters' | 'close'> {
  return openReader(stateDir, INTAKE);
}

/** Offers the dead letters again. Throws `InventoryError`, also while a run or a worker has the inventory. */
export function offerDeadLetters({ stateDir }: Settings, world: World): Promise<Replayed> {
  return replayDeadLetters(stateDir, holderNamed('dead-letters replay', world), INTAKE);
}
