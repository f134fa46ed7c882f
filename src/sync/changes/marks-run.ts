import type { KindOfRun } from '../kind-of-run.ts';
import type { ChangeParts, StartedRun } from '../parts.ts';
import type { StoredMark } from '../../ports/inventory.ts';
import { readMarkedAssets } from '../assets/asset-changes.ts';
import { hasFailed } from '../../inventory/policy/marks.ts';
import { evaluateMoved } from '../users.ts';
import { incrementalRun } from './incremental-run.ts';
import { removeGoneByLog } from './changes.ts';
import { interruptible } from './interruptible.ts';
import { readNamed } from './marks.ts';
import { tellRead } from './tell-read.ts';

/** The steps of a run that is no full one. */
export function changesOf(run: StartedRun): KindOfRun<undefined> {
  return run.tally.mode === 'marks' ? marksRun(run) : incrementalRun(run);
}

/** Reads what hooks have marked. Lists nothing, and moves no cursor: the next poll tells the same again. */
function marksRun(run: StartedRun): KindOfRun<undefined> {
  return {
    readDirectory: async () => undefined,
    readUsers: async () => {
      await readMarked(interruptible(run));
      await tellRead(run, 'all');
    },
    close: async () => {
      run.assetRemovals.refuseMany();
      await run.removals.refuseMany();
    },
  };
}

/** Reads what is marked, and makes the events. Questions that have failed before wait for the next poll. */
export async function readMarked(run: ChangeParts): Promise<void> {
  const isNew = (mark: StoredMark): boolean => !hasFailed(mark);
  await removeGoneByLog(run);
  await readNamed(run, isNew);
  await readMarkedAssets(run, isNew);
  await evaluateMoved(run);
  await run.removals.removeFound();
}
