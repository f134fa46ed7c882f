import type { Assignees, Known } from '../enrich/needs.ts';
import type { SizedGroup } from '../ports.ts';
import { GroupRoles } from './group-roles.ts';
import type { Job } from './job.ts';
import { ListedGroups, readMembers } from './memberships.ts';
import { tolerate } from './tolerate.ts';

/** Up to so many users, asking each for its roles is cheaper than reading the org's list of role holders. */
const FEW_USERS = 100;
const NOBODY: ReadonlySet<string> = new Set();

/** What all users share: read once a run, never once a user. */
export interface Directory extends Known {
  readonly groupRoles: GroupRoles;
  /** How many users there are, where the org says so. */
  readonly usersExpected: number | undefined;
}

/**
 * Groups, their roles, who is in which, who holds a role: each asked in the cheaper way, and where a shared listing is
 * refused, missing or incomplete, left to be asked of each user.
 */
export async function readDirectory(job: Job): Promise<Directory> {
  const { lookups, scope } = job;
  const groupRoles = new GroupRoles(job);
  const perUser = lookups.has('groups') ? 'per-user' : 'not-asked';
  const nothing = { groups: perUser, assignees: undefined, askGroupsOf: NOBODY, groupRoles } as const;
  // One user's groups and roles are asked directly; so are those of few users whose groups are not wanted.
  if (scope.kind === 'one' || (scope.kind === 'first' && !lookups.has('groups'))) {
    return { ...nothing, usersExpected: scope.kind === 'one' ? 1 : scope.limit };
  }
  const listed = await listGroups(job, groupRoles);
  const usersExpected = scope.kind === 'first' ? scope.limit : listed?.users;
  if (listed === undefined && !lookups.has('groups')) return { ...nothing, usersExpected };
  const assignees = await listAssignees(job);
  const known = { ...nothing, assignees, usersExpected };
  if (listed === undefined || scope.kind === 'first') return known;
  return lookups.has('groups') ? withMembers(job, known, listed) : withRoleHolders(job, known, listed);
}

async function listGroups(job: Job, groupRoles: GroupRoles): Promise<ListedGroups | undefined> {
  if (!job.lookups.has('groups') && !job.lookups.has('roles')) return undefined;
  return tolerate(job.log, 'groups', async () => {
    const listed = new ListedGroups();
    for await (const page of job.source.listGroups()) {
      if (!page.isWhole) listed.distrust();
      groupRoles.spare(page.groups);
      for (const group of page.groups) listed.add(group);
      await job.inventory.saveGroups(page);
    }
    return listed;
  });
}

async function listAssignees(job: Job): Promise<Assignees | undefined> {
  const isWorthIt = job.scope.kind === 'all' || (job.scope.kind === 'first' && job.scope.limit > FEW_USERS);
  if (!job.lookups.has('roles') || !isWorthIt) return undefined;
  return tolerate(job.log, 'role assignees', async () => {
    const ids = new Set<string>();
    for await (const page of job.source.listAssignees()) for (const id of page) ids.add(id);
    return { ids, readAt: job.clock.now() };
  });
}

/** Memberships by group where that takes fewer calls, and every group lets its members be read. */
async function withMembers(job: Job, known: Directory, listed: ListedGroups): Promise<Directory> {
  if (!listed.isCheaperByGroup) return known;
  const read = await readMembers(job, listed.peopled);
  if (!read.isComplete) return known;
  await known.groupRoles.ask(listed.withRoles);
  if (!read.lacksAdministrators) return { ...known, groups: 'by-membership' };
  // Only role holders are in that group: they alone are asked for their groups.
  const assignees = known.assignees ?? (await listAssignees(job));
  if (assignees === undefined) job.tally.gap('groups', 'refused');
  return { ...known, groups: 'by-membership', askGroupsOf: assignees?.ids ?? NOBODY };
}

/** Groups are not wanted, roles are: only the groups that may hold roles are read. */
async function withRoleHolders(job: Job, known: Directory, listed: ListedGroups): Promise<Directory> {
  await known.groupRoles.ask(listed.withRoles);
  const mayHold = await Promise.all(listed.peopled.map(({ id }) => known.groupRoles.mayHoldRoles(id)));
  const holders: readonly SizedGroup[] = listed.peopled.filter((_, index) => mayHold[index]);
  const read = await readMembers(job, holders);
  const isWhole = read.isComplete && !read.lacksAdministrators;
  // Without the members of each such group only a user's own list of roles is the whole truth.
  return isWhole
    ? { ...known, groups: 'by-membership' }
    : { ...known, groups: 'not-asked', assignees: undefined };
}
