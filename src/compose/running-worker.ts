import { ConfigError, InventoryError } from '../ports/errors.ts';
import { inventoryError } from '../inventory/sqlite/database.ts';
import { holderNow, lockingProcess } from '../inventory/sqlite/lock-holder.ts';
import { loadSettings, type Settings } from '../settings/load.ts';
import type { World } from '../process/world.ts';
import { WORKER } from './holder.ts';

/** A worker that has the inventory in `STATE_DIR`. */
export interface RunningWorker {
  /** No two workers have the same. */
  readonly name: string;
  /** Its process, where the kernel proves that it is this one. */
  readonly pid: number | undefined;
}

/** The worker that has the inventory now; `undefined` where none has. Throws `InventoryError`. */
export function findWorker({ stateDir }: Pick<Settings, 'stateDir'>): RunningWorker | undefined {
  const name = holderIn(stateDir);
  return name?.startsWith(`${WORKER} `) === true ? { name, pid: lockingProcess(stateDir) } : undefined;
}

/**
 * Does a worker have the inventory of `STATE_DIR`? False where settings are wrong: whoever reads them next tells that.
 * Throws `InventoryError`.
 */
export function isWorkerRunning(env: World['env'], configFile: string | undefined): boolean {
  // No question of a command that asks a worker is about an org.
  const options = { configFile, requireSink: false, orgHost: () => 'no-org.invalid', command: 'run-now' };
  try {
    return findWorker(loadSettings(env, options).settings) !== undefined;
  } catch (thrown) {
    if (thrown instanceof ConfigError) return false;
    throw thrown;
  }
}

/** Throws an `InventoryError` that says what to do where there is none. */
export function requireWorker(settings: Pick<Settings, 'stateDir'>): RunningWorker {
  const worker = findWorker(settings);
  if (worker !== undefined) return worker;
  const { stateDir } = settings;
  const name = holderIn(stateDir);
  const also = name === undefined ? '' : `; ${name} has its inventory`;
  throw new InventoryError(`no worker is running over ${stateDir}${also}`, {
    hint: 'start `okta-ocsf worker` and give this command the same STATE_DIR, or make one run by `okta-ocsf sync`',
  });
}

function holderIn(stateDir: string): string | undefined {
  try {
    return holderNow(stateDir);
  } catch (cause) {
    throw inventoryError(`see who has the inventory in ${stateDir}`, cause);
  }
}
