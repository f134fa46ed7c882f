import { describe, expect, test } from 'vitest';
import {
  createMutations,
  createOrg,
  type Change,
  type LogEvent,
  type Mutations,
  type SimulatedGroup,
  type SimulatedOrg,
  type SimulatedUser,
} from '../index.ts';

const AT = Date.UTC(2026, 7, 21, 9, 30, 0, 123);

interface Scene {
  readonly org: SimulatedOrg;
  readonly mutations: Mutations;
  readonly user: SimulatedUser;
  readonly group: SimulatedGroup;
  readonly imported: SimulatedGroup;
}

function setScene(changes: Partial<SimulatedUser> = {}, log = {}): Scene {
  const org = createOrg({ users: 40, groups: 8, admins: 0, adminGroups: 1, deprovisionedShare: 0 });
  const mutations = createMutations(org, { now: () => AT, log: { noise: 0, oddTargets: 0, ...log } });
  const user = found(org.users[7]);
  for (const group of user.groups) group.members.splice(group.members.indexOf(user), 1);
  Object.assign(user, { status: 'ACTIVE', groups: [], factors: [], roles: [], ...changes });
  const plain = org.groups.filter((group) => group.roles.length === 0 && group.members.length > 0);
  const group = found(plain.find(({ type }) => type === 'OKTA_GROUP'));
  const imported = found(plain.find(({ type }) => type === 'APP_GROUP'));
  return { org, mutations, user, group, imported };
}

function found<T>(item: T | undefined): T {
  if (item === undefined) throw new Error('the scene lacks something');
  return item;
}

/** Which stamps of users and groups became the time of the change. */
function movedStamps({ org, user }: Scene): string[] {
  const ofUsers = org.users.flatMap((each) =>
    Object.entries(each)
      .filter(([name, value]) => name.endsWith('At') && value === AT)
      .map(([name]) => `${each === user ? 'user' : 'another user'} ${name}`),
  );
  const ofGroups = org.groups.flatMap((each) =>
    Object.entries(each)
      .filter(([name, value]) => name.endsWith('At') && value === AT)
      .map(([name]) => `${each === org.everyone ? 'Everyone' : 'group'} ${name}`),
  );
  return [...ofUsers, ...ofGroups].toSorted();
}

function typesOf(org: SimulatedOrg): string[] {
  return org.log.events.map(({ eventType }) => eventType);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function targetsOf(event: LogEvent | undefined): string[] {
  return (event?.target ?? [])
    .map((target) => `${textOf(target['type'])} ${textOf(target['id'])}`)
    .toSorted();
}

const STATUS = ['user lastUpdatedAt', 'user statusChangedAt'];
type Row = readonly [
  name: string,
  before: Partial<SimulatedUser>,
  act: (scene: Scene) => Change,
  stamps: readonly string[],
  events: readonly string[],
];
const OF_USERS: readonly Row[] = [
  [
    'updateProfile',
    {},
    ({ mutations, user }) => mutations.updateProfile(user.id, { title: 'Director' }),
    ['user lastUpdatedAt'],
    ['user.account.update_profile'],
  ],
  [
    'updateProfile with an address',
    {},
    ({ mutations, user }) => mutations.updateProfile(user.id, { email: 'new@example.com' }),
    ['user lastUpdatedAt'],
    ['user.account.update_profile', 'user.account.update_primary_email'],
  ],
  [
    'changePassword',
    {},
    ({ mutations, user }) => mutations.changePassword(user.id),
    ['user lastUpdatedAt', 'user passwordChangedAt'],
    ['user.account.update_password'],
  ],
  [
    'changePassword of an expired one',
    { status: 'PASSWORD_EXPIRED' },
    ({ mutations, user }) => mutations.changePassword(user.id),
    ['user lastUpdatedAt', 'user passwordChangedAt', 'user statusChangedAt'],
    ['user.account.update_password'],
  ],
  [
    'logIn',
    {},
    ({ mutations, user }) => mutations.logIn(user.id),
    ['user lastLoginAt'],
    ['user.session.start'],
  ],
  ['suspend', {}, ({ mutations, user }) => mutations.suspend(user.id), STATUS, ['user.lifecycle.suspend']],
  [
    'unsuspend',
    { status: 'SUSPENDED' },
    ({ mutations, user }) => mutations.unsuspend(user.id),
    STATUS,
    ['user.lifecycle.unsuspend'],
  ],
  ['lock', {}, ({ mutations, user }) => mutations.lock(user.id), STATUS, ['user.account.lock']],
  [
    'deactivate',
    { factors: ['push'] },
    ({ mutations, user }) => mutations.deactivate(user.id),
    STATUS,
    ['user.lifecycle.deactivate'],
  ],
  [
    'activateFactor',
    {},
    ({ mutations, user }) => mutations.activateFactor(user.id, 'push'),
    [],
    ['user.mfa.factor.activate'],
  ],
  [
    'deactivateFactor',
    { factors: ['push'] },
    ({ mutations, user }) => mutations.deactivateFactor(user.id, 'push'),
    [],
    ['user.mfa.factor.deactivate'],
  ],
  [
    'resetFactors',
    { factors: ['push', 'sms'] },
    ({ mutations, user }) => mutations.resetFactors(user.id),
    [],
    ['user.mfa.factor.reset_all'],
  ],
  [
    'grantUserRole',
    {},
    ({ mutations, user }) => mutations.grantUserRole(user.id, 'ORG_ADMIN'),
    [],
    ['user.account.privilege.grant'],
  ],
  [
    'bindCustomRole',
    {},
    ({ mutations, user }) => mutations.bindCustomRole({ userId: user.id }),
    [],
    ['iam.resourceset.bindings.add'],
  ],
];

describe('simulated org, mutations: a change of a user', () => {
  test.each(OF_USERS)(
    '%s moves its stamps only and is told as Okta does',
    (name, before, act, stamps, events) => {
      const scene = setScene(before);
      const change = act(scene);
      const [event] = scene.org.log.events;

      expect(movedStamps(scene)).toEqual(stamps);
      expect(typesOf(scene.org)).toEqual(events);
      expect(change).toEqual({
        kind: name.split(' ')[0],
        at: AT,
        users: [scene.user.id],
        groups: [],
        eventTypes: events,
      });
      expect(event).toMatchObject({
        published: '2026-08-21T09:30:00.123Z',
        outcome: { result: 'SUCCESS' },
        uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      });
      if (name !== 'logIn') expect(targetsOf(event)).toContain(`User ${scene.user.id}`);
    },
  );

  test('createUser makes a user whom every way of asking finds', () => {
    const { org, mutations } = setScene();
    org.user('nobody@example.com');
    const { users } = mutations.createUser({ profile: { login: 'New.One@example.com' } });
    const user = found(org.user('new.one@EXAMPLE.com'));

    expect(users).toEqual([user.id]);
    expect(user).toMatchObject({ status: 'ACTIVE', createdAt: AT, lastUpdatedAt: AT, number: 40 });
    expect(org.user(user.id)).toBe(user);
    expect(org.everyone.members.at(-1)).toBe(user);
    expect(org.everyone.lastMembershipUpdatedAt).toBe(AT);
    expect(typesOf(org)).toEqual(['user.lifecycle.create', 'user.lifecycle.activate']);
  });

  test('a login that is changed is found, and the old one is not', () => {
    const { org, mutations, user } = setScene();
    const old = textOf(org.profile(user)['login']);
    const before = org.user(old);
    mutations.updateProfile(user.id, { login: 'other@example.com' });

    expect([before, org.user(old), org.user('other@example.com')]).toEqual([user, undefined, user]);
  });

  test('deactivate takes the password and own roles, and leaves memberships and factors', () => {
    const { org, mutations, user, group } = setScene({ factors: ['push'] });
    mutations.addMember(group.id, user.id);
    mutations.grantUserRole(user.id);
    mutations.bindCustomRole({ userId: user.id });
    const { eventTypes } = mutations.deactivate(user.id);

    expect(eventTypes).toEqual(['user.lifecycle.deactivate', 'user.account.privilege.revoke']);
    expect(user).toMatchObject({
      status: 'DEPROVISIONED',
      passwordChangedAt: null,
      roles: [],
      factors: ['push'],
    });
    expect(org.groupsOf(user)).toEqual([org.everyone, group]);
    expect(() => mutations.deactivate(user.id)).toThrow('no deactivate');
    expect(mutations.reactivate(user.id, 'PROVISIONED').eventTypes[0]).toMatch(
      /^user\.lifecycle\.(re)?activate$/,
    );
    expect(user).toMatchObject({ status: 'PROVISIONED', activatedAt: AT });
  });

  test('unlock says who did it, or not', () => {
    const { mutations, user } = setScene({ status: 'LOCKED_OUT' });

    expect(mutations.unlock(user.id).eventTypes[0]).toMatch(/^user\.account\.unlock(_by_admin)?$/);
    expect(user.status).toBe('ACTIVE');
  });

  test('deleteUser, after deactivation only, leaves the user in nothing', () => {
    const { org, mutations, user, group } = setScene();
    mutations.addMember(group.id, user.id);
    expect(() => mutations.deleteUser(user.id)).toThrow('not deactivated');
    mutations.deactivate(user.id);
    const change = mutations.deleteUser(user.id);

    expect(change).toMatchObject({ users: [user.id], groups: [group.id] });
    expect(change.eventTypes).toEqual(['user.lifecycle.delete.initiated', 'user.lifecycle.delete.completed']);
    expect(org.user(user.id)).toBeUndefined();
    expect(org.groups.some(({ members }) => members.includes(user))).toBe(false);
    expect(org.removed.get(user.id)).toMatchObject({ id: user.id, groups: [{ id: group.id }] });
  });
});

describe('simulated org, mutations: a change of roles', () => {
  test('tells what is held now when one of several is taken away, and revokes the last only', () => {
    const { org, mutations, user } = setScene();
    mutations.grantUserRole(user.id, 'ORG_ADMIN');
    mutations.grantUserRole(user.id, 'APP_ADMIN');
    mutations.revokeUserRole(user.id, user.roles[0]?.id);
    mutations.revokeUserRole(user.id);

    expect(org.log.events.map(({ eventType, debugContext }) => [eventType, debugContext])).toEqual([
      ['user.account.privilege.grant', granted('Organization Administrator')],
      ['user.account.privilege.grant', granted('Organization Administrator, Application Administrator')],
      ['user.account.privilege.grant', granted('Application Administrator')],
      ['user.account.privilege.revoke', { debugData: {} }],
    ]);
    expect(user.roles).toEqual([]);
    expect(() => mutations.revokeUserRole(user.id)).toThrow('no such role');
  });

  test('of a group touches its members and moves no stamp', () => {
    const scene = setScene();
    const { org, mutations, group } = scene;
    const change = mutations.grantGroupRole(group.id, 'REPORT_ADMIN');

    expect(change).toMatchObject({ users: group.members.map(({ id }) => id), groups: [group.id] });
    expect(mutations.revokeGroupRole(group.id).eventTypes).toEqual(['group.privilege.revoke']);
    expect(typesOf(org)[0]).toBe('group.privilege.grant');
    expect(targetsOf(org.log.events[0])).toEqual([`UserGroup ${group.id}`]);
    expect(movedStamps(scene)).toEqual([]);
  });

  test('that is custom is a binding; its new name reaches whoever holds it', () => {
    const { org, mutations, user, group } = setScene();
    mutations.bindCustomRole({ groupId: group.id }, { label: 'Ops' });
    const roleId = found(group.roles[0]?.role);
    mutations.bindCustomRole({ userId: user.id }, { roleId });
    const change = mutations.changeCustomRole(roleId, 'Operations');
    const labels = [...user.roles, ...group.roles].map(({ label }) => label);
    mutations.unbindCustomRole({ groupId: group.id });

    expect(labels).toEqual(['Operations', 'Operations']);
    expect(change.users.toSorted()).toEqual([user.id, ...group.members.map(({ id }) => id)].toSorted());
    expect(targetsOf(org.log.events[2])).toEqual([`CUSTOM_ROLE ${roleId}`]);
    expect(typesOf(org)).toEqual([
      'iam.resourceset.bindings.add',
      'iam.resourceset.bindings.add',
      'iam.role.update',
      'iam.resourceset.bindings.delete',
    ]);
    expect(group.roles).toEqual([]);
  });

  test('keeps the built-in administrators equal to who holds one', () => {
    const org = createOrg({ users: 30, oktaAdministratorsGroup: true, admins: 0 });
    const mutations = createMutations(org, { now: () => AT });
    const isAdmin = (user: SimulatedUser): boolean => org.rolesOf(user).length > 0;
    for (let seed = 0; seed < 10; seed += 1) {
      mutations.randomChanges(20, seed);

      expect(org.oktaAdministrators?.members).toEqual(org.users.filter(isAdmin));
    }
  });
});

describe('simulated org, mutations: a change of a group', () => {
  test('renameGroup moves its stamp and touches its members', () => {
    const scene = setScene();
    const { mutations, group } = scene;
    const change = mutations.renameGroup(group.id, { description: 'new' });

    expect(change).toMatchObject({
      users: group.members.map(({ id }) => id),
      eventTypes: ['group.profile.update'],
    });
    expect(group).toMatchObject({ description: 'new', lastUpdatedAt: AT });
    expect(movedStamps(scene)).toEqual(['group lastUpdatedAt']);
  });

  test('a membership moves the membership stamp of the group alone', () => {
    const scene = setScene();
    const { org, mutations, user, group } = scene;
    mutations.addMember(group.id, user.id);
    const joined = group.members.map(({ number }) => number);
    const change = mutations.removeMember(group.id, user.id);

    expect(joined).toEqual(joined.toSorted((one, other) => one - other));
    expect(change).toMatchObject({ users: [user.id], groups: [group.id] });
    expect(typesOf(org)).toEqual(['group.user_membership.add', 'group.user_membership.remove']);
    expect(targetsOf(org.log.events[0])).toEqual([`User ${user.id}`, `UserGroup ${group.id}`]);
    expect(org.log.events[0]?.target).toContainEqual(
      expect.objectContaining({ id: group.id, alternateId: 'unknown', displayName: group.name }),
    );
    expect(movedStamps(scene)).toEqual(['group lastMembershipUpdatedAt']);
    expect(group.members).not.toContain(user);
  });

  test('an import has words of its own', () => {
    const { mutations, user, imported } = setScene();
    const changes = [
      mutations.addMember(imported.id, user.id),
      mutations.removeMember(imported.id, user.id),
      mutations.renameGroup(imported.id, { name: 'Imported' }),
      mutations.deleteGroup(imported.id),
      mutations.createGroup({ name: 'Imported', type: 'APP_GROUP' }),
    ];

    expect(changes.flatMap(({ eventTypes }) => eventTypes)).toEqual([
      'app.user_management',
      'app.user_management',
      'app.user_management.user_group_import.upsert_success',
      'app.user_management.user_group_import.delete_success',
      'system.import.group.create',
    ]);
  });

  test('deleteGroup takes it from everybody; createGroup makes one that can be joined', () => {
    const { org, mutations, user, group } = setScene();
    const change = mutations.deleteGroup(group.id);
    const { groups } = mutations.createGroup({ name: 'New' });
    mutations.addMember(found(groups[0]), user.id);

    expect(change.users).toHaveLength(group.members.length);
    expect(org.users.some((each) => each.groups.includes(group))).toBe(false);
    expect([org.group(group.id), org.groups.includes(group)]).toEqual([undefined, false]);
    expect(user.groups.map(({ name }) => name)).toEqual(['New']);
    expect(typesOf(org).slice(0, 2)).toEqual(['group.lifecycle.delete', 'group.lifecycle.create']);
    expect(() => mutations.renameGroup(org.everyone.id, { name: 'All' })).toThrow('built in');
  });
});

function granted(privilegeGranted: string) {
  return { debugData: { privilegeGranted } };
}
