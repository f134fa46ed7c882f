import { ALL_HOLD } from '../vouching.ts';
import { ConnectorError, OktaRefusedQuestionError } from '../../ports/errors.ts';
import type { NotedGroup } from '../../ports/inventory.ts';
import type { GapReason } from '../../ports/org.ts';
import { markMovedAdministrators } from '../full/administrators.ts';
import { hasFailed } from '../../inventory/policy/marks.ts';
import { isAdministrators, isEveryone, memberCalls } from '../../plan/group-sizes.ts';
import { askNewRoles, perUserDirectory, wantsGroupRoles } from '../directory.ts';
import type { Run } from '../job.ts';
import { readMembersOf } from '../memberships.ts';
import { forgetIfGone } from '../gone-groups.ts';
import type { GroupParts, NewGroupParts } from '../parts.ts';
import { readAssignees } from '../role-holders.ts';
import { readUser } from '../users.ts';

/** Reads a changed group: the roles if it is new, and the members in the cheaper way. */
export async function readGroup(run: GroupParts, noted: NotedGroup): Promise<void> {
  const { group } = noted;
  await readRolesOfNew(run, noted);
  if (isEveryone(group) || !noted.hasMovedMembers) return;
  const marksUpTo = await run.inventory.marks.version();
  // Nobody needs the members of a group without roles.
  if (!(await wantsMembers(run, group.id))) return settleMembers(run, group.id, marksUpTo);
  const named = await namedMembers(run, group.id);
  const hasMissed = await hasMissedMembers(run, group.id);
  const isCheaper = named.length > 0 && named.length < memberCalls(group.usersCount ?? 1);
  const isCheaperByUser = isCheaper && !hasMissed && !(await areAwaited(run, named));
  if (isCheaperByUser) await askMembers(run, noted, named, marksUpTo);
  else await readWhole(run, noted);
}

async function readRolesOfNew(
  run: NewGroupParts & Pick<Run, 'startedAt'>,
  { group, rolesAskedAt }: NotedGroup,
): Promise<void> {
  if (!wantsGroupRoles(run) || rolesAskedAt !== undefined) return;
  // The group may have been asked since it was listed: that answer stays.
  if (group.adminFlag === false) await run.inventory.groups.saveNoRoles([group.id], run.startedAt);
  else await askNewRoles(run, [group]);
}

/** Without `groups` in `LOOKUPS`, only members of groups that may hold roles matter. */
async function wantsMembers(
  { settings, inventory }: Pick<Run, 'settings' | 'inventory'>,
  groupId: string,
): Promise<boolean> {
  if (settings.lookups.has('groups')) return true;
  return (await inventory.groups.roleHolders('any')).includes(groupId);
}

/**
 * True when the members could not be read before: then the users whom the log has named since are not all who moved.
 */
export async function hasMissedMembers(
  { inventory }: Pick<Run, 'inventory'>,
  groupId: string,
): Promise<boolean> {
  const marks = await inventory.marks.ofGroup(groupId);
  return marks.some((each) => each.mark.question === 'members' && hasFailed(each));
}

/** Users who came to the group or left it, by the log. */
async function namedMembers(
  { inventory }: Pick<Run, 'inventory'>,
  groupId: string,
): Promise<readonly string[]> {
  const marks = await inventory.marks.ofGroup(groupId);
  return marks.flatMap(({ mark }) =>
    mark.subject === 'group' && mark.member !== undefined ? [mark.member] : [],
  );
}

/**
 * True when a full run that asks everybody has still to read one of these users. It takes that user's groups from lists
 * of members, and so from this group's, which it may have read before the user came.
 */
async function areAwaited(
  { inventory, mode, startedAt, answeredSince }: GroupParts,
  userIds: readonly string[],
): Promise<boolean> {
  if (mode !== 'full' || answeredSince.groups < startedAt) return false;
  for (const id of userIds) if ((await inventory.users.find(id)) === undefined) return true;
  return false;
}

/**
 * Asks each of these users for their groups, since they are few and the group is large. Then the group counts as read.
 * `marksUpTo` is from before the marks were searched for the names of these users.
 */
async function askMembers(
  run: GroupParts,
  { group }: NotedGroup,
  userIds: readonly string[],
  marksUpTo: number,
): Promise<void> {
  const { inventory } = run;
  for (const id of userIds) {
    const noted = await inventory.users.find(id);
    if (noted === undefined) continue; // a new user is read with all groups anyway
    await inventory.marks.add([{ subject: 'user', id, question: 'groups', reason: 'membership' }]);
    await readUser(run, noted, {
      directory: perUserDirectory(run),
      answeredSince: ALL_HOLD,
      again: new Set(['groups']),
    });
  }
  await inventory.groups.noteMembersRead(group.id, group.membersChangedAt);
  await settleMembers(run, group.id, marksUpTo);
}

async function settleMembers(
  { inventory: { marks } }: Pick<Run, 'inventory'>,
  id: string,
  marksUpTo: number,
): Promise<void> {
  await marks.answered([{ subject: 'group', id, questions: ['members'], marksUpTo }]);
}

/**
 * Lists all members. Where Okta refuses that, the users whom the log names are asked; where it names nobody, that is a
 * gap, and the next run asks again.
 */
async function readWhole(run: GroupParts, noted: NotedGroup): Promise<void> {
  const { group } = noted;
  try {
    await readMembersOf(run, group);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    run.log.debug({ group_id: group.id, err: error }, "a group's members are not available");
    if (error.code === 'okta_not_found') await forgetIfGone(run, group.id);
    else if (error.code === 'okta_unavailable' && !(error instanceof OktaRefusedQuestionError))
      await markMembers(run, group.id, 'unavailable');
    else await readUnlisted(run, noted, error);
  }
}

async function readUnlisted(run: GroupParts, noted: NotedGroup, { code }: ConnectorError): Promise<void> {
  const { group } = noted;
  const marksUpTo = await run.inventory.marks.version();
  const named = await namedMembers(run, group.id);
  const isWhole = isAdministrators(group)
    ? await markAdministrators(run, group.id)
    : named.length > 0 && !(await hasMissedMembers(run, group.id));
  // For the administrators, it is the list of role holders that was refused: their members are never listed.
  const isRefused = isAdministrators(group) || code === 'okta_forbidden';
  if (isWhole && !isAdministrators(group)) noteUnlisted(run, group);
  // This mark is newer than those that are settled below: it stays.
  if (!isWhole) await markMembers(run, group.id, isRefused ? 'refused' : 'missing');
  await askMembers(run, noted, named, marksUpTo);
}

/** An import writes only a part of what it does into the log. Asking everybody each time would never end. */
function noteUnlisted({ tally }: Pick<Run, 'tally'>, { id, name }: NotedGroup['group']): void {
  const fact = `the group ${name ?? id} has changed and does not let its members be listed`;
  const then =
    'only users whom the System Log names are asked at once, others when their own lists are verified';
  tally.notes.set(`members ${id}`, `${fact}: ${then}`);
}

/**
 * Okta keeps the built-in group of administrators equal to the role holders. So this asks the users who are in only one
 * of the two, as far as known. Resolves to false when the list of role holders could not be read.
 */
async function markAdministrators(
  run: Pick<Run, 'source' | 'inventory' | 'log' | 'oktaNow'>,
  groupId: string,
): Promise<boolean> {
  const assignees = await readAssignees(run);
  if (assignees === undefined) return false;
  await markMovedAdministrators(run, groupId, assignees);
  return true;
}

/** Counts a gap and leaves a mark, so that the next run asks again. */
async function markMembers(
  { inventory, tally, settings }: Pick<Run, 'inventory' | 'tally' | 'settings'>,
  id: string,
  reason: GapReason,
): Promise<void> {
  tally.unlisted.set(id, [settings.lookups.has('groups') ? 'groups' : 'roles', reason]);
  await inventory.marks.add([{ subject: 'group', id, question: 'members', reason }]);
}
