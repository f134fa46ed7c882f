import { planAssets, type PlannedAssets, type AssetQuestion } from './asset-calls.ts';
import { canHave } from '../enrich/needs.ts';
import { PER_USER_LOOKUPS, USER_LOOKUPS, type Lookup, type PerUserLookup } from '../ports/org.ts';
import { ASKED_AT, ENDPOINTS, type Endpoint } from '../okta/endpoints.ts';
import { sumOf, type Calls } from './call-counts.ts';
import { chooseGroupsWay, type GroupSizes } from './group-sizes.ts';

/** The users who hold a role, by the org's own list. */
export interface Holders {
  /** The number of such users who are read. */
  readonly listed: number;
  /** The number of them who are asked for their own roles, because no group's role makes them Admin already. */
  readonly asked: number;
}

/** Everything that the number of calls depends on. */
export interface OrgFacts {
  /** The calls that each listing takes, counted or estimated. */
  readonly listings: Readonly<Record<'start' | 'users' | 'groups' | 'roleHolders', Calls>>;
  readonly users: { readonly listed: number; readonly notDeactivated: number };
  /** The number of users selected by groups, where settings select any. */
  readonly selected?: number | undefined;
  /** Absent where groups are not listed. */
  readonly sizes: GroupSizes | undefined;
  /** Absent where there is no such list, so that every user is asked. */
  readonly holders: Holders | undefined;
  /** A group that refused to list its members when last asked. */
  readonly refusing?: { readonly name: string } | undefined;
  /** True when all groups are asked for roles, whatever their flag says. */
  readonly isVerifying: boolean;
  /** Absent where nothing but users is read. */
  readonly assets?: PlannedAssets | undefined;
  /** How often changes are asked for during the run. */
  readonly polls: number;
}

interface Alternative {
  readonly way: string;
  readonly calls: number;
}

/** One question of a run: how it will be asked, and what other ways would have cost. */
export interface PlannedQuestion {
  readonly question: Lookup | AssetQuestion | 'start' | 'users' | 'memberships' | 'changes';
  readonly way: string;
  readonly why: string;
  readonly calls: Calls;
  readonly alternatives: readonly Alternative[];
}

type LookupSet = ReadonlySet<Lookup>;

/** Every question of a full run with these lookups, with its calls when nothing fails. */
export function planQuestions(facts: OrgFacts, lookups: LookupSet): readonly PlannedQuestion[] {
  const questions = [
    start(facts),
    users(facts),
    groups(facts, lookups),
    memberships(facts, lookups),
    groupRoles(facts, lookups),
    roles(facts, lookups),
    ...PER_USER_LOOKUPS.map((lookup) => onePerUser(lookup, facts, lookups)),
    ...(facts.assets === undefined ? [] : planAssets(facts.assets, facts.users.listed)),
    changes(facts, lookups),
  ];
  return questions.filter((question) => question !== undefined);
}

export function planCalls(facts: OrgFacts, lookups: LookupSet): Calls {
  return sumOf(planQuestions(facts, lookups).map(({ calls }) => calls));
}

/** The lookups that remain when one is left out: `group-roles` goes with `groups`. */
export function lookupsWithout(lookup: Lookup, lookups: LookupSet): LookupSet {
  const out: readonly Lookup[] = lookup === 'groups' ? ['groups', 'group-roles'] : [lookup];
  return new Set([...lookups].filter((each) => !out.includes(each)));
}

/**
 * The calls of a connector that knows no cheaper way: every lookup for each user, and one call for each group of each
 * user.
 */
export function naiveCalls({ users: { listed }, sizes }: OrgFacts): number {
  const groupsPerUser = (sizes?.memberships ?? 0) / Math.max(1, sizes?.users ?? listed);
  return Math.round(listed / ENDPOINTS.users.page + listed * (USER_LOOKUPS.length + groupsPerUser));
}

function callsTo({ template }: Pick<Endpoint, 'template'>, count: number): Calls {
  return new Map([[template, count]]);
}

function start({ listings }: OrgFacts): PlannedQuestion {
  const calls = sumOf([listings.start, callsTo(ENDPOINTS.log, 1)]);
  return {
    question: 'start',
    way: 'once',
    why: "the org's id and clock, its System Log",
    calls,
    alternatives: [],
  };
}

function users({ listings, users: { listed } }: OrgFacts): PlannedQuestion {
  const why = `no call gives more than ${ENDPOINTS.users.page} users`;
  const alternatives = [{ way: 'one by one', calls: listed }];
  return {
    question: 'users',
    way: `in pages of ${ENDPOINTS.users.page}`,
    why,
    calls: listings.users,
    alternatives,
  };
}

function groups({ listings, sizes }: OrgFacts, lookups: LookupSet): PlannedQuestion | undefined {
  if (!lookups.has('groups') && !lookups.has('roles')) return undefined;
  const why = sizes === undefined ? 'they cannot be listed' : 'with sizes and admin flags';
  return {
    question: 'groups',
    way: `in pages of ${ENDPOINTS.groups.page}`,
    why,
    calls: listings.groups,
    alternatives: [],
  };
}

function memberships(facts: OrgFacts, lookups: LookupSet): PlannedQuestion | undefined {
  const { sizes } = facts;
  if (!lookups.has('groups')) return sizes === undefined ? undefined : membersOfRoleGroups(facts, lookups);
  const perUser = callsTo(ENDPOINTS.groupsOfUser, facts.users.listed);
  const one = { question: 'memberships', way: 'per user', calls: perUser } as const;
  if (sizes === undefined) return { ...one, why: 'the groups cannot be listed', alternatives: [] };
  const choice = chooseGroupsWay(sizes, facts.selected);
  const byGroup = choice.byGroup ?? 0;
  const ways = {
    perUser: { way: 'per user', calls: facts.users.listed },
    byGroup: { way: 'by group', calls: byGroup },
  };
  if (choice.byGroup === undefined) return { ...one, why: 'not every size is known', alternatives: [] };
  if (choice.way === 'per-user') {
    const why = `by group the members of ${sizes.count} groups would take ${byGroup} calls`;
    return { ...one, why, alternatives: [ways.byGroup] };
  }
  if (facts.refusing !== undefined) {
    const why = `the group ${facts.refusing.name} would not list its members, which costs ${facts.users.listed} calls instead of ${byGroup}`;
    const calls = sumOf([perUser, callsTo(ENDPOINTS.membersOfGroup, 1)]);
    return { ...one, calls, why, alternatives: [ways.byGroup] };
  }
  const asked = sizes.hasAdministrators ? (facts.holders?.listed ?? 0) : 0;
  const calls = sumOf([callsTo(ENDPOINTS.membersOfGroup, byGroup), callsTo(ENDPOINTS.groupsOfUser, asked)]);
  const exception = sizes.hasAdministrators
    ? '; Okta Administrators does not list its members, so that role holders are asked for their groups'
    : '';
  const why = `up to ${ENDPOINTS.membersOfGroup.page.toLocaleString('en-GB')} members a call, and Everyone and empty groups cost nothing${exception}`;
  return { question: 'memberships', way: 'by group', why, calls, alternatives: [ways.perUser] };
}

/** For runs that want roles but not groups. */
function membersOfRoleGroups({ sizes, holders }: OrgFacts, lookups: LookupSet): PlannedQuestion | undefined {
  if (!lookups.has('roles') || sizes === undefined) return undefined;
  const calls = callsTo(ENDPOINTS.membersOfGroup, sizes.holders.memberCalls);
  const alternatives = [{ way: 'all groups', calls: sizes.memberCalls ?? 0 }];
  const why = holders === undefined ? 'roles through groups' : 'roles through groups need no call a user';
  return { question: 'memberships', way: 'of groups that hold roles', why, calls, alternatives };
}

function groupRoles({ sizes, isVerifying }: OrgFacts, lookups: LookupSet): PlannedQuestion | undefined {
  if (!lookups.has('group-roles') && !lookups.has('roles')) return undefined;
  if (sizes === undefined) return undefined;
  const all = sizes.toAskForRoles + sizes.flaggedWithout;
  const asked = isVerifying ? all : sizes.toAskForRoles;
  const way = asked === all ? 'every group' : 'groups whose admin flag does not say no';
  const why = isVerifying ? 'this run verifies the admin flags (VERIFY_GROUP_ROLES)' : 'each group once';
  const alternatives = [
    { way: 'every group', calls: all },
    { way: 'each group of each user', calls: sizes.memberships },
  ];
  const calls = callsTo(ENDPOINTS.rolesOfGroup, asked);
  return {
    question: 'group-roles',
    way,
    why,
    calls,
    alternatives: alternatives.filter((other) => other.way !== way),
  };
}

function roles(facts: OrgFacts, lookups: LookupSet): PlannedQuestion | undefined {
  if (!lookups.has('roles')) return undefined;
  const {
    holders,
    sizes,
    users: { listed },
    listings,
  } = facts;
  const perUser = { way: 'per user', calls: listed };
  const isBlind = !lookups.has('groups') && sizes?.administratorsMayHoldRoles === true;
  if (holders === undefined || isBlind) {
    const why = isBlind
      ? 'a group that holds roles does not list its members'
      : 'the org has no list of role holders';
    const calls = sumOf([listings.roleHolders, callsTo(ENDPOINTS.rolesOfUser, listed)]);
    return { question: 'roles', way: 'per user', why, calls, alternatives: [] };
  }
  const spared = holders.listed - holders.asked;
  const why =
    spared === 0
      ? 'the org lists who holds roles'
      : `the org lists who holds roles; ${spared} are Admin by a group already`;
  const calls = sumOf([listings.roleHolders, callsTo(ENDPOINTS.rolesOfUser, holders.asked)]);
  return { question: 'roles', way: 'role holders only', why, calls, alternatives: [perUser] };
}

function onePerUser(
  lookup: PerUserLookup,
  { users: { listed, notDeactivated } }: OrgFacts,
  lookups: LookupSet,
): PlannedQuestion | undefined {
  if (!lookups.has(lookup)) return undefined;
  const isOfAll = canHave(lookup, 'DEPROVISIONED');
  const exception = isOfAll ? '' : '; deactivated users have none';
  const why = `Okta has no call that tells the ${lookup} of many${exception}`;
  const calls = callsTo(ASKED_AT[lookup], isOfAll ? listed : notDeactivated);
  return { question: lookup, way: 'per user', why, calls, alternatives: [] };
}

/** A long run asks for changes in between. */
function changes({ polls }: OrgFacts, lookups: LookupSet): PlannedQuestion | undefined {
  if (polls === 0) return undefined;
  const hasGroups = lookups.has('groups') || lookups.has('roles');
  const endpoints = [ENDPOINTS.log, ENDPOINTS.users, ...(hasGroups ? [ENDPOINTS.groups] : [])];
  const calls = sumOf(endpoints.map((endpoint) => callsTo(endpoint, polls)));
  const why = 'every FREQUENCY while the run lasts; what has changed by then comes on top';
  return { question: 'changes', way: 'in three calls', why, calls, alternatives: [] };
}
