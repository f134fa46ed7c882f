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

/** The versions of marks that were there when the run began, and when it began to list. */
interface MarksUpTo {
  readonly begin: number;
  readonly listing: number;
}

/**
 * Runs after a complete listing: asks for users and groups that are missing, removes those that are gone, and reads
 * what is marked.
 */
export async function readMissing(
  run: ChangeParts,
  directory: ListedDirectory,
  marksUpTo: MarksUpTo,
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
  if (settings.lookups.has('groups') && directory.groups === 'per-user' && (await hasAskedAll(run))) {
    if (!run.isResumed) await inventory.groups.noteAllMembersRead(startedAt);
    await settleMembers(run, marksUpTo.listing);
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
  await readMarks(run, believesEarlier ? marksUpTo.begin : 0);
  if (believesEarlier) await retryGaps(run);
  await verifyOldest(run);
}

/** Has this run, or an earlier attempt of it, asked every user for the own list of groups? */
async function hasAskedAll({
  inventory: { users },
  answeredSince,
  startedAt,
}: Pick<Run, 'inventory' | 'answeredSince' | 'startedAt'>): Promise<boolean> {
  return answeredSince.groups >= startedAt || (await users.countAnswers(startedAt, 'groups')) === 0;
}

/** Everything is on our disk, so the cursors move, and the run has ended. */
export async function closeFullRun(run: StartedRun): Promise<void> {
  await noteEnd(run);
  run.assetRemovals.refuseMany();
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

/**
 * Settles the marks on group members, because every user's own list answers them. Marks from before the listing are
 * answered, unless the run goes on: then some of these lists are older. All others are answered too for groups in which
 * nobody has come or gone since the run began.
 */
async function settleMembers(
  run: Pick<Run, 'inventory' | 'tally' | 'isResumed' | 'startedAt'>,
  listing: number,
): Promise<void> {
  const { marks } = run.inventory;
  const newest = new Map(
    (await marks.list({ subject: 'group' }))
      .filter(({ mark }) => mark.question === 'members')
      .toSorted((left, right) => left.version - right.version)
      .map(({ mark, version }) => [mark.id, version]),
  );
  for (const [id, version] of newest) {
    const rested = (await hasRested(run, id)) ? version : -1;
    const marksUpTo = Math.max(rested, run.isResumed ? -1 : listing);
    await marks.answered([{ subject: 'group', id, questions: ['members'], marksUpTo }]);
    if (version <= marksUpTo) run.tally.unlisted.delete(id);
  }
}

/** True when Okta's stamp and the log show no member who has come or gone since the run began. */
async function hasRested(
  { inventory, startedAt }: Pick<Run, 'inventory' | 'startedAt'>,
  id: string,
): Promise<boolean> {
  const noted = await inventory.groups.find(id);
  const movedAt = Date.parse(noted?.group.membersChangedAt ?? '');
  const marks = await inventory.marks.ofGroup(id);
  const isNamed = marks.some(({ mark }) => mark.subject === 'group' && mark.member !== undefined);
  return movedAt < startedAt - OVERLAP_MS && !isNamed;
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
