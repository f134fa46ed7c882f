import { since } from './vouching.ts';
import type { OrgIdentity } from '../ports/org.ts';
import type { Holders, OrgFacts } from '../plan/calls.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';
import { listingCalls, type Calls } from '../plan/call-counts.ts';
import { isAdministrators, isEveryone, type GroupSizes } from '../plan/group-sizes.ts';
import { surveyAssets, type GroupApps } from './assets/survey-assets.ts';
import { listGroups } from './full/directory.ts';
import { GroupRoles } from './group-roles.ts';
import type { Job, Run } from './job.ts';
import { readMembers, type ListedGroups } from './memberships.ts';
import type { ListParts } from './parts.ts';
import { readAssignees } from './role-holders.ts';

/**
 * Up to this many groups that may hold roles are asked, to find out which users the run will not ask for their roles.
 */
const FEW_GROUPS = 50;
const NOTHING: Calls = new Map();

type SurveyParts = ListParts & Pick<Run, 'signal'>;

/** Facts that a plan needs and that no listing gives. */
export interface SurveyHints {
  readonly isVerifying: boolean;
  /** A group that refused to list its members in the last full run. */
  readonly refusingGroupId: string | undefined;
}

export interface Counted<T> {
  readonly value: T;
  readonly calls: Calls;
}

/** Runs a part of the survey, and counts its calls: a run will make the same ones. */
export async function counted<T>({ meter }: Pick<Job, 'meter'>, read: () => Promise<T>): Promise<Counted<T>> {
  const before = new Map(meter().calls);
  const value = await read();
  const spent = [...meter().calls].map(
    ([endpoint, count]) => [endpoint, count - (before.get(endpoint) ?? 0)] as const,
  );
  return { value, calls: new Map(spent.filter(([, count]) => count > 0)) };
}

/**
 * Reads the org's groups, its list of role holders and its pages of users, and nothing about one user. `isQuick`: only
 * the groups, whose sizes stand in for the rest.
 */
export async function surveyOrg(
  job: Job,
  { value: identity, calls: start }: Counted<OrgIdentity>,
  hints: SurveyHints,
  isQuick: boolean,
): Promise<OrgFacts> {
  const run = partsOf(job, identity);
  const { value: listed, calls: groups } = await counted(job, () =>
    listGroups(run, new GroupRoles(run, false)),
  );
  const shared = {
    sizes: listed?.sizes,
    refusing: refusingAmong(listed, hints.refusingGroupId),
    isVerifying: hints.isVerifying,
    selected: run.source.usersSelected?.(),
    polls: 0,
  };
  const guessed =
    isQuick && listed !== undefined ? guessUsers(run, listed.sizes, { start, groups }) : undefined;
  const assets = await surveyAssets(
    job,
    await groupAppsOf(job, listed),
    guessed && { count: guessed.users.listed, isGuess: true },
  );
  if (guessed !== undefined) return { ...shared, ...guessed, assets };
  if (listed !== undefined) await learnAdministrators(run, listed);
  const hasList =
    run.settings.lookups.has('roles') && (listed !== undefined || run.settings.lookups.has('groups'));
  const { value: assignees, calls: roleHolders } = await counted(job, async () =>
    hasList ? readAssignees(run) : undefined,
  );
  const { value: users, calls: pages } = await counted(job, () => countUsers(run, assignees?.ids));
  const holders = assignees === undefined ? undefined : await countHolders(run, users.holders, listed);
  return { ...shared, assets, users, holders, listings: { start, groups, roleHolders, users: pages } };
}

/** The list of groups tells how many applications each has. */
async function groupAppsOf({ inventory }: Job, listed: ListedGroups | undefined): Promise<GroupApps> {
  const everyone = listed?.withRoles.find(({ group }) => isEveryone(group));
  const record = everyone && (await inventory.assets.find('group', everyone.group.id));
  const withApps = await inventory.assets.groupsWithApps(0);
  return { groupsWithApps: withApps?.length, appsOfEveryone: record?.appsCount };
}

/** A survey lists in the same way as a run that begins now. */
function partsOf(job: Job, { at }: OrgIdentity): SurveyParts {
  const { source, assets, inventory, settings, tally, log, signal, clock } = job;
  const offset = at === undefined ? 0 : at - clock.now();
  const oktaNow = (): number => clock.now() + offset;
  const startedAt = oktaNow();
  return {
    source,
    assets,
    inventory,
    settings,
    tally,
    log,
    signal,
    oktaNow,
    startedAt,
    answeredSince: since(startedAt),
    believesEarlier: false,
  };
}

function refusingAmong(
  listed: ListedGroups | undefined,
  id: string | undefined,
): { readonly name: string } | undefined {
  const found = id === undefined ? undefined : listed?.peopled.find(({ group }) => group.id === id);
  return found && { name: found.group.name ?? found.group.id };
}

/** Some orgs list the members of their administrators, most do not; one call finds out. */
async function learnAdministrators(run: ListParts, { peopled, sizes }: ListedGroups): Promise<void> {
  const administrators = peopled.filter(({ group }) => isAdministrators(group));
  if (administrators.length === 0) return;
  const { lacksAdministrators } = await readMembers(run, administrators);
  if (!lacksAdministrators) sizes.administratorsAreListed();
}

interface CountedUsers {
  readonly listed: number;
  readonly notDeactivated: number;
  /** The ids of the role holders. */
  readonly holders: readonly string[];
}

async function countUsers(
  run: Pick<Run, 'source' | 'signal'>,
  holds: ReadonlySet<string> | undefined,
): Promise<CountedUsers> {
  const holders: string[] = [];
  let [listed, notDeactivated] = [0, 0];
  for await (const page of run.source.listUsers()) {
    for (const each of page) {
      if (each.kind !== 'user') continue;
      listed += 1;
      if (each.user.status !== 'DEPROVISIONED') notDeactivated += 1;
      if (holds?.has(each.user.id) === true) holders.push(each.user.id);
    }
    run.signal.throwIfAborted();
  }
  return { listed, notDeactivated, holders };
}

/**
 * Counts the role holders that are asked. Users whom a group's role makes Admin already are not, so the roles and
 * members of these groups matter.
 */
async function countHolders(
  run: ListParts,
  ids: readonly string[],
  listed: ListedGroups | undefined,
): Promise<Holders> {
  const mayHold = listed?.withRoles.filter(({ group }) => group.adminFlag !== false) ?? [];
  if (mayHold.length > 0 && mayHold.length <= FEW_GROUPS) {
    const groupRoles = new GroupRoles(run, false);
    const holds = await Promise.all(mayHold.map(({ group }) => groupRoles.mayHoldRoles(group.id)));
    const peopled = new Set(listed?.peopled);
    await readMembers(
      run,
      mayHold.filter((noted, index) => holds[index] === true && peopled.has(noted)),
    );
  }
  let asked = 0;
  for (const id of ids) if (!(await run.inventory.users.isAdminByGroups(id))) asked += 1;
  return { listed: ids.length, asked };
}

/** Guesses from sizes: that of Everyone for all users, those of groups with roles for the role holders. */
function guessUsers(
  { settings }: Pick<Run, 'settings'>,
  sizes: GroupSizes,
  counts: Pick<OrgFacts['listings'], 'start' | 'groups'>,
): Pick<OrgFacts, 'users' | 'holders' | 'listings'> {
  const listed = sizes.usersAtLeast;
  const holders = Math.min(listed, sizes.holders.members);
  const hasRoles = settings.lookups.has('roles');
  return {
    users: { listed, notDeactivated: listed },
    holders: { listed: holders, asked: holders },
    listings: {
      ...counts,
      users: listingCalls(ENDPOINTS.users, listed),
      roleHolders: hasRoles ? listingCalls(ENDPOINTS.roleHolders, holders) : NOTHING,
    },
  };
}
