import { readChanges } from './changes.ts';
import { retryGaps } from './gaps.ts';
import type { KindOfRun } from '../kind-of-run.ts';
import type { StartedRun } from '../parts.ts';
import { recheckOldest } from './recheck.ts';

/** What has changed since the last run, and, when asked for, some of the oldest answers. Nothing is listed for all users. */
export function incrementalRun(run: StartedRun): KindOfRun<undefined> {
  return {
    readDirectory: async () => undefined,
    readUsers: async () => {
      await readChanges(run, run.startedAt);
      await retryGaps(run);
      await recheckOldest(run);
    },
    close: () => run.removals.refuseMany(),
  };
}
