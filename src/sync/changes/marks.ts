import { ConnectorError } from '../../ports/errors.ts';
import type { Noted, NotedGroup, RoleKind, StoredMark, UserQuestion } from '../../ports/inventory.ts';
import type { Lookup } from '../../ports/org.ts';
import { askGroupRoles } from '../group-roles.ts';
import { hasFailed } from './failed-marks.ts';
import { groupNeedsReading, readGroup } from './groups.ts';
import { gapReasonOf } from '../../enrich/gap-reason.ts';
import { isEveryone } from '../../plan/group-sizes.ts';
import type { Run } from '../job.ts';
import { knownOrg, wantsGroupRoles } from '../known-org.ts';
import { forEachOf } from '../parallel.ts';
import { keptOf } from '../full/removals.ts';
import { readOwnRecord } from '../unread.ts';
import { readUser, refuse } from '../users.ts';

/**
 * Reads again what marks ask for; a mark leaves with the answer, one that could not be answered stays. What has failed in
 * this very run, after the version `failedUpTo`, is for the next one: asking at once, five times more, is asking a disturbed Okta for nothing.
 */
export async function readMarks(run: Run, failedUpTo: number): Promise<void> {
  await readOrgMarks(run);
  const isWanted = (mark: StoredMark): boolean => mark.version <= failedUpTo || !hasFailed(mark);
  const groups = groupBy((await run.inventory.marks.list()).filter(isWanted), 'group');
  await forEachOf(groups, run.settings.width, ([id, marks]) =>
    sparing(run, () => readMarkedGroup(run, id, marks)),
  );
  const upTo = run.inventory.marks.version();
  await readMarkedUsers(run, isWanted);
  // A user's own list of groups may show that the roles have to be asked for too.
  await readMarkedUsers(run, (mark) => mark.version > upTo && !hasFailed(mark));
}

/** Who may be gone, by the log. */
export async function readPresence(run: Run): Promise<void> {
  await readMarkedUsers(run, ({ mark }) => mark.question === 'presence');
}

async function readMarkedUsers(run: Run, isNew: (mark: StoredMark) => boolean): Promise<void> {
  const { acceptsRemovals, width } = run.settings;
  const stored = await run.inventory.marks.list();
  const kept: ReadonlySet<string> = acceptsRemovals ? new Set() : keptOf(stored);
  const isTried = (id: string): boolean => kept.has(id) || run.course.unread.has(id);
  const wanted = stored.filter((each) => isNew(each) && !isTried(each.mark.id));
  await forEachOf(groupBy(wanted, 'user'), width, ([id, marks]) =>
    sparing(run, () => readMarkedUser(run, id, marks)),
  );
}

/** A re-read that fails keeps its mark, and does not end the run. */
async function sparing(run: Run, read: () => Promise<void>): Promise<void> {
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

/** A custom role changed, or an assignment that names nobody: all whom it may concern are read again. */
async function readOrgMarks(run: Run): Promise<void> {
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
async function markRoleHolders(run: Run, kind: RoleKind): Promise<boolean> {
  const { inventory, settings } = run;
  const isListWanted = kind === 'any' && settings.lookups.has('roles');
  const listed = isListWanted ? await listHolders(run) : [];
  const users = new Set([...(listed ?? []), ...(await inventory.users.roleHolders(kind))]);
  const groups = await inventory.groups.roleHolders(kind);
  const cause = 'role-holders';
  await inventory.marks.add([
    ...[...users].map((id) => ({ subject: 'user', id, question: 'roles', cause }) as const),
    ...groups.map((id) => ({ subject: 'group', id, question: 'roles', cause }) as const),
  ]);
  return listed !== undefined;
}

/** `undefined`: to be asked for again. */
async function listHolders({ source }: Run): Promise<readonly string[] | undefined> {
  const ids: string[] = [];
  try {
    for await (const page of source.listAssignees()) ids.push(...page);
    return ids;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    return error.code === 'okta_unavailable' && !error.isRefusedQuestion ? undefined : [];
  }
}

async function readMarkedGroup(run: Run, id: string, marks: readonly StoredMark[]): Promise<void> {
  const { inventory, settings } = run;
  if (!settings.lookups.has('groups') && !settings.lookups.has('roles')) return inventory.marks.clear(marks);
  const asks = new Set(marks.map(({ mark }) => mark.question));
  const known = await inventory.groups.find(id);
  const noted = known === undefined || asks.has('record') ? await readRecordOf(run, id) : known;
  if (noted === undefined) return inventory.marks.clear(marks);
  if (asks.has('roles')) await readRolesAgain(run, id);
  await inventory.marks.clear(marks.filter(({ mark }) => isSettled(run, noted, mark)));
  const isMarked = (await inventory.marks.ofGroup(id)).some(({ mark }) => mark.question === 'members');
  if (isMarked) await readGroup(run, { ...noted, hasMovedMembers: true });
  else if (groupNeedsReading(noted)) await readGroup(run, noted);
}

/** Answered, or nothing that is asked of this group or by these settings. */
function isSettled(run: Run, { group }: NotedGroup, { question }: StoredMark['mark']): boolean {
  if (question === 'roles') return !wantsGroupRoles(run);
  return question === 'record' || isEveryone(group);
}

/** The group as Okta has it now; gone by Okta's 404: removed. */
async function readRecordOf({ source, inventory }: Run, id: string): Promise<NotedGroup | undefined> {
  const page = await source.getGroup(id);
  if (page === undefined) {
    await inventory.groups.remove(id);
    return undefined;
  }
  const [noted] = await inventory.groups.save(page, undefined);
  return noted;
}

/** Members whose own list has the group's roles merged in are read again too. */
export async function readRolesAgain(run: Run, id: string): Promise<void> {
  const { inventory, settings } = run;
  if (!wantsGroupRoles(run)) return;
  // Without `groups` the members of a group without roles are not followed: before it holds any they are read.
  if (!settings.lookups.has('groups') && !(await inventory.groups.roleHolders('any')).includes(id))
    await inventory.marks.add([{ subject: 'group', id, question: 'members', cause: 'group-roles' }]);
  await askGroupRoles(run, id);
  const members = await inventory.groups.membersWithMergedRoles(id);
  await inventory.marks.add(
    members.map((member) => ({ subject: 'user', id: member, question: 'roles', cause: 'group-roles' })),
  );
}

async function readMarkedUser(run: Run, id: string, marks: readonly StoredMark[]): Promise<void> {
  const { inventory, settings } = run;
  const asks = new Set(marks.map(({ mark }) => mark.question));
  const known = await inventory.users.find(id);
  // Who is not of the selection is not let in by the log.
  if (known === undefined && settings.isSelecting) return inventory.marks.clear(marks);
  const isAsked = known === undefined || asks.has('record') || asks.has('presence');
  const noted = isAsked ? await readRecord(run, id, known) : known;
  if (noted === 'gone') return; // its marks leave with the user
  if (noted === 'unread') return; // its marks stay
  if (noted === undefined) return inventory.marks.clear(marks);
  run.course.reread.add(id);
  const again = known === undefined || noted.hasCrossedDeactivation ? EVERYTHING : lookupsOf(asks);
  await readUser(run, noted, { directory: knownOrg(run), answeredSince: 0, again });
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
  run: Run,
  id: string,
  known: Noted | undefined,
): Promise<Noted | 'gone' | 'unread' | undefined> {
  const listed = await readOwnRecord(run, id, { isKnown: known !== undefined });
  if (listed === 'unread') return listed;
  if (listed === undefined) {
    run.course.gone.add(id);
    return 'gone';
  }
  if (listed.kind === 'unreadable') {
    await refuse(run, listed);
    return undefined;
  }
  const { isSelecting, includeDeprovisioned } = run.settings;
  const isDeprovisioned = listed.user.status === 'DEPROVISIONED';
  if (known === undefined)
    return isDeprovisioned && !includeDeprovisioned ? undefined : run.inventory.users.compare(listed);
  const noted = await run.inventory.users.compare(listed);
  if (!isSelecting || isDeprovisioned || !noted.hasMoved) return noted;
  // What moved no stamp is listed by nothing else; who may have left the selection stays as last known.
  return (await run.source.isSelected(listed.user)) ? noted : known;
}
