import { ALL_HOLD } from '../vouching.ts';
import { ConnectorError, OktaRefusedQuestionError } from '../../ports/errors.ts';
import type {
  GroupQuestion,
  Noted,
  NotedGroup,
  RoleKind,
  StoredMark,
  UserQuestion,
} from '../../ports/inventory.ts';
import { USER_LOOKUPS, type Lookup } from '../../ports/org.ts';
import { askGroupRoles } from '../group-roles.ts';
import { groupNeedsReading } from '../memberships.ts';
import { readGroup } from './groups.ts';
import { gapReasonOf } from '../../enrich/gap-reason.ts';
import { contradictsFlag } from '../../inventory/policy/groups.ts';
import { hasFailed } from '../../inventory/policy/marks.ts';
import { isEveryone } from '../../plan/group-sizes.ts';
import { perUserDirectory, wantsGroupRoles } from '../directory.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import type { AskParts, ChangeParts, GroupParts } from '../parts.ts';
import { heldBackIn } from '../removals.ts';
import { readDueFactors } from './due-factors.ts';
import { forEachInterruptible } from './for-each-interruptible.ts';
import { readOwnRecord } from '../unread.ts';
import { readUser, refuse } from '../users.ts';

/**
 * Reads again everything that is marked, and factors that are due. Questions that failed in this very run, after the version
 * `failedUpTo`, wait for the next run: asking again at once would burden an Okta that is in trouble already.
 */
export async function readMarks(run: ChangeParts, failedUpTo: number): Promise<void> {
  await readNamed(run, (mark) => mark.version <= failedUpTo || !hasFailed(mark));
  await readDueFactors(run);
}

/** Reads again what these marks name. A mark leaves with its answer, and stays where no answer came. */
export async function readNamed(run: ChangeParts, isWanted: (mark: StoredMark) => boolean): Promise<void> {
  await readOrgMarks(run);
  const marked = (await run.inventory.marks.list({ subject: 'group' })).filter(isWanted);
  const groups = questionsById(marked.flatMap(({ mark }) => (mark.subject === 'group' ? [mark] : [])));
  await forEachOf(groups, run.settings.width, ([id, asks]) =>
    keepMarkOnFailure(run, () => readMarkedGroup(run, id, asks)),
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
  const { acceptsRemovals } = run.settings;
  const stored = await run.inventory.marks.list({ subject: 'user' });
  const heldBack: ReadonlySet<string> = acceptsRemovals ? new Set() : await heldBackIn(run.inventory);
  const isTried = (id: string): boolean => heldBack.has(id) || run.unread.has(id);
  const wanted = stored.filter((each) => isNew(each) && !isTried(each.mark.id));
  const users = questionsById(wanted.flatMap(({ mark }) => (mark.subject === 'user' ? [mark] : [])));
  await forEachInterruptible(run, users, ([id, asks]) =>
    keepMarkOnFailure(run, () => readMarkedUser(run, id, asks)),
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

function questionsById<Question>(
  marks: readonly { readonly id: string; readonly question: Question }[],
): ReadonlyMap<string, ReadonlySet<Question>> {
  const questions = new Map<string, Set<Question>>();
  for (const { id, question } of marks)
    questions.set(id, (questions.get(id) ?? new Set<Question>()).add(question));
  return questions;
}

/** Marks all users who may be concerned when a custom role changed, or when an assignment that names nobody did. */
async function readOrgMarks(run: AskParts): Promise<void> {
  const { inventory } = run;
  const marksUpTo = await inventory.marks.version();
  const marks = await inventory.marks.list({ subject: 'org' });
  if (marks.length === 0) return;
  const isAny = marks.some(({ mark }) => mark.question === 'role-holders');
  if (!wantsGroupRoles(run) || (await markRoleHolders(run, isAny ? 'any' : 'custom'))) {
    await inventory.marks.answered([{ subject: 'org', id: 'org', questions: 'all', marksUpTo }]);
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

async function readMarkedGroup(run: GroupParts, id: string, asks: ReadonlySet<GroupQuestion>): Promise<void> {
  const { inventory, settings } = run;
  const marksUpTo = await inventory.marks.version();
  const settle = (questions: readonly GroupQuestion[] | 'all'): Promise<void> =>
    inventory.marks.answered([{ subject: 'group', id, questions, marksUpTo }]);
  if (!settings.lookups.has('groups') && !settings.lookups.has('roles')) return settle('all');
  const stored = await inventory.groups.find(id);
  const noted = stored === undefined || asks.has('record') ? await readRecordOf(run, id) : stored;
  if (noted === undefined) return settle([...asks]);
  if (asks.has('roles') || contradictsFlag(noted)) await readRolesAgain(run, id);
  await settle([...asks].filter((question) => needsNothingMore(run, noted, question)));
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
  question: GroupQuestion,
): boolean {
  if (question === 'roles') return !wantsGroupRoles(run);
  return question === 'record' || isEveryone(group);
}

/** The group as Okta has it now. When Okta answers 404, the group is removed. */
async function readRecordOf(
  { source, inventory, oktaNow, assets }: Pick<Run, 'source' | 'inventory' | 'oktaNow' | 'assets'>,
  id: string,
): Promise<NotedGroup | undefined> {
  const page = await source.getGroup(id);
  if (page === undefined) {
    await inventory.groups.remove(id, oktaNow());
    if (assets !== undefined) await inventory.assets.remove('group', id);
    return undefined;
  }
  const [noted] = await inventory.groups.save(page, undefined);
  return noted;
}

/** Asks for a group's roles again. */
export async function readRolesAgain(run: Omit<AskParts, 'log'>, id: string): Promise<void> {
  const { inventory, settings } = run;
  if (!wantsGroupRoles(run)) return;
  // Without `groups` in `LOOKUPS`, the members of a group without roles are not followed, so they must be read before
  // it holds any.
  if (!settings.lookups.has('groups') && !(await inventory.groups.roleHolders('any')).includes(id))
    await inventory.marks.add([{ subject: 'group', id, question: 'members', reason: 'group-roles' }]);
  await askGroupRoles(run, id);
}

async function readMarkedUser(run: ChangeParts, id: string, asks: ReadonlySet<UserQuestion>): Promise<void> {
  const { inventory, settings } = run;
  const marksUpTo = await inventory.marks.version();
  const settle = (questions: Iterable<UserQuestion>): Promise<void> =>
    inventory.marks.answered([{ subject: 'user', id, questions: [...questions], marksUpTo }]);
  const stored = await inventory.users.find(id);
  // A log entry must not bring in a user who is not selected. A full run may still list this one: the mark waits.
  if (stored === undefined && settings.isSelecting) {
    run.reread.add(id);
    return run.mode === 'full' && run.hasListed !== true ? undefined : settle(asks);
  }
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
  if (noted === undefined) return settle(asks);
  run.reread.add(id);
  const again = stored === undefined || noted.hasCrossedDeactivation ? EVERYTHING : lookupsOf(asks);
  await readUser(run, noted, { directory: perUserDirectory(run), answeredSince: ALL_HOLD, again });
  if (isAsked) await settle(['record', 'presence']);
}

const EVERYTHING: ReadonlySet<Lookup> = new Set(USER_LOOKUPS);

function lookupsOf(asks: ReadonlySet<UserQuestion>): ReadonlySet<Lookup> {
  return new Set(USER_LOOKUPS.filter((question) => asks.has(question)));
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
