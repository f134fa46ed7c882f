import { relistDeactivated } from '../changes/changes.ts';
import type { StoredMark } from '../../ports/inventory.ts';
import type { Directory } from './directory.ts';
import { OVERLAP_MS } from '../changes/follow-log.ts';
import { retryGaps } from '../changes/gaps.ts';
import type { Run } from '../job.ts';
import { readMarks } from '../changes/marks.ts';
import { lookForMissing, refuseManyRemovals, removeGone } from './removals.ts';
import { evaluateMoved } from '../users.ts';

/** After a complete listing: who is missing is looked for, groups that are not there leave, cursors move. */
export async function closeFullRun(run: Run, directory: Directory, marksUpTo: number): Promise<void> {
  run.signal.throwIfAborted();
  const { inventory, startedAt, settings } = run;
  await lookForMissing(run, directory);
  // Before events are made anew: that a group has lost them is not said of those who are gone.
  await removeGone(run);
  if (directory.isWhole) {
    for (const id of await inventory.groups.unlisted(startedAt)) await inventory.groups.remove(id);
  }
  if (settings.lookups.has('groups') && directory.groups === 'per-user') {
    await inventory.groups.noteAllMembersRead(startedAt);
    await settleMembers(run, marksUpTo);
  }
  if (run.relists) await relistDeactivated(run);
  // What an earlier attempt could not learn is asked again by this one; what failed just now is for the next run.
  const isResumed = run.attemptedAt !== startedAt;
  await readMarks(run, isResumed ? marksUpTo : 0);
  if (isResumed) await retryGaps(run);
  await evaluateMoved(run);
  await removeGone(run);
  await noteEnd(run);
  await refuseManyRemovals(run);
  await forgetLetters(run);
}

/** Of a list that is believed. Dead letters carry the time of this machine: those of this attempt stay. */
async function forgetLetters({ inventory, clock, oktaNow, attemptedAt }: Run): Promise<void> {
  await inventory.users.forgetUnlistedLetters(clock.now() - (oktaNow() - attemptedAt));
}

/** Every user's own list answers what was asked of a group's members before this run; an earlier attempt may have read some before. */
async function settleMembers(
  { inventory: { marks }, attemptedAt, startedAt }: Run,
  upTo: number,
): Promise<void> {
  if (attemptedAt !== startedAt) return;
  const stored = await marks.list();
  const isAnswered = ({ mark, version }: StoredMark): boolean =>
    mark.subject === 'group' && mark.question === 'members' && version <= upTo;
  await marks.clear(stored.filter(isAnswered));
}

async function noteEnd({
  inventory: { runs },
  settings,
  startedAt,
  course,
  tally,
  oktaNow,
}: Run): Promise<void> {
  const count = Number((await runs.stamp('full_runs')) ?? 0);
  const due = Number((await runs.stamp('full_due')) ?? 0);
  // What made one needed after this one had begun needs another.
  const settled = due <= startedAt ? { full_due: undefined, full_why: undefined } : {};
  const cursor = startedAt - OVERLAP_MS;
  await runs.saveStamps({
    full_started: undefined,
    full_alive: undefined,
    full_ended: oktaNow(),
    full_runs: count + 1,
    users_cursor: cursor,
    groups_cursor: cursor,
    polled: course.polledAt,
    keeping: settings.keeping,
    ...settled,
    ...(tally.sentAllAt === undefined ? {} : { resent: tally.sentAllAt }),
  });
}
