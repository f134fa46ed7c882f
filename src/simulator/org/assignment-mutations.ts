import { followAssignments, sayAppGroup, sayAppUser } from './assignment-events.ts';
import { appUserOf } from './assets/app-users.ts';
import type { AwsProfile, SimulatedApp, SimulatedAppGroup } from './assets/asset-model.ts';
import { awsProfile } from './assets/make-apps.ts';
import type { Change, ChangeDesk, Touched } from './change-desk.ts';
import type { SimulatedGroup, SimulatedUser } from './org-model.ts';

const NOBODY: Touched = { users: [], groups: [] };

/** The words of the log for some of the statuses of an assignment. */
const WAYS: Readonly<Record<string, string>> = {
  APPROVED: 'approve',
  DEPROVISIONED: 'deprovision',
  PROVISIONED: 'provision',
  REVOKED: 'revoke',
};

/** Assignments of users to apps. No event of a user changes with them. */
export function assignmentMutations(desk: ChangeDesk) {
  const { org } = desk;
  return {
    /** Also where a group gives the app already: then the assignment is the user's own from now on. */
    assignUser: (appId: string, userId: string, profile?: AwsProfile): Change =>
      desk.change('assignUser', (at) => {
        const [app, user] = [desk.app(appId), desk.user(userId)];
        if (app.ownUsers.get(user.id)?.scope === 'USER') throw new Error(`${userId} has ${appId} already`);
        if (user.status === 'DEPROVISIONED') throw new Error(`${userId} is deactivated`);
        app.ownUsers.set(user.id, { scope: 'USER', createdAt: at, ...(profile ?? profileFor(desk, app)) });
        app.userChanges.delete(user.id);
        sayAppUser(desk, app, user, { way: 'add' });
        return NOBODY;
      }),

    /** Where a group gives the app too, Okta assigns it anew. */
    unassignUser: (appId: string, userId: string): Change =>
      desk.change('unassignUser', (at) => {
        const [app, user] = [desk.app(appId), desk.user(userId)];
        if (!app.ownUsers.delete(user.id)) throw new Error(`${userId} has no own ${appId}`);
        app.userChanges.delete(user.id);
        sayAppUser(desk, app, user, { way: 'remove' });
        if (appUserOf(org, app, user) === undefined) return NOBODY;
        app.userChanges.set(user.id, { at });
        sayAppUser(desk, app, user, { way: 'add', isJob: true });
        return NOBODY;
      }),

    changeAppUser: (appId: string, userId: string, status: string): Change =>
      desk.change('changeAppUser', (at) => {
        const [app, user] = [desk.app(appId), desk.user(userId)];
        if (appUserOf(org, app, user) === undefined) throw new Error(`${userId} has no ${appId}`);
        app.userChanges.set(user.id, { status, at });
        sayAppUser(desk, app, user, { way: WAYS[status] ?? 'update' });
        return NOBODY;
      }),
  };
}

/** Assignments of groups; those of their members follow. */
export function groupAssignmentMutations(desk: ChangeDesk) {
  return {
    /** A group may be assigned several times, for several roles. */
    assignGroup: (appId: string, groupId: string, profile?: AwsProfile): Change =>
      desk.change('assignGroup', (at) => {
        const [app, group] = [desk.app(appId), desk.group(groupId)];
        return followAssignments(desk, [app], group.members, () => {
          app.groups = [...app.groups, newEntry(app, group, at, profile ?? profileFor(desk, app))];
          sayAppGroup(desk, app, group, 'add');
          return NOBODY;
        });
      }),

    unassignGroup: (appId: string, groupId: string): Change =>
      desk.change('unassignGroup', () => {
        const [app, group] = [desk.app(appId), desk.group(groupId)];
        findEntry(app, group);
        return followAssignments(desk, [app], group.members, () => {
          app.groups = app.groups.filter((each) => each.group !== group);
          sayAppGroup(desk, app, group, 'remove');
          return NOBODY;
        });
      }),

    /** Its priority or roles: of a group with several assignments, those of the first. */
    changeAppGroup: (
      appId: string,
      groupId: string,
      changes: AwsProfile & { readonly priority?: number },
    ): Change =>
      desk.change('changeAppGroup', (at) => {
        const [app, group] = [desk.app(appId), desk.group(groupId)];
        const entry = findEntry(app, group);
        return followAssignments(desk, [app], membersOf(app), () => {
          const changed = { ...entry, ...changes, lastUpdatedAt: at };
          app.groups = app.groups.map((each) => (each === entry ? changed : each));
          sayAppGroup(desk, app, group, 'update');
          return NOBODY;
        });
      }),
  };
}

/** A changed priority may change the role of whoever is in several groups. */
function membersOf(app: SimulatedApp): readonly SimulatedUser[] {
  return [...new Set(app.groups.flatMap(({ group }) => group.members))];
}

function newEntry(
  app: SimulatedApp,
  group: SimulatedGroup,
  at: number,
  profile: AwsProfile,
): SimulatedAppGroup {
  const number = Math.max(-1, ...app.groups.map((each) => each.number)) + 1;
  return { number, group, priority: number, lastUpdatedAt: at, ...profile };
}

function findEntry(app: SimulatedApp, group: SimulatedGroup): SimulatedAppGroup {
  const entry = app.groups.find((each) => each.group === group);
  if (entry === undefined) throw new Error(`${group.id} has no ${app.id}`);
  return entry;
}

function profileFor({ random }: ChangeDesk, app: SimulatedApp): AwsProfile {
  return app.kind.isAws ? awsProfile(random, random.below(9)) : {};
}
