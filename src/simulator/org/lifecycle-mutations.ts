import type { Change, ChangeDesk } from './change-desk.ts';
import { followAssignments } from './assignment-events.ts';
import { SYSTEM, userTarget } from './log-event.ts';
import { syncAdministrators } from './membership.ts';
import type { SimulatedUser } from './org-model.ts';
import type { UserChanges } from './org.ts';
import { sayUserPrivileges } from './privileges.ts';

interface Transition {
  readonly kind: string;
  readonly from: (status: string) => boolean;
  readonly to: string;
  readonly eventType: string;
}

const isActive = (status: string): boolean => status === 'ACTIVE';
const isDeprovisioned = (status: string): boolean => status === 'DEPROVISIONED';

/** Changes of status; each moves `statusChanged` and `lastUpdated`. */
export function lifecycleMutations(desk: ChangeDesk) {
  return {
    suspend: (userId: string): Change =>
      move(desk, userId, {
        kind: 'suspend',
        from: isActive,
        to: 'SUSPENDED',
        eventType: 'user.lifecycle.suspend',
      }),

    unsuspend: (userId: string): Change =>
      move(desk, userId, {
        kind: 'unsuspend',
        from: (status) => status === 'SUSPENDED',
        to: 'ACTIVE',
        eventType: 'user.lifecycle.unsuspend',
      }),

    lock: (userId: string): Change =>
      move(desk, userId, { kind: 'lock', from: isActive, to: 'LOCKED_OUT', eventType: 'user.account.lock' }),

    unlock: (userId: string): Change =>
      move(desk, userId, {
        kind: 'unlock',
        from: (status) => status === 'LOCKED_OUT',
        to: 'ACTIVE',
        eventType: desk.random.pick(['user.account.unlock', 'user.account.unlock_by_admin']),
      }),

    /**
     * As Okta's help ("Deactivate and delete user accounts") has it: the password and the assignments to applications are
     * gone and the user's own roles are revoked; memberships, and so roles through groups, stay, and factors stay until the user is deleted.
     */
    deactivate: (userId: string): Change => {
      const change = {
        kind: 'deactivate',
        from: (status: string) => !isDeprovisioned(status),
        to: 'DEPROVISIONED',
        eventType: 'user.lifecycle.deactivate',
      };
      return move(desk, userId, change, { passwordChangedAt: null }, (user, at) => {
        for (const { ownUsers } of desk.org.assets.apps) ownUsers.delete(user.id);
        if (user.roles.length === 0) return;
        user.roles = [];
        sayUserPrivileges(desk, user);
        syncAdministrators(desk.org, [user], at);
      });
    },

    /** Without a password the user is only PROVISIONED until the first log-in. */
    reactivate: (userId: string, to: 'ACTIVE' | 'PROVISIONED' = 'ACTIVE'): Change => {
      const eventType = desk.random.pick(['user.lifecycle.activate', 'user.lifecycle.reactivate']);
      const change = { kind: 'reactivate', from: isDeprovisioned, to, eventType };
      return move(desk, userId, change, (at) => ({ activatedAt: at }));
    },
  };
}

function move(
  desk: ChangeDesk,
  userId: string,
  { kind, from, to, eventType }: Transition,
  more: UserChanges | ((at: number) => UserChanges) = {},
  then?: (user: SimulatedUser, at: number) => void,
): Change {
  return desk.change(kind, (at) => {
    const user = desk.user(userId);
    if (!from(user.status)) throw new Error(`no ${kind} for ${userId}: ${user.status}`);
    const changes = typeof more === 'function' ? more(at) : more;
    return followAssignments(desk, desk.org.assets.appsAround(user), [user], () => {
      desk.org.changeUser(user, { ...changes, status: to, statusChangedAt: at, lastUpdatedAt: at }, at);
      const targets = [userTarget(desk.org, user)];
      desk.say({ eventType, targets, ...(kind === 'lock' ? { actor: SYSTEM } : {}) });
      then?.(user, at);
      return { users: [user.id], groups: [] };
    });
  });
}
