import { NONE_HOLDS } from '../vouching.ts';
import type { Noted, NotedGroup } from '../../ports/inventory.ts';
import type { ListedUser, User } from '../../ports/org.ts';
import { readAssetChanges } from '../assets/asset-changes.ts';
import { OVERLAP_MS } from './follow-log.ts';
import { groupNeedsReading } from '../memberships.ts';
import { readGroup } from './groups.ts';
import { perUserDirectory } from '../directory.ts';
import type { Run } from '../job.ts';
import type { AskParts, ChangeParts, CountParts, GroupParts } from '../parts.ts';
import { readMarks, readPresence } from './marks.ts';
import { forEachOf } from '../parallel.ts';
import { tolerate } from '../tolerate.ts';
import { evaluateMoved, readUser, countSaved, refuse } from '../users.ts';

/**
 * Removes users who are gone by the log. This comes before the groups that lost them are read, so that their last event
 * names these groups.
 */
export async function removeGoneByLog(run: ChangeParts): Promise<void> {
  await readPresence(run);
  await run.removals.removeFound();
}

/**
 * Reads all changes since the last time and makes their events: first users and groups by their stamps, then what the
 * log has marked. The cursors move once everything before `asOf` is on our disk.
 */
export async function readChanges(run: ChangeParts, asOf: number): Promise<void> {
  const failedUpTo = await run.inventory.marks.version();
  await readChangedUsers(run);
  await removeGoneByLog(run);
  const areGroupsRead = await readChangedGroups(run);
  await readMarks(run, failedUpTo);
  await readAssetChanges(run, asOf);
  await evaluateMoved(run);
  await run.removals.removeFound();
  const cursor = asOf - OVERLAP_MS;
  const ofGroups = areGroupsRead ? { groupsCursor: cursor } : {};
  await run.inventory.runs.saveState({ usersCursor: cursor, ...ofGroups });
}

async function readChangedUsers(run: ChangeParts): Promise<void> {
  // A full run lists all users anyway.
  if (run.relists && run.mode === 'incremental') {
    await readRecords(run, run.source.listUsers());
    await relistDeactivated(run);
    await run.inventory.runs.saveState({ keptSettings: run.settings.keptSettings });
  }
  const { usersCursor = run.startedAt - OVERLAP_MS } = await run.inventory.runs.state();
  await readRecords(run, run.source.listChangedUsers(usersCursor));
}

/**
 * Reads the deactivated users too, when other parts of the records are wanted than were stored: the inventory knows
 * deactivated users that no listing of users names.
 */
export async function relistDeactivated(run: ChangeParts): Promise<void> {
  const { includeDeprovisioned } = run.settings;
  if (includeDeprovisioned || (await run.inventory.users.countDeactivated()) === 0) return;
  await readRecords(run, readable(run.source.listDeprovisioned()));
}

/** Leaves out records that make no sense: they say nothing about users who are known. */
async function* readable(pages: AsyncIterable<readonly ListedUser[]>) {
  for await (const page of pages) yield page.filter(({ kind }) => kind === 'user');
}

async function readRecords(run: ChangeParts, pages: AsyncIterable<readonly ListedUser[]>): Promise<void> {
  await forEachOf(listedIn(run, pages), run.settings.width, async (listed) => {
    const noted = await noteIfMoved(run, listed);
    if (noted !== undefined) await readChanged(run, noted);
  });
}

async function* listedIn(
  { mode, tally }: Pick<Run, 'mode' | 'tally'>,
  pages: AsyncIterable<readonly ListedUser[]>,
): AsyncGenerator<ListedUser> {
  for await (const page of pages) {
    if (mode === 'incremental') tally.listed += page.length;
    yield* page;
  }
}

/** Adds to a listed user what is known; `undefined` where there is nothing to do. */
async function noteIfMoved(
  run: CountParts & Pick<Run, 'inventory' | 'settings'>,
  listed: ListedUser,
): Promise<Noted | undefined> {
  if (listed.kind === 'unreadable') {
    await refuse(run, listed);
    return undefined;
  }
  const noted = await run.inventory.users.compare(listed);
  // Deactivated users count when they were known before: the intake learns that they are disabled.
  const isWanted =
    noted.isKnown || run.settings.includeDeprovisioned || listed.user.status !== 'DEPROVISIONED';
  return isWanted && (noted.hasMoved || !noted.isKnown) ? noted : undefined;
}

/**
 * Reads a user whose record has changed. A new user is asked everything, another one only what a change of status can
 * change.
 */
async function readChanged(run: ChangeParts, noted: Noted): Promise<void> {
  const { listed } = noted;
  if (listed.kind !== 'user') return;
  run.reread.add(listed.user.id);
  const everything = { directory: perUserDirectory(run), answeredSince: NONE_HOLDS };
  if (!noted.isKnown || noted.hasCrossedDeactivation) await readUser(run, noted, everything);
  else await saveRecord(run, listed.user, listed.readAt);
}

/** Stores the record alone; the answers stay. */
async function saveRecord(
  run: CountParts & Pick<AskParts, 'inventory' | 'oktaNow'> & Pick<Run, 'newsRule'>,
  user: User,
  readAt: number,
): Promise<void> {
  const marksUpTo = await run.inventory.marks.version();
  const reading = { user, readAt, askedAt: run.oktaNow(), marksUpTo, isComplete: true };
  countSaved(run, await run.inventory.users.save(reading, run.newsRule));
}

/** Resolves to true when the question was answered, or will never be. */
async function readChangedGroups(run: GroupParts & Pick<Run, 'startedAt'>): Promise<boolean> {
  const { lookups } = run.settings;
  if (!lookups.has('groups') && !lookups.has('roles')) return true;
  const { groupsCursor = run.startedAt - OVERLAP_MS } = await run.inventory.runs.state();
  const moved: NotedGroup[] = [];
  const listed = await tolerate(run.log, 'changed groups', async () => {
    for await (const page of run.source.listChangedGroups(groupsCursor)) {
      const noted = await run.inventory.groups.save(page, undefined);
      for (const each of noted) if (groupNeedsReading(each)) moved.push(each);
    }
    return true;
  });
  await forEachOf(moved, run.settings.width, (noted) => readGroup(run, noted));
  if (listed === true) run.tally.notes.delete('groups');
  else run.tally.notes.set('groups', 'changed groups could not be listed: the next run asks for them again');
  return listed === true;
}
