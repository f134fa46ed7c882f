import type { Settings } from '../settings/load.ts';
import { openReader } from '../inventory/sqlite/reader.ts';
import type { TakeLock } from '../inventory/sqlite/lock.ts';
import { replayDeadLetters } from '../inventory/sqlite/replay.ts';
import type { InventoryReader, Replayed } from '../ports/reader.ts';
import { INTAKES } from '../sinks/sekoia/name.ts';
import type { World } from '../process/world.ts';
import { holderNamed } from './holder.ts';

/**
 * The dead letters in `STATE_DIR`, while a worker may be running. Throws `InventoryError` where there is no inventory.
 */
export function openDeadLetters({ stateDir }: Settings): Pick<InventoryReader, 'deadLetters' | 'close'> {
  return openReader(stateDir, INTAKES);
}

/**
 * Offers the dead letters again. Throws `InventoryError`, also while another process has the inventory.
 *
 * @param takeLock that of a worker, which has the inventory itself
 */
export function offerDeadLetters(
  { stateDir }: Pick<Settings, 'stateDir'>,
  world: World,
  takeLock?: TakeLock,
): Promise<Replayed> {
  return replayDeadLetters(stateDir, holderNamed('dead-letters replay', world), INTAKES, takeLock);
}
