import { relistDeactivated } from '../changes/changes.ts';
import type { StoredMark } from '../../ports/inventory.ts';
import type { ListedDirectory } from './directory.ts';
import { OVERLAP_MS } from '../changes/follow-log.ts';
import { retryGaps } from '../changes/gaps.ts';
import type { Run } from '../job.ts';
import { readMarks } from '../changes/marks.ts';
import { askForMissing } from './missing-users.ts';
import type { ChangeParts, StartedRun } from '../parts.ts';

/** After a complete listing: missing users are asked for, groups that are not there leave, marks are read. */
export async function readMissing(
  run: ChangeParts,
  directory: ListedDirectory,
  marksUpTo: number,
): Promise<void> {
  const { inventory, startedAt, settings } = run;
  run.removals.noteListing(await askForMissing(run, directory));
  // Before events are made anew: that a group has lost them is not said of users who are gone.
  await run.removals.removeFound();
  if (directory.isWhole) {
    for (const id of await inventory.groups.unlisted(startedAt)) await inventory.groups.remove(id);
  }
  const isResumed = run.attemptedAt !== startedAt;
  // An earlier attempt may have read users by the members of groups: what moved since then was not asked of those.
  if (settings.lookups.has('groups') && directory.groups === 'per-user' && !isResumed) {
    await inventory.groups.noteAllMembersRead(startedAt);
    await clearMembersMarks(run, marksUpTo);
  }
  if (run.relists) await relistDeactivated(run);
  // What an earlier attempt could not learn is asked again by this one; what failed just now is for the next run.
  await readMarks(run, isResumed ? marksUpTo : 0);
  if (isResumed) await retryGaps(run);
}

/** All is on our disk: cursors move, and the run has ended. */
export async function closeFullRun(run: StartedRun, polledAt: number): Promise<void> {
  await noteEnd(run, polledAt);
  await run.removals.refuseMany();
  await forgetLetters(run);
}

/** Of a list that is believed. Dead letters carry the time of this machine: those of this attempt stay. */
async function forgetLetters({
  inventory,
  clock,
  oktaNow,
  attemptedAt,
}: Pick<Run, 'inventory' | 'clock' | 'oktaNow' | 'attemptedAt'>): Promise<void> {
  await inventory.users.forgetUnlistedLetters(clock.now() - (oktaNow() - attemptedAt));
}

/** Every user's own list answers what was asked of a group's members before this run. */
async function clearMembersMarks(
  { inventory: { marks } }: Pick<Run, 'inventory'>,
  upTo: number,
): Promise<void> {
  const stored = await marks.list();
  const isAnswered = ({ mark, version }: StoredMark): boolean =>
    mark.subject === 'group' && mark.question === 'members' && version <= upTo;
  await marks.clear(stored.filter(isAnswered));
}

async function noteEnd(
  run: Pick<Run, 'inventory' | 'settings' | 'startedAt' | 'tally' | 'oktaNow'>,
  polledAt: number,
): Promise<void> {
  const { settings, startedAt, tally, oktaNow } = run;
  const { runs } = run.inventory;
  const count = Number((await runs.stamp('full_runs')) ?? 0);
  const due = Number((await runs.stamp('full_due')) ?? 0);
  // A cause that came after this run had begun needs another full run.
  const noLongerDue = due <= startedAt ? { full_due: undefined, full_why: undefined } : {};
  const cursor = startedAt - OVERLAP_MS;
  await runs.saveStamps({
    full_started: undefined,
    full_alive: undefined,
    full_ended: oktaNow(),
    full_runs: count + 1,
    users_cursor: cursor,
    groups_cursor: cursor,
    polled: polledAt,
    keeping: settings.keeping,
    ...noLongerDue,
    ...(tally.sentAllAt === undefined ? {} : { resent: tally.sentAllAt }),
  });
}
