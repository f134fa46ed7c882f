import { hasFailed } from '../../inventory/policy/marks.ts';
import type { StoredMark } from '../../ports/inventory.ts';
import { readMarkedAssets } from '../assets/asset-changes.ts';
import type { StartedRun } from '../parts.ts';
import { evaluateMoved } from '../users.ts';
import type { Interruptible } from './for-each-interruptible.ts';
import { ON_A_PAGE, takeHookMarks } from './hook-marks.ts';
import { readNamed } from './marks.ts';
import { leaveTime, tellRead } from './tell-read.ts';

/**
 * The same run, which hooks may interrupt between two users whom it reads again: what they name is read next and delivered
 * at once. A run may have thousands of users to read, and takes minutes at the pace that Okta can spare.
 */
export function interruptible(run: StartedRun): StartedRun & Interruptible {
  return { ...run, readHooks: (inFlight) => readHooks(run, inFlight) };
}

async function readHooks(run: StartedRun, inFlight: Iterable<Promise<void>>): Promise<void> {
  const { hooks, inventory } = run;
  if (hooks?.dueWork('marks') !== 'marks') return;
  hooks.postponeMarks();
  const begunAt = run.clock.now();
  // For so many, a listing takes fewer calls: they wait for the next run.
  if ((await hooks.inbox.waiting(ON_A_PAGE + 1)).marks.length > ON_A_PAGE) return;
  // An older answer must not overwrite a newer one.
  await Promise.allSettled(inFlight);
  const areOthersGone = run.removals.isAnyFound;
  const before = await inventory.marks.version();
  await takeHookMarks(run, run.oktaNow());
  hooks.begins('marks');
  run.log.debug({}, 'the run reads what hooks have named');
  const isNew = (mark: StoredMark): boolean => mark.version > before && !hasFailed(mark);
  await readNamed(run, isNew);
  await readMarkedAssets(run, isNew);
  await evaluateMoved(run);
  // Users whom the run itself found to be gone are judged together, once it has asked for all of them.
  if (!areOthersGone) await run.removals.removeFound();
  await tellRead(run, 'newest');
  leaveTime(run, begunAt);
}
