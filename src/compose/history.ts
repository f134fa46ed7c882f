import { openReader } from '../inventory/sqlite/reader.ts';
import type { InventoryReader } from '../ports/reader.ts';
import type { Settings } from '../settings/load.ts';
import { INTAKES } from '../sinks/sekoia/name.ts';

/** The memory of runs and of the posture in `STATE_DIR`, while a worker may be running. Throws `InventoryError`. */
export function openHistory({ stateDir }: Pick<Settings, 'stateDir'>): Pick<
  InventoryReader,
  'history' | 'posture'
> & {
  readonly close: () => void;
} {
  const reader = openReader(stateDir, INTAKES);
  return { history: reader.history, posture: reader.posture, close: () => reader.close() };
}
