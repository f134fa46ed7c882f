import { AssetRemovals } from './assets/asset-removals.ts';
import type { Run } from './job.ts';
import { Removals } from './removals.ts';

/** The facts that a run remembers for its later steps. */
export interface RunMemory {
  readonly removals: Removals;
  readonly assetRemovals: AssetRemovals;
  /**
   * Users that were read again because something about them has changed: the directory of a full run may be older than
   * that.
   */
  readonly reread: Set<string>;
  /** Users whose own record could not be read. They are not tried again before the next run. */
  readonly unread: Set<string>;
  /** By group. Users that are read at the same time may share a new group, which is asked only once. */
  readonly groupRolesUnderWay: Map<string, Promise<void>>;
}

export function createMemory(run: Run): RunMemory {
  return {
    removals: new Removals(run),
    assetRemovals: new AssetRemovals(run),
    reread: new Set(),
    unread: new Set(),
    groupRolesUnderWay: new Map(),
  };
}
