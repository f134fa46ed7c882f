import { PER_USER_LOOKUPS } from '../ports/org.ts';
import type { Lookup, PerUserLookup, User, UserLookup } from '../ports/org.ts';
import { byName } from './by-name.ts';

/** Does Okta have an answer about deactivated users? Without one they are not asked, which is no failure. */
const ASKS_DEACTIVATED: Readonly<Record<PerUserLookup, boolean>> = {
  factors: false,
};

/** Can a user of this status have an answer? */
export function canHave(lookup: PerUserLookup, status: string | undefined): boolean {
  return status !== 'DEPROVISIONED' || ASKS_DEACTIVATED[lookup];
}

/** The way in which a user's groups are learnt: from members read by group, by asking for the user, or not at all. */
type GroupsWay = 'by-membership' | 'per-user' | 'not-asked';

/** The users who hold roles, by the org's own list. */
export interface Assignees {
  readonly ids: ReadonlySet<string>;
  readonly readAt: number;
}

/** Facts about the whole org that are known before a user's own lookups. */
export interface DirectoryFacts {
  readonly groups: GroupsWay;
  /** Absent where there is no such list, so that every user is asked. */
  readonly assignees: Assignees | undefined;
  /**
   * Users whom that list names because of their groups, each with the time from which on an earlier answer holds that
   * there are no roles of the user's own.
   */
  readonly namedByGroups: ReadonlyMap<string, number>;
  /**
   * Users who are asked for their groups even when these are read by membership, because a group refuses to list its
   * members.
   */
  readonly askGroupsOf: ReadonlySet<string>;
}

type PerUserNeeds = Readonly<Record<PerUserLookup, 'ask' | 'not-asked' | 'done'>>;

/** The next step for each answer. `done`: it is there already in this run; `later`: when the whole org is known. */
export interface Needs extends PerUserNeeds {
  readonly groups: 'ask' | 'by-membership' | 'not-asked' | 'done' | 'later';
  /**
   * `none-held`: the org's list of role holders does not name the user, which is an answer without a call. Against
   * known roles of the user's own it is none, since the list may be late.
   */
  readonly roles: 'ask' | 'none-held' | 'not-asked' | 'done' | 'later';
}

type Asked = Readonly<Record<UserLookup, boolean>>;

/** The part of the earlier answers about a user that decides what is asked now. */
interface KnownOfUser {
  /** The answers that still hold. */
  readonly asked: Asked;
  readonly holdsOwnRoles: boolean;
}

/** The lookups that one user still needs. */
export function needsOf(
  user: User,
  known: DirectoryFacts | undefined,
  lookups: ReadonlySet<Lookup>,
  { asked, holdsOwnRoles }: KnownOfUser,
): Needs {
  return {
    ...byName(PER_USER_LOOKUPS, (lookup) => perUserOf(lookup, user, lookups, asked)),
    groups: groupsOf(user, known, asked),
    roles: rolesOf(user, known, lookups, { asked, holdsOwnRoles }),
  };
}

function perUserOf(
  lookup: PerUserLookup,
  { status }: User,
  lookups: ReadonlySet<Lookup>,
  asked: Asked,
): Needs[PerUserLookup] {
  if (!lookups.has(lookup) || !canHave(lookup, status)) return 'not-asked';
  return asked[lookup] ? 'done' : 'ask';
}

function groupsOf(user: User, known: DirectoryFacts | undefined, asked: Asked): Needs['groups'] {
  if (known === undefined) return 'later';
  if (known.groups === 'per-user' || known.askGroupsOf.has(user.id)) return asked.groups ? 'done' : 'ask';
  return known.groups;
}

function rolesOf(
  user: User,
  known: DirectoryFacts | undefined,
  lookups: ReadonlySet<Lookup>,
  { asked, holdsOwnRoles }: KnownOfUser,
): Needs['roles'] {
  if (!lookups.has('roles')) return 'not-asked';
  if (known === undefined) return 'later';
  const isNamed = known.assignees === undefined || known.assignees.ids.has(user.id);
  if (!isNamed && !holdsOwnRoles) return 'none-held';
  return asked.roles ? 'done' : 'ask';
}
