import { makeStateDir } from '../inventory/sqlite/database.ts';
import {
  holderName,
  holdLock,
  takeLock,
  type HeldLock,
  type LockHolder,
  type TakeLock,
} from '../inventory/sqlite/lock.ts';
import type { ReceivedHooks } from '../hooks/desk.ts';
import type { OktaConnection } from '../okta/connection.ts';
import type { Budget } from '../ports/source.ts';
import type { Timings } from '../ports/timings.ts';
import { MemoryKeeper } from '../process/memory-keeper.ts';
import type { World } from '../process/world.ts';
import { createConnection } from './connection.ts';
import { connectionKey } from './fingerprints.ts';
import { holderNamed } from './holder.ts';
import type { Prepared } from './prepare.ts';
import { Validators } from './validators.ts';

interface LastingConnection {
  readonly key: string;
  readonly readsLog: boolean;
  readonly connection: OktaConnection;
}

/**
 * The parts that a process passes from one run to the next: the connection to the org, compiled schemas and, for a
 * worker, the inventory's lock.
 */
export class LastingParts {
  /** Throws `InventoryError` while another process has the inventory. */
  readonly takeLock: TakeLock;
  readonly timings: Timings | undefined;
  readonly validators = new Validators();
  readonly memory: MemoryKeeper;
  readonly #world: World;
  readonly #holder: LockHolder;
  readonly #lock: HeldLock | undefined;
  /** The event hooks that runs take; absent where the process takes none. */
  hooks: ReceivedHooks | undefined;
  /** Called when the org has told its own hosts. */
  onHosts: () => void = () => undefined;
  #lasting: LastingConnection | undefined;
  #ownHosts: { readonly baseUrl: string; readonly hosts: ReadonlySet<string> } | undefined;

  /**
   * @param world that of the process: its signal ends what is kept here, and a run's signal does not
   * @param holder keeps the lock under this name; absent: each run takes its own
   * @param timings is told how long the requests of all runs took
   */
  constructor(world: World, holder?: string, timings?: Timings) {
    this.timings = timings;
    this.memory = new MemoryKeeper(world);
    this.#world = world;
    this.#holder = holderNamed(holder ?? 'run', world);
    this.#lock = holder === undefined ? undefined : holdLock(this.#holder);
    this.takeLock = this.#lock?.take ?? takeLock;
  }

  /**
   * Returns the present connection unless these settings need another one. It may be allowed to read more than is asked
   * for.
   */
  connectionFor(prepared: Prepared, readsLog: boolean): OktaConnection {
    const key = connectionKey(prepared.settings);
    const lasting = this.#lasting;
    if (lasting?.key === key && (lasting.readsLog || !readsLog)) return lasting.connection;
    const connection = createConnection(prepared, this.#world, readsLog);
    lasting?.connection.close();
    this.#lasting = { key, readsLog, connection };
    return connection;
  }

  /** The org at this URL names these hosts as its own. */
  learnHosts(baseUrl: string, hosts: ReadonlySet<string>): void {
    this.#ownHosts = { baseUrl, hosts };
    this.onHosts();
  }

  /** `undefined` before the org has told them. */
  ownHosts(baseUrl: string): ReadonlySet<string> | undefined {
    return this.#ownHosts?.baseUrl === baseUrl ? this.#ownHosts.hosts : undefined;
  }

  /** Takes the inventory's lock before the first run does. Throws `InventoryError`. */
  hold(stateDir: string): void {
    makeStateDir(stateDir);
    this.#lock?.take(stateDir, this.#holder);
  }

  /** The folder whose inventory this process holds between runs, too. */
  get heldDir(): string | undefined {
    return this.#lock?.stateDir;
  }

  /** The name by which others know the process that holds it. */
  get name(): string {
    return holderName(this.#holder);
  }

  /** The buckets of the present connection whose limit Okta's answers have shown. */
  budgets(): readonly Budget[] {
    return this.#lasting?.connection.limits.budgets ?? [];
  }

  close(): void {
    this.#lasting?.connection.close();
    this.#lasting = undefined;
    this.hooks?.inbox.close();
    this.#lock?.release();
  }
}
