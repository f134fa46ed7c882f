import type { Json } from '../../json.ts';
import type { OrgPeople, SimulatedGroup, SimulatedUser } from '../org-model.ts';
import { createRandom, mix } from '../random.ts';
import type { AwsProfile, SimulatedApp } from './asset-model.ts';

/** A user's assignment to an app, as Okta shows it. */
export interface SimulatedAppUser extends AwsProfile {
  readonly user: SimulatedUser;
  readonly scope: 'USER' | 'GROUP';
  readonly status: string;
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
}

export const APP_USER_STATUSES = [
  'ACTIVE',
  'APPROVED',
  'DEPROVISIONED',
  'IMPLICIT',
  'IMPORTED',
  'INACTIVE',
  'MATCHED',
  'PENDING',
  'PROVISIONED',
  'REVOKED',
  'STAGED',
  'SUSPENDED',
  'UNASSIGNED',
] as const;

/**
 * Assignments through groups are worked out and not stored: a group of thousands costs nothing. Okta makes them once a
 * user is activated, and takes every assignment away when the user is deactivated.
 */
export function appUserOf(
  org: OrgPeople,
  app: SimulatedApp,
  user: SimulatedUser,
): SimulatedAppUser | undefined {
  const own = app.ownUsers.get(user.id);
  const entries = app.groups.filter(({ group }) => isMember(org, group, user));
  if (own === undefined && (entries.length === 0 || !mayHoldThroughGroups(user))) return undefined;
  const change = app.userChanges.get(user.id);
  const createdAt =
    own?.createdAt ?? Math.max(user.createdAt ?? 0, ...entries.map((each) => each.lastUpdatedAt));
  return {
    user,
    scope: own?.scope ?? 'GROUP',
    status: change?.status ?? drawnStatus(org, app, user),
    createdAt,
    lastUpdatedAt: Math.max(createdAt, change?.at ?? 0),
    ...(own === undefined ? mergeProfiles(entries) : { role: own.role, samlRoles: own.samlRoles }),
  };
}

/** In the order of the users' numbers. */
export function usersOfApp(org: OrgPeople, app: SimulatedApp): SimulatedUser[] {
  return usersAround(org, app).filter((user) => appUserOf(org, app, user) !== undefined);
}

/** Those and all others to whom a group gives the app. */
export function usersAround(org: OrgPeople, app: SimulatedApp): readonly SimulatedUser[] {
  if (app.groups.some(({ group }) => group === org.everyone)) return org.users;
  const users = new Set(app.groups.flatMap(({ group }) => group.members));
  for (const id of app.ownUsers.keys()) {
    const user = org.user(id);
    if (user !== undefined) users.add(user);
  }
  return [...users].sort((one, other) => one.number - other.number);
}

function isMember(org: OrgPeople, group: SimulatedGroup, user: SimulatedUser): boolean {
  return group === org.everyone || user.groups.includes(group);
}

function mayHoldThroughGroups({ status }: SimulatedUser): boolean {
  return status !== 'STAGED' && status !== 'DEPROVISIONED';
}

/** Okta merges: the role of the entry that comes first, and all roles of SAML. */
function mergeProfiles(entries: readonly (AwsProfile & { readonly priority: number })[]): AwsProfile {
  const [first, ...others] = entries.toSorted((one, other) => one.priority - other.priority);
  if (first === undefined) return {};
  const samlRoles = [first, ...others].flatMap((each): readonly Json[] => each.samlRoles ?? []);
  return {
    role: first.role,
    ...(samlRoles.length === 0 ? {} : { samlRoles: [...new Set(samlRoles)] }),
  };
}

function drawnStatus(org: OrgPeople, app: SimulatedApp, user: SimulatedUser): string {
  const random = createRandom(mix(mix(org.seed, 41 + app.number), user.number));
  if (random.chance(0.05)) return random.pick(APP_USER_STATUSES);
  return app.kind.features === undefined ? 'ACTIVE' : 'PROVISIONED';
}
