import type { Graph } from './graph.ts';
import {
  isLimitable,
  isRoleAssignment,
  readRoleAssignments,
  type RoleAssignment,
} from './role-assignments.ts';

/** Edges of BloodHound's Okta extension from administrators to all that their standard roles let them change. */
interface AdminEdge {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

type Reached = 'users' | 'groups' | 'apps' | 'devices';

/** The reach of each role, and the kind of its edges. `Okta_SuperAdmin` leads to the org, so it is no part of this. */
const POWERS: Readonly<Record<string, { readonly kind: string; readonly over: readonly Reached[] }>> = {
  APP_ADMIN: { kind: 'Okta_AppAdmin', over: ['apps'] },
  GROUP_MEMBERSHIP_ADMIN: { kind: 'Okta_GroupMembershipAdmin', over: ['groups'] },
  HELP_DESK_ADMIN: { kind: 'Okta_HelpDeskAdmin', over: ['users'] },
  MOBILE_ADMIN: { kind: 'Okta_MobileAdmin', over: ['devices'] },
  ORG_ADMIN: { kind: 'Okta_OrgAdmin', over: ['users', 'groups', 'devices'] },
  USER_ADMIN: { kind: 'Okta_GroupAdmin', over: ['users', 'groups'] },
};

const TARGETS: Readonly<Record<string, Reached>> = {
  okta_app_user_group: 'groups',
  okta_application: 'apps',
  okta_device: 'devices',
  okta_user: 'users',
  okta_user_group: 'groups',
};

/** All assignments of one role to one user or group. */
interface Power {
  readonly kind: string;
  readonly from: string;
  readonly over: readonly Reached[];
  isWhole: boolean;
  readonly groups: Set<string>;
  readonly apps: Set<string>;
}

interface KnownApps {
  /** Ids of the applications of each name in Okta's catalogue. */
  readonly appsNamed: ReadonlyMap<string, readonly string[]>;
}

/**
 * Users and groups that hold a role are out of reach for all of these roles, and so are those of whom nobody knows: an
 * edge says that somebody may. An assignment whose limits are not known reaches nothing.
 */
export function* adminEdges(graph: Graph, { appsNamed }: KnownApps): Generator<AdminEdge> {
  const powers = powersIn(graph, appsNamed);
  if (powers.length === 0) return;
  const outOfReach = new Set<string>();
  for (const { type, all } of graph.entities) {
    const target = TARGETS[type];
    if (target === undefined) continue;
    const isGuarded = target === 'users' || target === 'groups';
    for (const { _key: to, properties } of all()) {
      if (isGuarded && properties['hasRoles'] !== false) outOfReach.add(to);
      else
        for (const power of powers)
          if (reaches(power, target, to)) yield { kind: power.kind, from: power.from, to };
    }
  }
  yield* toMembers(graph, powers, outOfReach);
}

function reaches({ over, isWhole, groups, apps }: Power, target: Reached, id: string): boolean {
  if (!over.includes(target)) return false;
  return isWhole || (target === 'groups' && groups.has(id)) || (target === 'apps' && apps.has(id));
}

/** A role that is limited to groups reaches their members, each once. */
function* toMembers(
  { relationships }: Graph,
  powers: readonly Power[],
  outOfReach: ReadonlySet<string>,
): Generator<AdminEdge> {
  const limited = powers
    .filter(({ over, isWhole, groups }) => !isWhole && over.includes('users') && groups.size > 0)
    .map((power) => ({ ...power, told: new Set<string>() }));
  if (limited.length === 0) return;
  for (const { type, all } of relationships) {
    if (type !== 'okta_group_has_user') continue;
    for (const { _fromEntityKey: group, _toEntityKey: to } of all()) {
      if (outOfReach.has(to)) continue;
      for (const { kind, from, groups, told } of limited) {
        if (!groups.has(group) || told.has(to)) continue;
        told.add(to);
        yield { kind, from, to };
      }
    }
  }
}

function powersIn({ relationships }: Graph, appsNamed: KnownApps['appsNamed']): readonly Power[] {
  const powers = new Map<string, Power>();
  for (const { type, all } of relationships) {
    if (!isRoleAssignment(type)) continue;
    for (const { _key, _fromEntityKey: from, _toEntityKey: role, properties } of all()) {
      const roleType = role.slice('okta_role:'.length);
      const found = POWERS[roleType];
      if (found === undefined) continue;
      const power = { ...found, from, isWhole: false, groups: new Set<string>(), apps: new Set<string>() };
      for (const each of readRoleAssignments(properties['assignments']))
        if (each.status === 'ACTIVE') extend(power, roleType, each, appsNamed);
      powers.set(_key, power);
    }
  }
  return [...powers.values()];
}

function extend(
  power: Power,
  roleType: string,
  { targets }: RoleAssignment,
  appsNamed: KnownApps['appsNamed'],
): void {
  const { groups = [], apps = [] } = targets ?? {};
  if (!isLimitable(roleType) || (targets !== undefined && groups.length + apps.length === 0))
    power.isWhole = true;
  for (const id of groups) power.groups.add(id);
  for (const { id, name = '' } of apps)
    for (const each of id === undefined ? (appsNamed.get(name) ?? []) : [id]) power.apps.add(each);
}
