import type { Group, Role, UserFacets } from '../ports/org.ts';
import { byCodeUnit } from './facets.ts';

/** One role of a user, and how it is held. */
export interface Assignment {
  readonly role: Role;
  readonly assigned: 'direct' | 'group';
  /** The group through which it is held, where Okta names it. */
  readonly groupId: string | undefined;
}

/** `isWhole`: every answer that could add a role is known. */
export interface Assignments {
  readonly list: readonly Assignment[];
  readonly isWhole: boolean;
}

function asHeld(role: Role): Assignment {
  const isThroughGroup = role.assignmentType === 'GROUP';
  return {
    role,
    assigned: isThroughGroup ? 'group' : 'direct',
    groupId: isThroughGroup ? role.assigneeGroupId : undefined,
  };
}

function throughGroup({ id: groupId }: Group, roles: readonly Role[]): Assignment[] {
  return roles.map((role) => ({ role, assigned: 'group', groupId }));
}

/** The same assignment may come with the user's own roles and with the group's; it counts once. */
function isNamedBy(others: readonly Assignment[], { role, groupId, assigned }: Assignment): boolean {
  if (assigned === 'direct') return false;
  return others.some(
    (other) =>
      other.role.id === role.id &&
      other.assigned === 'group' &&
      (other.groupId === groupId || groupId === undefined),
  );
}

function inOrder(list: Assignment[]): readonly Assignment[] {
  const keyOf = ({ role, assigned, groupId }: Assignment): string =>
    JSON.stringify([role.id, assigned, groupId, role.type, role.label, role.status]);
  return list
    .map((assignment) => ({ key: keyOf(assignment), assignment }))
    .sort((left, right) => byCodeUnit(left.key, right.key))
    .map(({ assignment }) => assignment);
}

/** Every known role of a user, held directly or through a group, and whether these are all. */
export function assignmentsOf({ roles, groups }: UserFacets): Assignments {
  const own = roles.kind === 'known' ? roles.value.roles.map(asHeld) : [];
  const inherited =
    groups.kind === 'known'
      ? groups.value.flatMap(({ group, roles: held }) =>
          held.kind === 'known' ? throughGroup(group, held.value) : [],
        )
      : [];
  const list = [...own.filter((held) => !isNamedBy(inherited, held)), ...inherited];
  const isEveryGroupKnown =
    groups.kind === 'known' && groups.value.every(({ roles: held }) => held.kind === 'known');
  const isWhole = roles.kind === 'known' && (roles.value.includesGroups || isEveryGroupKnown);
  return { list: inOrder(list), isWhole };
}
