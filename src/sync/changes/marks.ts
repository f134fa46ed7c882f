import { ConnectorError, OktaRefusedQuestionError } from '../../ports/errors.ts';
import type { Noted, NotedGroup, RoleKind, StoredMark, UserQuestion } from '../../ports/inventory.ts';
import type { Lookup } from '../../ports/org.ts';
import { askGroupRoles } from '../group-roles.ts';
import { hasFailed } from './failed-marks.ts';
import { groupNeedsReading, readGroup } from './groups.ts';
import { gapReasonOf } from '../../enrich/gap-reason.ts';
import { isEveryone } from '../../plan/group-sizes.ts';
import { perUserDirectory, wantsGroupRoles } from '../directory.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import type { AskParts, ChangeParts, GroupParts } from '../parts.ts';
import { heldBackIn } from '../removals.ts';
import { readOwnRecord } from '../unread.ts';
import { readUser, refuse } from '../users.ts';

/**
 * Reads again what marks ask for; a mark leaves with the answer, one that could not be answered stays. What has failed in
 * this very run, after the version `failedUpTo`, is for the next one: a disturbed Okta would be asked five times more for nothing.
 */
export async function readMarks(run: ChangeParts, failedUpTo: number): Promise<void> {
  await readOrgMarks(run);
  const isWanted = (mark: StoredMark): boolean => mark.version <= failedUpTo || !hasFailed(mark);
  const groups = groupBy((await run.inventory.marks.list()).filter(isWanted), 'group');
  await forEachOf(groups, run.settings.width, ([id, marks]) =>
    keepMarkOnFailure(run, () => readMarkedGroup(run, id, marks)),
  );
  const upTo = await run.inventory.marks.version();
  await readMarkedUsers(run, isWanted);
  // A user's own list of groups may show that the roles have to be asked for too.
  await readMarkedUsers(run, (mark) => mark.version > upTo && !hasFailed(mark));
}

/** Reads the users who may be gone by the log. */
export async function readPresence(run: ChangeParts): Promise<void> {
  await readMarkedUsers(run, ({ mark }) => mark.question === 'presence');
}

async function readMarkedUsers(run: ChangeParts, isNew: (mark: StoredMark) => boolean): Promise<void> {
  const { acceptsRemovals, width } = run.settings;
  const stored = await run.inventory.marks.list();
  const heldBack: ReadonlySet<string> = acceptsRemovals ? new Set() : heldBackIn(stored);
  const isTried = (id: string): boolean => heldBack.has(id) || run.unread.has(id);
  const wanted = stored.filter((each) => isNew(each) && !isTried(each.mark.id));
  await forEachOf(groupBy(wanted, 'user'), width, ([id, marks]) =>
    keepMarkOnFailure(run, () => readMarkedUser(run, id, marks)),
  );
}

/** A re-read that fails keeps its mark, and does not end the run. */
async function keepMarkOnFailure(run: Pick<Run, 'log' | 'signal'>, read: () => Promise<void>): Promise<void> {
  run.signal.throwIfAborted();
  try {
    await read();
  } catch (error) {
    if (gapReasonOf(error) === undefined) throw error;
    run.log.debug({ err: error }, 'a re-read failed: its mark stays');
  }
}

function groupBy(
  marks: readonly StoredMark[],
  subject: 'user' | 'group',
): ReadonlyMap<string, readonly StoredMark[]> {
  return Map.groupBy(
    marks.filter(({ mark }) => mark.subject === subject),
    ({ mark }) => mark.id,
  );
}

/** A custom role changed, or an assignment that names nobody did: all users whom that may concern are read again. */
async function readOrgMarks(run: AskParts): Promise<void> {
  const { inventory } = run;
  const marks = (await inventory.marks.list()).filter(({ mark }) => mark.subject === 'org');
  if (marks.length === 0) return;
  const isAny = marks.some(({ mark }) => mark.question === 'role-holders');
  if (!wantsGroupRoles(run) || (await markRoleHolders(run, isAny ? 'any' : 'custom'))) {
    await inventory.marks.clear(marks);
  }
}

/**
 * A role that changes has no new holders: only where one may have been given away is the org's own list read. Tells whether
 * that gave an answer, or never will.
 */
async function markRoleHolders(
  run: Pick<Run, 'source' | 'inventory' | 'settings'>,
  kind: RoleKind,
): Promise<boolean> {
  const { inventory, settings } = run;
  const isListWanted = kind === 'any' && settings.lookups.has('roles');
  const listed = isListWanted ? await listHolders(run) : [];
  const users = new Set([...(listed ?? []), ...(await inventory.users.roleHolders(kind))]);
  const groups = await inventory.groups.roleHolders(kind);
  const reason = 'role-holders';
  await inventory.marks.add([
    ...[...users].map((id) => ({ subject: 'user', id, question: 'roles', reason }) as const),
    ...groups.map((id) => ({ subject: 'group', id, question: 'roles', reason }) as const),
  ]);
  return listed !== undefined;
}

/** `undefined`: to be asked for again. */
async function listHolders({ source }: Pick<Run, 'source'>): Promise<readonly string[] | undefined> {
  const ids: string[] = [];
  try {
    for await (const page of source.listAssignees()) ids.push(...page);
    return ids;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    return error.code === 'okta_unavailable' && !(error instanceof OktaRefusedQuestionError) ? undefined : [];
  }
}

async function readMarkedGroup(run: GroupParts, id: string, marks: readonly StoredMark[]): Promise<void> {
  const { inventory, settings } = run;
  if (!settings.lookups.has('groups') && !settings.lookups.has('roles')) return inventory.marks.clear(marks);
  const asks = new Set(marks.map(({ mark }) => mark.question));
  const stored = await inventory.groups.find(id);
  const noted = stored === undefined || asks.has('record') ? await readRecordOf(run, id) : stored;
  if (noted === undefined) return inventory.marks.clear(marks);
  if (asks.has('roles')) await readRolesAgain(run, id);
  await inventory.marks.clear(marks.filter(({ mark }) => needsNothingMore(run, noted, mark)));
  const isMarked = (await inventory.marks.ofGroup(id)).some(({ mark }) => mark.question === 'members');
  if (isMarked) await readGroup(run, { ...noted, hasMovedMembers: true });
  else if (groupNeedsReading(noted)) await readGroup(run, noted);
}

/** The mark is answered, or asks what is not asked of this group or by these settings. */
function needsNothingMore(
  run: Pick<Run, 'settings'>,
  { group }: NotedGroup,
  { question }: StoredMark['mark'],
): boolean {
  if (question === 'roles') return !wantsGroupRoles(run);
  return question === 'record' || isEveryone(group);
}

/** The group as Okta has it now; gone by Okta's 404: removed. */
async function readRecordOf(
  { source, inventory }: Pick<Run, 'source' | 'inventory'>,
  id: string,
): Promise<NotedGroup | undefined> {
  const page = await source.getGroup(id);
  if (page === undefined) {
    await inventory.groups.remove(id);
    return undefined;
  }
  const [noted] = await inventory.groups.save(page, undefined);
  return noted;
}

/** Members whose own list has the group's roles merged in are read again too. */
export async function readRolesAgain(run: Omit<AskParts, 'log'>, id: string): Promise<void> {
  const { inventory, settings } = run;
  if (!wantsGroupRoles(run)) return;
  // Without `groups` the members of a group without roles are not followed: before it holds any they are read.
  if (!settings.lookups.has('groups') && !(await inventory.groups.roleHolders('any')).includes(id))
    await inventory.marks.add([{ subject: 'group', id, question: 'members', reason: 'group-roles' }]);
  await askGroupRoles(run, id);
  const members = await inventory.groups.membersWithMergedRoles(id);
  await inventory.marks.add(
    members.map((member) => ({ subject: 'user', id: member, question: 'roles', reason: 'group-roles' })),
  );
}

async function readMarkedUser(run: ChangeParts, id: string, marks: readonly StoredMark[]): Promise<void> {
  const { inventory, settings } = run;
  const asks = new Set(marks.map(({ mark }) => mark.question));
  const stored = await inventory.users.find(id);
  // The log lets nobody in who is not of the selection.
  if (stored === undefined && settings.isSelecting) return inventory.marks.clear(marks);
  const isAsked = stored === undefined || asks.has('record') || asks.has('presence');
  const noted = isAsked ? await readRecord(run, id, stored) : stored;
  if (noted === 'gone') {
    run.removals.add(id);
    return; // its marks leave with the user
  }
  if (noted === 'unread') {
    run.unread.add(id);
    return; // its marks stay
  }
  if (noted === undefined) return inventory.marks.clear(marks);
  run.reread.add(id);
  const again = stored === undefined || noted.hasCrossedDeactivation ? EVERYTHING : lookupsOf(asks);
  await readUser(run, noted, { directory: perUserDirectory(run), answeredSince: 0, again });
  await inventory.marks.clear(marks.filter(({ mark }) => RECORD.has(mark.question)));
}

const RECORD: ReadonlySet<string> = new Set(['record', 'presence']);
const EVERYTHING: ReadonlySet<Lookup> = new Set(['groups', 'factors', 'roles']);

function lookupsOf(asks: ReadonlySet<string>): ReadonlySet<Lookup> {
  const questions: readonly (UserQuestion & Lookup)[] = ['groups', 'factors', 'roles'];
  return new Set(questions.filter((question) => asks.has(question)));
}

/** The user as Okta has it now. `undefined`: nothing is to be read. */
async function readRecord(
  run: AskParts & Pick<Run, 'delivery'>,
  id: string,
  stored: Noted | undefined,
): Promise<Noted | 'gone' | 'unread' | undefined> {
  const listed = await readOwnRecord(run, id, { isKnown: stored !== undefined });
  if (listed === 'unread') return listed;
  if (listed === undefined) return 'gone';
  if (listed.kind === 'unreadable') {
    await refuse(run, listed);
    return undefined;
  }
  const { isSelecting, includeDeprovisioned } = run.settings;
  const isDeprovisioned = listed.user.status === 'DEPROVISIONED';
  if (stored === undefined)
    return isDeprovisioned && !includeDeprovisioned ? undefined : run.inventory.users.compare(listed);
  const noted = await run.inventory.users.compare(listed);
  if (!isSelecting || isDeprovisioned || !noted.hasMoved) return noted;
  // A change that moves no stamp is listed by nothing else; a user who may have left the selection stays as last known.
  return (await run.source.isSelected(listed.user)) ? noted : stored;
}
