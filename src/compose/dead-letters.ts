import { hostname } from 'node:os';
import type { Settings } from '../config.ts';
import { openReader } from '../inventory/reader.ts';
import { replayDeadLetters } from '../inventory/replay.ts';
import type { InventoryReader, Replayed } from '../reader-ports.ts';
import type { World } from '../world.ts';

/** The dead letters in `STATE_DIR`, beside a running worker. Throws `InventoryError` where there is no inventory. */
export function openDeadLetters({ stateDir }: Settings): Pick<InventoryReader, 'deadLetters' | 'close'> {
  return openReader(stateDir);
}

/** Offers them again. Throws `InventoryError` while a run holds the inventory, too. */
export function offerDeadLetters({ stateDir }: Settings, { clock }: World): Promise<Replayed> {
  const since = new Date(clock.now()).toISOString();
  return replayDeadLetters(stateDir, { description: `dead-letters replay on ${hostname()}`, since });
}
