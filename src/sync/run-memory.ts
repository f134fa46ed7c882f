import type { Run } from './job.ts';
import { Removals } from './removals.ts';

/** The finds of a run that later steps of it decide by. */
export interface RunMemory {
  readonly removals: Removals;
  /** Users read again because something of them has changed: the directory of a full run may be older than that. */
  readonly reread: Set<string>;
  /** Users whose own record could not be read: they are not tried again before the next run. */
  readonly unread: Set<string>;
  /** By group: users who are read side by side may share a new group, which is asked once. */
  readonly groupRolesUnderWay: Map<string, Promise<void>>;
}

export function createMemory(run: Run): RunMemory {
  return {
    removals: new Removals(run),
    reread: new Set(),
    unread: new Set(),
    groupRolesUnderWay: new Map(),
  };
}
