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
 * Reads again everything that is marked. A mark leaves with its answer, and stays where no answer came. Questions that
 * failed in this very run, after the version `failedUpTo`, wait for the next run: asking again at once would burden an
 * Okta that is in trouble already.
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
  // A user's own list of groups may show that the roles must be asked for too.
  await readMarkedUsers(run, (mark) => mark.version > upTo && !hasFailed(mark));
}

/** Reads the users who may be gone, by the log. */
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

/** Reads again; a failure keeps the mark and does not end the run. */
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

/** Marks all users who may be concerned when a custom role changed, or when an assignment that names nobody did. */
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
 * A role that changes has no new holders, so the org's own list is read only where a role may have been given to
 * someone. Resolves to true when that gave an answer, or never will.
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

/** The ids of the role holders; `undefined` when they must be asked for again. */
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

/**
 * True when the mark is answered already, or asks for something that is not asked of this group or under these
 * settings.
 */
function needsNothingMore(
  run: Pick<Run, 'settings'>,
  { group }: NotedGroup,
  { question }: StoredMark['mark'],
): boolean {
  if (question === 'roles') return !wantsGroupRoles(run);
  return question === 'record' || isEveryone(group);
}

/** The group as Okta has it now. When Okta answers 404, the group is removed. */
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

/** Asks for a group's roles again, and marks those members whose own list of roles includes the group's. */
export async function readRolesAgain(run: Omit<AskParts, 'log'>, id: string): Promise<void> {
  const { inventory, settings } = run;
  if (!wantsGroupRoles(run)) return;
  // Without `groups` in `LOOKUPS`, the members of a group without roles are not followed, so they must be read before
  // it holds any.
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
  // A log entry must not bring in a user who is not selected.
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

/** The user as Okta has it now; `undefined` when there is nothing to read. */
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
  // No listing shows a change that moves no stamp. A user who may have left the selection stays as last known.
  return (await run.source.isSelected(listed.user)) ? noted : stored;
}
