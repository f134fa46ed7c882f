import type { SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { SimulatedOrg } from './org.ts';
import { positionAfter } from '../okta/paging.ts';

/** Moves the group's membership stamp and none of the user's. */
export function joinGroup(org: SimulatedOrg, user: SimulatedUser, group: SimulatedGroup, at: number): void {
  org.changeGroup(group, { lastMembershipUpdatedAt: at }, at);
  group.members.splice(positionAfter(group.members, user.number), 0, user);
  user.groups = [...user.groups, group];
}

export function leaveGroup(org: SimulatedOrg, user: SimulatedUser, group: SimulatedGroup, at: number): void {
  org.changeGroup(group, { lastMembershipUpdatedAt: at }, at);
  const position = positionAfter(group.members, user.number) - 1;
  if (group.members[position] === user) group.members.splice(position, 1);
  user.groups = user.groups.filter((each) => each !== group);
}

/** Okta keeps the built-in group of administrators equal to who holds a role. */
export function syncAdministrators(org: SimulatedOrg, users: readonly SimulatedUser[], at: number): void {
  const group = org.oktaAdministrators;
  if (group === undefined) return;
  for (const user of users) {
    const isMember = user.groups.includes(group);
    const isAdmin = org.rolesOf(user).length > 0;
    if (isAdmin && !isMember) joinGroup(org, user, group, at);
    if (!isAdmin && isMember) leaveGroup(org, user, group, at);
  }
}
