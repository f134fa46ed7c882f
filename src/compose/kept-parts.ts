import { keepLock, takeLock, type KeptLock, type TakeLock } from '../inventory/sqlite/lock.ts';
import type { OktaConnection } from '../okta/connection.ts';
import type { World } from '../process/world.ts';
import type { Settings } from '../settings/load.ts';
import { createConnection } from './connection.ts';
import { connectionKey } from './fingerprints.ts';
import { holderNamed } from './holder.ts';

interface KeptConnection {
  readonly key: string;
  readonly readsLog: boolean;
  readonly connection: OktaConnection;
}

/**
 * The parts that a process passes from one run to the next: the connection to the org and, for a worker, the
 * inventory's lock.
 */
export class KeptParts {
  /** Throws `InventoryError` while another process has the inventory. */
  readonly takeLock: TakeLock;
  readonly #world: World;
  readonly #lock: KeptLock | undefined;
  #kept: KeptConnection | undefined;

  /**
   * @param world that of the process: its signal ends what is kept here, and a run's signal does not
   * @param holder keeps the lock under this name; absent: each run takes its own
   */
  constructor(world: World, holder?: string) {
    this.#world = world;
    this.#lock = holder === undefined ? undefined : keepLock(holderNamed(holder, world));
    this.takeLock = this.#lock?.take ?? takeLock;
  }

  /**
   * Returns the present connection unless these settings need another one. It may be allowed to read more than is asked
   * for.
   */
  connectionFor(settings: Settings, readsLog: boolean): OktaConnection {
    const key = connectionKey(settings);
    const kept = this.#kept;
    if (kept?.key === key && (kept.readsLog || !readsLog)) return kept.connection;
    const connection = createConnection(settings, this.#world, readsLog);
    kept?.connection.close();
    this.#kept = { key, readsLog, connection };
    return connection;
  }

  close(): void {
    this.#kept?.connection.close();
    this.#kept = undefined;
    this.#lock?.release();
  }
}
