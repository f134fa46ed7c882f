import { readChanges } from './changes.ts';
import { retryGaps } from './gaps.ts';
import { interruptible } from './interruptible.ts';
import type { KindOfRun } from '../kind-of-run.ts';
import type { StartedRun } from '../parts.ts';
import { tellRead } from './tell-read.ts';
import { verifyOldest } from './verify.ts';

/** Reads the changes since the last run and some of the oldest answers. Lists nothing for all users. */
export function incrementalRun(run: StartedRun): KindOfRun<undefined> {
  return {
    readDirectory: async () => undefined,
    readUsers: async () => {
      const interruptibleRun = interruptible(run);
      await readChanges(interruptibleRun, run.startedAt);
      await tellRead(run, 'all');
      await retryGaps(interruptibleRun);
      await verifyOldest(interruptibleRun);
    },
    close: async () => {
      run.assetRemovals.refuseMany();
      await run.removals.refuseMany();
    },
  };
}
