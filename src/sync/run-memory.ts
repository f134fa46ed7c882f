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
  // Runs for hooks follow each other within seconds.
  const ofHooks = run.tally.mode === 'marks' ? run.hooks : undefined;
  const parts = { ...run, removed: ofHooks?.removed ?? new Map() };
  return {
    removals: new Removals(parts),
    assetRemovals: new AssetRemovals(parts),
    reread: new Set(),
    unread: ofHooks?.unread ?? new Set(),
    groupRolesUnderWay: new Map(),
  };
}
