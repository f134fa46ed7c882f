import type { Assignees } from '../../enrich/needs.ts';
import { chooseGroupsWay, isAdministrators, type GroupSizes } from '../../plan/group-sizes.ts';
import type { Group } from '../../ports/org.ts';
import { markMovedAdministrators } from './administrators.ts';
import { expectedCalls } from './expected-calls.ts';
import { hasFailed } from '../changes/failed-marks.ts';
import { GroupRoles, isVerificationDue } from '../group-roles.ts';
import type { Directory } from '../directory.ts';
import type { Run } from '../job.ts';
import { ListedGroups, readMembers } from '../memberships.ts';
import type { Expected } from '../pace.ts';
import type { ListParts } from '../parts.ts';
import { readAssignees } from '../role-holders.ts';
import { tolerate } from '../tolerate.ts';

/** Up to so many users, asking each for its roles is cheaper than reading the org's list of role holders. */
const FEW_USERS = 100;
const NOBODY: ReadonlySet<string> = new Set();

/** What all users share, listed: read once a run, never once a user. */
export interface ListedDirectory extends Directory {
  readonly groupRoles: GroupRoles;
  /** How many users there are, as far as that can be told. */
  readonly usersExpected: number | undefined;
  /** Absent where groups were not listed. */
  readonly sizes: GroupSizes | undefined;
  /** What the run will have asked when it ends; absent where that cannot be told. */
  readonly expected: Expected | undefined;
  /** All groups of the org were listed: what is not among them is gone. */
  readonly isWhole: boolean;
}

/** Nothing is listed: each user is asked for everything. */
function withoutListings(run: ListParts, isVerifying = false): ListedDirectory {
  const { lookups, scope } = run.settings;
  return {
    groups: lookups.has('groups') ? 'per-user' : 'not-asked',
    assignees: undefined,
    askGroupsOf: NOBODY,
    groupRoles: new GroupRoles(run, isVerifying),
    usersExpected: scope.kind === 'first' ? scope.limit : undefined,
    sizes: undefined,
    expected: undefined,
    isWhole: false,
  };
}

/**
 * Groups, their roles, who is in which, who holds a role: each asked in the cheaper way, and where a shared listing is
 * refused, missing or incomplete, left to be asked of each user.
 */
export async function readDirectory(run: ListParts): Promise<ListedDirectory> {
  const directory = await readShared(run);
  return { ...directory, expected: expectedCalls(run, directory) };
}

async function readShared(run: ListParts): Promise<ListedDirectory> {
  const { lookups, scope } = run.settings;
  const nothing = withoutListings(run, await isVerifying(run));
  // One user's groups and roles are asked directly; so are those of few users whose groups are not wanted.
  if (scope.kind === 'one' || (scope.kind === 'first' && !lookups.has('groups'))) return nothing;
  const listed = await listGroups(run, nothing.groupRoles);
  const usersExpected =
    nothing.usersExpected ?? run.source.usersSelected?.() ?? (await usersKnown(run)) ?? listed?.sizes.users;
  if (listed === undefined && !lookups.has('groups')) return { ...nothing, usersExpected };
  const assignees = await listAssignees(run);
  const sizes = listed?.sizes;
  const read = { ...nothing, assignees, usersExpected, sizes, isWhole: sizes?.isWhole ?? false };
  if (listed === undefined || scope.kind === 'first') return read;
  return lookups.has('groups') ? withMembers(run, read, listed) : withRoleHolders(run, read, listed);
}

async function isVerifying({ inventory, settings }: Pick<Run, 'inventory' | 'settings'>): Promise<boolean> {
  const runs = Number((await inventory.runs.stamp('full_runs')) ?? 0);
  return isVerificationDue(settings.verifyGroupRolesEvery, runs);
}

/** The users whom the last full run left; before one there are as many as Everyone holds, deactivated users among them. */
async function usersKnown({ inventory }: Pick<Run, 'inventory'>): Promise<number | undefined> {
  const ended = await inventory.runs.stamp('full_ended');
  return ended === undefined ? undefined : inventory.users.count();
}

export async function listGroups(
  run: Pick<Run, 'source' | 'inventory' | 'settings' | 'log' | 'startedAt'>,
  groupRoles: GroupRoles,
): Promise<ListedGroups | undefined> {
  const { lookups } = run.settings;
  if (!lookups.has('groups') && !lookups.has('roles')) return undefined;
  return tolerate(run.log, 'groups', async () => {
    let listed = new ListedGroups();
    for await (const page of run.source.listGroups()) {
      if (page.isRestart) listed = new ListedGroups();
      if (!page.isWhole) listed.sizes.distrust();
      const noted = await run.inventory.groups.save(page, run.startedAt);
      await groupRoles.note(noted, page.readAt);
      for (const each of noted) listed.add(each);
    }
    return listed;
  });
}

async function listAssignees(
  run: Pick<Run, 'source' | 'settings' | 'log' | 'oktaNow'>,
): Promise<Assignees | undefined> {
  const { scope, lookups } = run.settings;
  const isWorthIt = scope.kind === 'all' || (scope.kind === 'first' && scope.limit > FEW_USERS);
  return lookups.has('roles') && isWorthIt ? readAssignees(run) : undefined;
}

/** Memberships by group where that takes fewer calls, and every group lets its members be read. */
async function withMembers(
  run: ListParts,
  directory: ListedDirectory,
  listed: ListedGroups,
): Promise<ListedDirectory> {
  const choice = chooseGroupsWay(listed.sizes, run.source.usersSelected?.());
  if (choice.way === 'per-user') return directory;
  const [{ refusing, lacksAdministrators }] = await Promise.all([
    readMembers(run, listed.peopled),
    directory.groupRoles.ask(listed.withRoles.map(({ group }) => group)),
  ]);
  if (refusing !== undefined) {
    run.tally.notes.set('memberships', refusalNote(refusing, choice.perUser, choice.byGroup));
    return directory;
  }
  if (!lacksAdministrators) return { ...directory, groups: 'by-membership' };
  // Only role holders are in that group: they alone are asked for their groups, and those who were in it when last asked.
  const assignees = directory.assignees ?? (await readAssignees(run));
  await noteAdministrators(run, listed, assignees);
  const askGroupsOf = new Set([...(assignees?.ids ?? NOBODY), ...(await knownAdministrators(run, listed))]);
  return { ...directory, groups: 'by-membership', askGroupsOf };
}

async function knownAdministrators(
  { inventory }: Pick<Run, 'inventory'>,
  { peopled }: ListedGroups,
): Promise<readonly string[]> {
  const hidden = peopled.filter(({ group }) => isAdministrators(group));
  return (await Promise.all(hidden.map(({ group }) => inventory.groups.members(group.id)))).flat();
}

/**
 * Where neither its members nor the role holders can be listed there is a gap, which the next run asks for again. A run
 * that goes on asks those again who came or left since its killed attempt finished them, or whom that could not ask.
 */
async function noteAdministrators(
  run: Pick<Run, 'inventory' | 'tally' | 'attemptedAt' | 'startedAt'>,
  listed: ListedGroups,
  assignees: Assignees | undefined,
): Promise<void> {
  const { marks } = run.inventory;
  for (const { group } of listed.peopled.filter((each) => isAdministrators(each.group))) {
    if (assignees === undefined) {
      await marks.add([{ subject: 'group', id: group.id, question: 'members', reason: 'refused' }]);
      continue;
    }
    const failed = (await marks.ofGroup(group.id)).filter(hasFailed);
    if (failed.length > 0 || run.attemptedAt !== run.startedAt)
      await markMovedAdministrators(run, group.id, assignees);
    await marks.clear(failed);
  }
  if (assignees === undefined) run.tally.gap('groups', 'refused');
}

function refusalNote({ id, name }: Group, perUser: number, byGroup: number | undefined): string {
  const cost = `about ${perUser} calls instead of ${byGroup ?? 'one for each group'}`;
  return `the group ${name ?? id} does not let its members be listed: every user is asked for groups, ${cost}`;
}

/** Groups are not wanted, roles are: only the groups that may hold roles are read. */
async function withRoleHolders(
  run: ListParts,
  directory: ListedDirectory,
  listed: ListedGroups,
): Promise<ListedDirectory> {
  await directory.groupRoles.ask(listed.withRoles.map(({ group }) => group));
  const mayHold = await Promise.all(
    listed.peopled.map(({ group }) => directory.groupRoles.mayHoldRoles(group.id)),
  );
  const members = await readMembers(
    run,
    listed.peopled.filter((_, index) => mayHold[index]),
  );
  const isWhole = members.refusing === undefined && !members.lacksAdministrators;
  // Without the members of each such group only a user's own list of roles is the whole truth.
  return isWhole
    ? { ...directory, groups: 'by-membership' }
    : { ...directory, groups: 'not-asked', assignees: undefined };
}
