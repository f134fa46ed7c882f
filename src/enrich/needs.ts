import type { Lookup, User } from '../ports.ts';

/** How the groups of a user are learnt: from members read by group, by asking for the user, or not at all. */
export type GroupsWay = 'by-membership' | 'per-user' | 'not-asked';

/** Who holds roles by the org's own list: everyone is asked where there is no such list. */
export interface Assignees {
  readonly ids: ReadonlySet<string>;
  readonly readAt: number;
}

export interface Needs {
  readonly groups: GroupsWay;
  readonly factors: boolean;
  /** `none-held`: the org's list of role holders does not name the user, which is an answer without a call. */
  readonly roles: 'ask' | 'none-held' | 'not-asked';
}

export interface Known {
  readonly groups: GroupsWay;
  readonly assignees: Assignees | undefined;
  /** Users asked for their groups although these are read by membership: a group refuses to list its members. */
  readonly askGroupsOf: ReadonlySet<string>;
}

/** Which lookups one user still needs. A deactivated user has no factors: not asked is not failed. */
export function needsOf(user: User, known: Known, lookups: ReadonlySet<Lookup>): Needs {
  const isNamed = known.assignees === undefined || known.assignees.ids.has(user.id);
  const roles = isNamed ? 'ask' : 'none-held';
  return {
    groups: known.groups === 'by-membership' && known.askGroupsOf.has(user.id) ? 'per-user' : known.groups,
    factors: lookups.has('factors') && user.status !== 'DEPROVISIONED',
    roles: lookups.has('roles') ? roles : 'not-asked',
  };
}
