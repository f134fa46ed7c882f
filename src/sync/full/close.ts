import { relistDeactivated } from '../changes/changes.ts';
import type { ListedDirectory } from './directory.ts';
import { OVERLAP_MS } from '../changes/follow-log.ts';
import { retryGaps } from '../changes/gaps.ts';
import type { Run } from '../job.ts';
import { readGroup } from '../changes/groups.ts';
import { readMarks } from '../changes/marks.ts';
import { forgetIfGone } from '../gone-groups.ts';
import { groupNeedsReading } from '../memberships.ts';
import { forEachOf } from '../parallel.ts';
import { verifyOldest } from '../changes/verify.ts';
import { lossesAfter } from '../vouching.ts';
import { askForMissing } from './missing-users.ts';
import type { ChangeParts, StartedRun } from '../parts.ts';

/**
 * Runs after a complete listing: asks for users and groups that are missing, removes those that are gone, and reads
 * what is marked.
 */
export async function readMissing(
  run: ChangeParts,
  directory: ListedDirectory,
  marksUpTo: number,
): Promise<void> {
  const { inventory, startedAt, believesEarlier, settings } = run;
  run.removals.noteListing(await askForMissing(run, directory));
  // This comes before events are made anew, so that users who are gone get no event about a group that lost them.
  await run.removals.removeFound();
  if (directory.isWhole) {
    await forEachOf(await inventory.groups.unlisted(startedAt), settings.width, async (id) => {
      await forgetIfGone(run, id);
    });
  }
  // An earlier attempt may have read users by the members of groups. Those users were not asked for what has moved
  // since then.
  if (settings.lookups.has('groups') && directory.groups === 'per-user' && !believesEarlier) {
    await inventory.groups.noteAllMembersRead(startedAt);
    await settleMembers(run, marksUpTo);
  }
  // Users' own lists of groups hold, except for those who came to these groups or left them.
  if (believesEarlier && directory.groups === 'per-user') {
    await forEachOf(directory.moved, settings.width, async (id) => {
      const noted = await inventory.groups.find(id);
      if (noted !== undefined && groupNeedsReading(noted)) await readGroup(run, noted);
    });
  }
  if (run.relists) await relistDeactivated(run);
  // This attempt asks again what an earlier one could not learn; what failed just now is left to the next run.
  await readMarks(run, believesEarlier ? marksUpTo : 0);
  if (believesEarlier) await retryGaps(run);
  await verifyOldest(run);
}

/** Everything is on our disk, so the cursors move, and the run has ended. */
export async function closeFullRun(run: StartedRun): Promise<void> {
  await noteEnd(run);
  await run.removals.refuseMany();
  await forgetLetters(run);
}

/**
 * Forgets old dead letters after a listing that can be believed. They carry the time of this machine; those of this
 * attempt stay.
 */
async function forgetLetters({
  inventory,
  clock,
  oktaNow,
  attemptedAt,
}: Pick<Run, 'inventory' | 'clock' | 'oktaNow' | 'attemptedAt'>): Promise<void> {
  await inventory.users.forgetUnlistedLetters(clock.now() - (oktaNow() - attemptedAt));
}

/** Settles the marks on group members from before this run, because every user's own list answers them. */
async function settleMembers(
  { inventory: { marks } }: Pick<Run, 'inventory'>,
  marksUpTo: number,
): Promise<void> {
  const marked = (await marks.list()).filter(({ mark }) => mark.question === 'members');
  const ids = new Set(marked.map(({ mark }) => mark.id));
  await marks.answered([...ids].map((id) => ({ subject: 'group', id, questions: ['members'], marksUpTo })));
}

async function noteEnd(
  run: Pick<Run, 'inventory' | 'settings' | 'before' | 'startedAt' | 'sendsAll' | 'oktaNow'>,
): Promise<void> {
  const { settings, startedAt, sendsAll, before, oktaNow } = run;
  const { runs } = run.inventory;
  // The log may have been read since this run began.
  const state = await runs.state();
  const { fullRunDue } = state;
  const cursor = startedAt - OVERLAP_MS;
  await runs.saveState({
    fullRun: undefined,
    fullEndedAt: oktaNow(),
    fullRuns: before.fullRuns + 1,
    usersCursor: cursor,
    groupsCursor: cursor,
    keptSettings: settings.keptSettings,
    trustLost: lossesAfter(state, startedAt),
    // A reason that came up after this run had begun needs another full run.
    ...(fullRunDue !== undefined && fullRunDue.since <= startedAt ? { fullRunDue: undefined } : {}),
    ...(sendsAll ? { resentAt: startedAt } : {}),
  });
}
