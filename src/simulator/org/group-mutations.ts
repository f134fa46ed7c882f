import type { Change, ChangeDesk } from './change-desk.ts';
import { followAssignments, loseGroup } from './assignment-events.ts';
import { groupTarget, otherTarget, SYSTEM, userTarget } from './log-event.ts';
import { joinGroup, leaveGroup, syncAdministrators } from './membership.ts';
import type { GroupType, SimulatedGroup, SimulatedUser } from './org-model.ts';
import { sayUserPrivileges } from './privileges.ts';

export interface NewGroup {
  readonly name: string;
  readonly description?: string | null;
  readonly type?: Exclude<GroupType, 'BUILT_IN'>;
}

/** Changes of groups: an import makes those of application groups, and says so in its own way. */
export function groupMutations(desk: ChangeDesk) {
  const { org } = desk;
  return {
    createGroup: ({ name, description, type = 'OKTA_GROUP' }: NewGroup): Change =>
      desk.change('createGroup', (at) => {
        const stamps = { createdAt: at, lastUpdatedAt: at, lastMembershipUpdatedAt: at };
        const group = org.addGroup({ type, name, description, ...stamps, members: [], roles: [] }, at);
        sayGroup(desk, group, 'group.lifecycle.create', 'system.import.group.create');
        return { users: [], groups: [group.id] };
      }),

    renameGroup: (groupId: string, changes: { name?: string; description?: string | null }): Change =>
      desk.change('renameGroup', (at) => {
        const group = ownGroup(desk, groupId);
        org.changeGroup(group, { ...changes, lastUpdatedAt: at }, at);
        sayGroup(desk, group, 'group.profile.update', `${IMPORT}.upsert_success`);
        return { users: idsOf(group.members), groups: [group.id] };
      }),

    deleteGroup: (groupId: string): Change =>
      desk.change('deleteGroup', (at) => {
        const group = ownGroup(desk, groupId);
        const apps = org.assets.appsOfGroup(group);
        followAssignments(desk, apps, group.members, () => {
          remove(desk, group, at);
          for (const app of apps) loseGroup(desk, app, group);
        });
        return { users: idsOf(group.members), groups: [group.id] };
      }),

    addMember: (groupId: string, userId: string): Change =>
      desk.change('addMember', (at) => {
        const [group, user] = [ownGroup(desk, groupId), desk.user(userId)];
        if (user.groups.includes(group)) throw new Error(`${userId} is in ${groupId} already`);
        return followAssignments(desk, org.assets.appsOfGroup(group), [user], () => {
          joinGroup(org, user, group, at);
          return sayMembership(desk, group, user, 'add', at);
        });
      }),

    removeMember: (groupId: string, userId: string): Change =>
      desk.change('removeMember', (at) => {
        const [group, user] = [ownGroup(desk, groupId), desk.user(userId)];
        if (!user.groups.includes(group)) throw new Error(`${userId} is not in ${groupId}`);
        return followAssignments(desk, org.assets.appsOfGroup(group), [user], () => {
          leaveGroup(org, user, group, at);
          return sayMembership(desk, group, user, 'remove', at);
        });
      }),
  };
}

function remove(desk: ChangeDesk, group: SimulatedGroup, at: number): void {
  desk.org.removeGroup(group, at);
  for (const user of group.members) user.groups = user.groups.filter((each) => each !== group);
  if (group.roles.length > 0) syncAdministrators(desk.org, group.members, at);
  sayGroup(desk, group, 'group.lifecycle.delete', `${IMPORT}.delete_success`);
}

const IMPORT = 'app.user_management.user_group_import';

/** Nobody changes the built-in ones. */
function ownGroup(desk: ChangeDesk, groupId: string): SimulatedGroup {
  const group = desk.group(groupId);
  if (group.type === 'BUILT_IN') throw new Error(`${groupId} is built in`);
  return group;
}

function idsOf(users: readonly SimulatedUser[]): string[] {
  return users.map((user) => user.id);
}

function sayGroup(desk: ChangeDesk, group: SimulatedGroup, eventType: string, ofImport: string): void {
  const isImported = group.type === 'APP_GROUP';
  const targets = isImported ? [groupTarget(group), directory()] : [groupTarget(group)];
  desk.say({
    eventType: isImported ? ofImport : eventType,
    targets,
    ...(isImported ? { actor: SYSTEM } : {}),
  });
}

function directory() {
  return otherTarget('AppInstance', '0oaSimulatedDirectory', 'corp.example.net');
}

/**
 * Of an import only `app.user_management` tells, and not always whom it concerned. A role that comes or goes with a
 * membership is told of in half of the cases: Okta's notes name cases in which it is not.
 */
function sayMembership(
  desk: ChangeDesk,
  group: SimulatedGroup,
  user: SimulatedUser,
  way: 'add' | 'remove',
  at: number,
) {
  const targets = [userTarget(desk.org, user), groupTarget(group)];
  if (group.type === 'APP_GROUP') {
    const told = desk.random.chance(0.5) ? targets : targets.slice(1);
    desk.say({ eventType: 'app.user_management', targets: [...told, directory()], actor: SYSTEM });
  } else {
    desk.say({ eventType: `group.user_membership.${way}`, targets });
    if (group.roles.length > 0 && desk.random.chance(0.5)) sayUserPrivileges(desk, user);
  }
  if (group.roles.length > 0) syncAdministrators(desk.org, [user], at);
  return { users: [user.id], groups: [group.id] };
}
