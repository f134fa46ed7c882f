import type { Assignees } from '../../enrich/needs.ts';
import {
  chooseGroupsWay,
  isAdministrators,
  type GroupSizes,
  type GroupsChoice,
} from '../../plan/group-sizes.ts';
import type { OrgFacts } from '../../plan/calls.ts';
import type { Group } from '../../ports/org.ts';
import { markMovedAdministrators } from './administrators.ts';
import { countHeld, expectedCalls } from './expected-calls.ts';
import { hasMissedMembers } from '../changes/groups.ts';
import { GroupRoles, isVerificationDue } from '../group-roles.ts';
import type { Directory } from '../directory.ts';
import type { Run } from '../job.ts';
import { ListedGroups, readMembers } from '../memberships.ts';
import type { Expected } from '../pace.ts';
import type { ListParts } from '../parts.ts';
import { readAssignees, readNamedByGroups } from '../role-holders.ts';
import { RolesOfFew } from './roles-of-few.ts';
import { saveRecords } from '../assets/list-records.ts';
import { tolerate } from '../tolerate.ts';

/**
 * The org's list of role holders has one page in most orgs. For up to this many users, a list of more pages than the
 * following may take more calls than asking each user for their roles.
 */
const FEW_USERS = 100;
const FEW_PAGES = 2;
/** The groups of so few users are fewer than those of the org, or not many more calls. */
const VERY_FEW_USERS = 20;
const NOBODY: ReadonlySet<string> = new Set();

/** The directory of a full run: shared facts that are listed once a run, never once a user. */
export interface ListedDirectory extends Directory {
  readonly groupRoles: GroupRoles;
  /** How many users there are, as far as that is known. */
  readonly usersExpected: OrgFacts['users'] | undefined;
  /** Absent where the groups were not listed. */
  readonly sizes: GroupSizes | undefined;
  /** The calls that the run will have made when it ends; absent where that is not known. */
  readonly expected: Expected | undefined;
  /** All groups of the org were listed, so a group that is not among them is gone. */
  readonly isWhole: boolean;
  /** Listed groups whose members or roles are not known as they are now. */
  readonly moved: readonly string[];
}

/** The directory when nothing is listed: each user is asked for everything. */
function withoutListings(run: ListParts, isVerifying = false): ListedDirectory {
  const { lookups, scope } = run.settings;
  return {
    groups: lookups.has('groups') ? 'per-user' : 'not-asked',
    assignees: undefined,
    namedByGroups: new Map(),
    askGroupsOf: NOBODY,
    asksOwnListOf: run.answeredSince.groups < run.startedAt ? 'newcomers' : 'nobody',
    groupRoles: new GroupRoles(run, isVerifying),
    usersExpected: scope.kind === 'first' ? allActive(scope.limit) : undefined,
    sizes: undefined,
    expected: undefined,
    isWhole: false,
    moved: [],
  };
}

/** To read what all users share. */
export type DirectoryParts = ListParts & Pick<Run, 'before'>;

/**
 * Reads the groups, their roles, their members and the role holders, each in the cheaper way. Where a shared listing is
 * refused, missing or incomplete, each user is asked instead.
 */
export async function readDirectory(run: DirectoryParts): Promise<ListedDirectory> {
  // Before the first user is read: the calls for users who are read meanwhile count as made.
  const held = await countHeld(run);
  const directory = await readShared(run);
  return { ...directory, expected: await expectedCalls(run, directory, held) };
}

async function readShared(run: DirectoryParts): Promise<ListedDirectory> {
  const { lookups, scope, assets } = run.settings;
  const nothing = withoutListings(run, isVerifying(run));
  // The roles of a few users whose groups are not wanted are asked directly, and so are their groups where no roles are
  // wanted: the list of groups would only tell which of them hold none.
  const wantsBoth = lookups.has('groups') && (lookups.has('group-roles') || lookups.has('roles'));
  const areAssets = assets.has('groups');
  if (scope.kind !== 'all' && !wantsBoth && !areAssets) return nothing;
  const ofFew = { ...nothing, groupRoles: new RolesOfFew(run, listGroups) };
  if (scope.kind === 'one') return ofFew;
  if (scope.kind === 'first' && scope.limit <= VERY_FEW_USERS && !areAssets)
    return { ...ofFew, assignees: await listAssignees(run) };
  const listed = await listGroups(run, nothing.groupRoles);
  const usersExpected = nothing.usersExpected ?? (await expectUsers(run, listed));
  if (listed === undefined && !lookups.has('groups')) return { ...nothing, usersExpected };
  // The groups were listed as assets alone.
  if (!lookups.has('groups') && !lookups.has('roles')) return { ...nothing, usersExpected };
  const assignees = await listAssignees(run);
  const sizes = listed?.sizes;
  const read = {
    ...nothing,
    assignees,
    usersExpected,
    sizes,
    isWhole: sizes?.isWhole ?? false,
    moved: listed?.moved ?? [],
  };
  if (listed === undefined || scope.kind === 'first') return read;
  return lookups.has('groups') ? withMembers(run, read, listed) : withRoleHolders(run, read, listed);
}

function isVerifying({ before, settings }: Pick<Run, 'before' | 'settings'>): boolean {
  return isVerificationDue(settings.verifyGroupRolesEvery, before.fullRuns);
}

/**
 * The users that settings select, or those after the last full run. Before the first one, it is the size of Everyone,
 * which counts deactivated users too: nobody knows yet how many these are.
 */
async function expectUsers(
  { source, inventory: { users }, before, settings }: DirectoryParts,
  listed: ListedGroups | undefined,
): Promise<OrgFacts['users'] | undefined> {
  const selected = source.usersSelected?.();
  if (selected !== undefined) return allActive(selected);
  if (before.fullEndedAt === undefined) return allActive(listed?.sizes.users);
  const known = await users.count();
  const notDeactivated = known - (await users.countDeactivated());
  return { listed: settings.includeDeprovisioned ? known : notDeactivated, notDeactivated };
}

function allActive(count: number): OrgFacts['users'];
function allActive(count: number | undefined): OrgFacts['users'] | undefined;
function allActive(count: number | undefined): OrgFacts['users'] | undefined {
  return count === undefined ? undefined : { listed: count, notDeactivated: count };
}

export async function listGroups(
  run: Pick<Run, 'source' | 'inventory' | 'settings' | 'tally' | 'log' | 'startedAt'>,
  groupRoles: GroupRoles,
): Promise<ListedGroups | undefined> {
  const { lookups, assets } = run.settings;
  const isWanted =
    lookups.has('groups') || lookups.has('roles') || assets.has('groups') || assets.has('apps');
  if (!isWanted) return undefined;
  return tolerate(run.log, 'groups', async () => {
    let listed = new ListedGroups();
    let areAssets = false;
    for await (const page of run.source.listGroups()) {
      if (page.isRestart) listed = new ListedGroups();
      if (!page.isWhole) listed.sizes.distrust();
      const noted = await run.inventory.groups.save(page, run.startedAt);
      if (page.details !== undefined) {
        areAssets = true;
        await saveRecords(run, 'group', page.details, page.readAt, run.startedAt);
      }
      await groupRoles.note(noted, page.readAt);
      for (const each of noted) listed.add(each);
    }
    if (areAssets && listed.sizes.isWhole) await run.inventory.assets.noteListed('group', run.startedAt);
    return listed;
  });
}

async function listAssignees(
  run: Pick<Run, 'source' | 'settings' | 'log' | 'oktaNow'>,
): Promise<Assignees | undefined> {
  const { scope, lookups } = run.settings;
  const isShort = scope.kind === 'first' && scope.limit <= FEW_USERS;
  const isCheaperAsked = scope.kind === 'first' && scope.limit === 1;
  return lookups.has('roles') && !isCheaperAsked
    ? readAssignees(run, isShort ? FEW_PAGES : undefined)
    : undefined;
}

/** Reads memberships by group where that takes fewer calls and every group lists its members. */
async function withMembers(
  run: ListParts,
  directory: ListedDirectory,
  listed: ListedGroups,
): Promise<ListedDirectory> {
  const choice = chooseGroupsWay(listed.sizes, run.source.usersSelected?.());
  if (choice.way === 'per-user') {
    // Users whose own lists hold are not asked, so their groups do not come up either.
    if (run.believesEarlier) await directory.groupRoles.ask(listed.withRoles.map(({ group }) => group));
    return directory;
  }
  const [{ refusing, lacksAdministrators }] = await Promise.all([
    readMembers(run, listed.peopled),
    directory.groupRoles.ask(listed.withRoles.map(({ group }) => group)),
  ]);
  if (refusing !== undefined) {
    run.tally.notes.set('memberships', refusalNote(run, refusing, choice));
    return withOwnLists(run, directory);
  }
  const namedByGroups = await readNamedByGroups(run, directory.assignees);
  if (!lacksAdministrators) return { ...directory, groups: 'by-membership', namedByGroups };
  // Only role holders are in that group. So only they, and those who were in it when last asked, are asked for their
  // groups.
  const assignees = directory.assignees ?? (await readAssignees(run));
  await noteAdministrators(run, listed, assignees);
  const askGroupsOf = new Set([...(assignees?.ids ?? NOBODY), ...(await knownAdministrators(run, listed))]);
  return { ...directory, groups: 'by-membership', namedByGroups, askGroupsOf };
}

async function knownAdministrators(
  { inventory }: Pick<Run, 'inventory'>,
  { peopled }: ListedGroups,
): Promise<readonly string[]> {
  const hidden = peopled.filter(({ group }) => isAdministrators(group));
  return (await Promise.all(hidden.map(({ group }) => inventory.groups.members(group.id)))).flat();
}

/**
 * Where Okta lists neither the members nor the role holders, there is a gap, and the next run asks again. A run that
 * goes on also asks users who came or left after its killed attempt had finished them, or whom that attempt could not
 * ask.
 */
async function noteAdministrators(
  run: Pick<Run, 'inventory' | 'tally' | 'believesEarlier'>,
  listed: ListedGroups,
  assignees: Assignees | undefined,
): Promise<void> {
  const { marks } = run.inventory;
  for (const { group } of listed.peopled.filter((each) => isAdministrators(each.group))) {
    if (assignees === undefined) {
      await marks.add([{ subject: 'group', id: group.id, question: 'members', reason: 'refused' }]);
      continue;
    }
    const marksUpTo = await marks.version();
    if (run.believesEarlier || (await hasMissedMembers(run, group.id)))
      await markMovedAdministrators(run, group.id, assignees);
    const answered = { subject: 'group', id: group.id, questions: ['members'], marksUpTo } as const;
    await marks.answered([{ ...answered, only: 'failed' }]);
  }
  if (assignees === undefined) run.tally.gap('groups', 'refused');
}

/** Users whose groups an earlier run or attempt knew from the members of groups are asked for their own lists. */
async function withOwnLists(
  run: Pick<ListParts, 'inventory' | 'startedAt' | 'believesEarlier'>,
  directory: ListedDirectory,
): Promise<ListedDirectory> {
  if (run.believesEarlier) await run.inventory.users.unfinishMembers(run.startedAt);
  return { ...directory, asksOwnListOf: 'everybody' };
}

function refusalNote(
  { believesEarlier }: Pick<ListParts, 'believesEarlier'>,
  { id, name }: Group,
  { perUser, byGroup }: GroupsChoice,
): string {
  const fact = `the group ${name ?? id} does not let its members be listed`;
  if (believesEarlier) return `${fact}: every user whose own list of groups is not known is asked for it`;
  const cost = `about ${perUser} calls instead of ${byGroup ?? 'one for each group'}`;
  return `${fact}: every user is asked for groups, ${cost}`;
}

/** Reads only the groups that may hold roles, because roles are wanted and groups are not. */
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
  // Where the members of some such group are unknown, only a user's own list of roles is complete.
  return isWhole
    ? {
        ...directory,
        groups: 'by-membership',
        namedByGroups: await readNamedByGroups(run, directory.assignees),
      }
    : { ...directory, groups: 'not-asked', assignees: undefined };
}
