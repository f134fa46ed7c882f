import type { NotedGroup } from '../inventory-ports.ts';
import { askEveryone } from './directory.ts';
import { askGroupRoles } from './group-roles.ts';
import type { Run } from './job.ts';
import { isEveryone, memberCalls, readMembersOf } from './memberships.ts';
import { tolerate } from './tolerate.ts';
import { readUser } from './users.ts';

/** New, or its members have come and gone since they were read. Everyone's members are never read. */
export function groupNeedsReading({ group, isKnown, hasMovedMembers }: NotedGroup): boolean {
  return !isKnown || (hasMovedMembers && !isEveryone(group));
}

/** A changed group: its members by the cheaper way, and the roles of a new one. */
export async function readGroup(run: Run, noted: NotedGroup): Promise<void> {
  const { group, isKnown } = noted;
  if (!isKnown) await readRolesOfNew(run, noted);
  if (isEveryone(group) || !noted.hasMovedMembers) return;
  const named = await namedMembers(run, group.id);
  const isCheaperByUser = named.length > 0 && named.length < memberCalls(group.usersCount ?? 1);
  if (isCheaperByUser) await askMembers(run, noted, named);
  else await readWhole(run, noted);
}

async function readRolesOfNew(run: Run, { group }: NotedGroup): Promise<void> {
  const { lookups } = run.settings;
  if (!lookups.has('group-roles') && !lookups.has('roles')) return;
  if (group.adminFlag === false) await run.inventory.groups.saveNoRoles([group.id], run.oktaNow());
  else await askGroupRoles(run, group.id);
}

/** Users whom the log names as come to or gone from the group. */
async function namedMembers(run: Run, groupId: string): Promise<readonly string[]> {
  const marks = await run.inventory.marks.ofGroup(groupId);
  return marks.flatMap(({ mark }) =>
    mark.subject === 'group' && mark.member !== undefined ? [mark.member] : [],
  );
}

/** Few of a large group: each is asked for its groups, and then the group counts as read. */
async function askMembers(run: Run, { group }: NotedGroup, userIds: readonly string[]): Promise<void> {
  const { inventory } = run;
  const marks = await inventory.marks.ofGroup(group.id);
  for (const id of userIds) {
    const known = await inventory.users.find(id);
    if (known === undefined) continue; // whoever is new is read with all groups anyway
    await inventory.marks.add([{ subject: 'user', id, question: 'groups', cause: 'membership' }]);
    await readUser(run, known, { directory: askEveryone(run), answeredSince: 0, again: new Set(['groups']) });
  }
  await inventory.groups.noteMembersRead(group.id, group.membersChangedAt, run.oktaNow());
  await inventory.marks.clear(marks);
}

/** Where it is refused or gone, those whom the log names are asked; without the log, the next full run sees it. */
async function readWhole(run: Run, noted: NotedGroup): Promise<void> {
  const isRead = await tolerate(run.log, `members of group ${noted.group.id}`, async () => {
    await readMembersOf(run, noted.group);
    return true;
  });
  if (isRead !== true) await askMembers(run, noted, await namedMembers(run, noted.group.id));
}
