import type { Assignees, Known } from '../enrich/needs.ts';
import { GroupRoles } from './group-roles.ts';
import type { Run } from './job.ts';
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
  /** All groups of the org were listed: what is not among them is gone. */
  readonly isWhole: boolean;
}

/** What is known without asking anything: everyone is asked for everything. */
export function askEveryone(run: Run, isVerifying = false): Directory {
  const { lookups, scope } = run.settings;
  return {
    groups: lookups.has('groups') ? 'per-user' : 'not-asked',
    assignees: undefined,
    askGroupsOf: NOBODY,
    groupRoles: new GroupRoles(run, isVerifying),
    usersExpected: scope.kind === 'first' ? scope.limit : undefined,
    isWhole: false,
  };
}

/**
 * Groups, their roles, who is in which, who holds a role: each asked in the cheaper way, and where a shared listing is
 * refused, missing or incomplete, left to be asked of each user.
 */
export async function readDirectory(run: Run): Promise<Directory> {
  const { lookups, scope } = run.settings;
  const nothing = askEveryone(run, await isVerifying(run));
  // One user's groups and roles are asked directly; so are those of few users whose groups are not wanted.
  if (scope.kind === 'one' || (scope.kind === 'first' && !lookups.has('groups'))) return nothing;
  const listed = await listGroups(run, nothing.groupRoles);
  const usersExpected = nothing.usersExpected ?? run.source.usersSelected?.() ?? listed?.users;
  if (listed === undefined && !lookups.has('groups')) return { ...nothing, usersExpected };
  const assignees = await listAssignees(run);
  const known = { ...nothing, assignees, usersExpected, isWhole: listed?.isWhole ?? false };
  if (listed === undefined || scope.kind === 'first') return known;
  return lookups.has('groups') ? withMembers(run, known, listed) : withRoleHolders(run, known, listed);
}

/** Now and then all groups are asked for roles, whatever their flag says: it was wrong once. Never in the first run. */
async function isVerifying({ inventory, settings }: Run): Promise<boolean> {
  const every = settings.verifyGroupRolesEvery;
  const runs = Number((await inventory.runs.stamp('full_runs')) ?? 0);
  return every > 0 && runs > 0 && runs % every === 0;
}

async function listGroups(run: Run, groupRoles: GroupRoles): Promise<ListedGroups | undefined> {
  const { lookups } = run.settings;
  if (!lookups.has('groups') && !lookups.has('roles')) return undefined;
  return tolerate(run.log, 'groups', async () => {
    let listed = new ListedGroups();
    for await (const page of run.source.listGroups()) {
      if (page.isRestart) listed = new ListedGroups();
      if (!page.isWhole) listed.distrust();
      const noted = await run.inventory.groups.save(page, run.startedAt);
      await groupRoles.note(noted, page.readAt);
      for (const each of noted) listed.add(each);
    }
    return listed;
  });
}

async function listAssignees(run: Run): Promise<Assignees | undefined> {
  const { scope, lookups } = run.settings;
  const isWorthIt = scope.kind === 'all' || (scope.kind === 'first' && scope.limit > FEW_USERS);
  return lookups.has('roles') && isWorthIt ? readAssignees(run) : undefined;
}

export async function readAssignees(run: Run): Promise<Assignees | undefined> {
  return tolerate(run.log, 'role assignees', async () => {
    const ids = new Set<string>();
    const readAt = run.oktaNow();
    for await (const page of run.source.listAssignees()) for (const id of page) ids.add(id);
    return { ids, readAt };
  });
}

/** Of few selected users each is asked, however cheap the groups would be for everybody. */
function isCheaperByGroup({ source }: Run, listed: ListedGroups): boolean {
  const selected = source.usersSelected?.() ?? Number.POSITIVE_INFINITY;
  return listed.isCheaperByGroup && (listed.memberCalls ?? 0) <= selected;
}

/** Memberships by group where that takes fewer calls, and every group lets its members be read. */
async function withMembers(run: Run, known: Directory, listed: ListedGroups): Promise<Directory> {
  if (!isCheaperByGroup(run, listed)) return known;
  const [read] = await Promise.all([
    readMembers(run, listed.peopled),
    known.groupRoles.ask(listed.withRoles.map(({ group }) => group)),
  ]);
  if (!read.isComplete) return known;
  if (!read.lacksAdministrators) return { ...known, groups: 'by-membership' };
  // Only role holders are in that group: they alone are asked for their groups.
  const assignees = known.assignees ?? (await readAssignees(run));
  if (assignees === undefined) run.tally.gap('groups', 'refused');
  return { ...known, groups: 'by-membership', askGroupsOf: assignees?.ids ?? NOBODY };
}

/** Groups are not wanted, roles are: only the groups that may hold roles are read. */
async function withRoleHolders(run: Run, known: Directory, listed: ListedGroups): Promise<Directory> {
  await known.groupRoles.ask(listed.withRoles.map(({ group }) => group));
  const mayHold = await Promise.all(
    listed.peopled.map(({ group }) => known.groupRoles.mayHoldRoles(group.id)),
  );
  const read = await readMembers(
    run,
    listed.peopled.filter((_, index) => mayHold[index]),
  );
  const isWhole = read.isComplete && !read.lacksAdministrators;
  // Without the members of each such group only a user's own list of roles is the whole truth.
  return isWhole
    ? { ...known, groups: 'by-membership' }
    : { ...known, groups: 'not-asked', assignees: undefined };
}
