import { readChanges } from './changes.ts';
import { retryGaps } from './gaps.ts';
import type { Run } from '../job.ts';
import { recheckOldest } from './recheck.ts';
import { refuseManyRemovals, removeGone } from '../full/removals.ts';

/** What has changed since the last run, and, when asked for, some of the oldest answers. */
export async function readOnlyChanges(run: Run): Promise<void> {
  await readChanges(run, run.startedAt);
  await retryGaps(run);
  await recheckOldest(run);
  await removeGone(run);
  await refuseManyRemovals(run);
}
