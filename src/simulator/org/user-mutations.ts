import type { Change, ChangeDesk } from './change-desk.ts';
import type { JsonObject } from '../json.ts';
import { otherTarget, userTarget } from './log-event.ts';
import { sayNewAssignments } from './assignment-events.ts';
import { loseUser } from './device-mutations.ts';
import { leaveGroup } from './membership.ts';
import type { SimulatedUser } from './org-model.ts';
import type { UserChanges } from './org.ts';

export interface NewUser {
  /** Laid over a profile that is made up. */
  readonly profile?: JsonObject;
  readonly status?: 'ACTIVE' | 'STAGED' | 'PROVISIONED';
}

/** Users come and go; both move the membership stamp of Everyone. */
export function existenceMutations(desk: ChangeDesk) {
  const { org } = desk;
  return {
    createUser: ({ profile, status = 'ACTIVE' }: NewUser = {}): Change =>
      desk.change('createUser', (at) => {
        const user = org.addUser(newUser(profile, status, at), at);
        org.changeGroup(org.everyone, { lastMembershipUpdatedAt: at }, at);
        const target = userTarget(org, user);
        const rule = otherTarget('PolicyRule', desk.makeId('0pr'), 'Default Policy');
        const targets = desk.random.chance(0.5) ? [target, rule] : [target];
        desk.say({ eventType: 'user.lifecycle.create', targets });
        if (status !== 'STAGED') desk.say({ eventType: 'user.lifecycle.activate', targets: [target] });
        sayNewAssignments(desk, user);
        return { users: [user.id], groups: [] };
      }),

    /** The groups lose a member without an event of their own. */
    deleteUser: (userId: string): Change =>
      desk.change('deleteUser', (at) => {
        const user = desk.user(userId);
        if (user.status !== 'DEPROVISIONED') throw new Error(`${userId} is not deactivated: ${user.status}`);
        const targets = [userTarget(org, user)];
        desk.say({ eventType: 'user.lifecycle.delete.initiated', targets });
        const { groups } = user;
        const lastKnown = { ...user, groups: groups.map((group) => ({ ...group })) };
        for (const group of groups) leaveGroup(org, user, group, at);
        for (const device of org.assets.devicesOf(user)) loseUser(desk, device, user);
        org.removeUser(user, lastKnown, at);
        org.changeGroup(org.everyone, { lastMembershipUpdatedAt: at }, at);
        desk.say({ eventType: 'user.lifecycle.delete.completed', targets });
        return { users: [user.id], groups: groups.map((group) => group.id) };
      }),
  };
}

/** Changes of a user's own record; all but a log-in move `lastUpdated`. */
export function userMutations(desk: ChangeDesk) {
  const { org } = desk;
  return {
    updateProfile: (userId: string, patch: JsonObject): Change =>
      desk.change('updateProfile', (at) => {
        const user = desk.user(userId);
        const before = org.profile(user);
        org.changeUser(user, { patch: { ...user.patch, ...patch }, lastUpdatedAt: at }, at);
        const targets = [userTarget(org, user)];
        desk.say({ eventType: 'user.account.update_profile', targets });
        if (before['email'] !== org.profile(user)['email'])
          desk.say({ eventType: 'user.account.update_primary_email', targets });
        return { users: [user.id], groups: [] };
      }),

    /** A user who had to set a new password is active again. */
    changePassword: (userId: string): Change =>
      desk.change('changePassword', (at) => {
        const user = desk.user(userId);
        if (user.status === 'DEPROVISIONED') throw new Error(`${userId} is deactivated`);
        const wasAwaited = user.status === 'PASSWORD_EXPIRED' || user.status === 'RECOVERY';
        const status: UserChanges = wasAwaited ? { status: 'ACTIVE', statusChangedAt: at } : {};
        org.changeUser(user, { ...status, passwordChangedAt: at, lastUpdatedAt: at }, at);
        const target = userTarget(org, user);
        desk.say({ eventType: 'user.account.update_password', targets: [target], actor: target });
        return { users: [user.id], groups: [] };
      }),

    /** Moves `lastLogin`, which no index has, and the stamp of a device of the user. */
    logIn: (userId: string): Change =>
      desk.change('logIn', (at) => {
        const user = desk.user(userId);
        if (user.status !== 'ACTIVE') throw new Error(`${userId} cannot log in: ${user.status}`);
        user.lastLoginAt = at;
        const [device] = org.assets.devicesOf(user);
        if (device !== undefined) org.assets.changeDevice(device, { lastUpdatedAt: at }, at);
        desk.say({ eventType: 'user.session.start', targets: null, actor: userTarget(org, user) });
        return { users: [user.id], groups: [] };
      }),
  };
}

function newUser(
  patch: JsonObject | undefined,
  status: string,
  at: number,
): Omit<SimulatedUser, 'id' | 'number'> {
  const isActivated = status !== 'STAGED';
  return {
    status,
    createdAt: at,
    activatedAt: isActivated ? at : null,
    statusChangedAt: isActivated ? at : null,
    lastLoginAt: null,
    lastUpdatedAt: at,
    passwordChangedAt: status === 'ACTIVE' ? at : null,
    provider: 'OKTA',
    groups: [],
    factors: [],
    roles: [],
    patch,
  };
}
