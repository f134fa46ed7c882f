import { describe, expect, test } from 'vitest';
import { createMutations, createOrg } from '../index.ts';
import { appUserOf } from './assets/app-users.ts';

const AT = Date.UTC(2026, 7, 21, 9);

/** An org without assignments: what is there, a test has made. */
function setScene() {
  const org = createOrg({ users: 40, groups: 6, deprovisionedShare: 0, devices: 4, rules: 2 });
  const mutations = createMutations(org, { now: () => AT, log: { noise: 0, oddTargets: 0 } });
  mutations.createApp({ name: 'amazon_aws' });
  const app = found(org.assets.apps[0]);
  const group = found(
    org.groups.find(({ members }) => members.filter(({ status }) => status === 'ACTIVE').length > 2),
  );
  const user = found(group.members.find(({ status }) => status === 'ACTIVE'));
  return { org, mutations, app, group, user, entry: () => appUserOf(org, app, user) };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the org has none');
  return value;
}

describe('simulated org, mutations: assignments', () => {
  test('of a group bring an event for each member, of a job and a moment later', () => {
    const { org, mutations, app, group, entry } = setScene();
    const { eventTypes } = mutations.assignGroup(app.id, group.id, { samlRoles: ['Admin'] });
    const [, cause, first] = org.log.events;
    const present = group.members.filter(({ status }) => status !== 'STAGED');

    expect(eventTypes).toEqual([
      'group.application_assignment.add',
      ...present.map(() => 'application.user_membership.add'),
    ]);
    expect(entry()).toMatchObject({ scope: 'GROUP', samlRoles: ['Admin'], createdAt: AT });
    expect(first).toMatchObject({ transaction: { type: 'JOB' }, actor: { type: 'SystemPrincipal' } });
    expect(Date.parse(first?.published ?? '')).toBeGreaterThan(Date.parse(cause?.published ?? ''));
    expect(first?.target?.map(({ type }) => type).toSorted()).toEqual(['AppInstance', 'AppUser', 'User']);
  });

  test('of a user on top of a group are the user’s own, and come back through the group', () => {
    const { mutations, app, group, user, entry } = setScene();
    mutations.assignGroup(app.id, group.id);
    const direct = mutations.assignUser(app.id, user.id);
    const scopes = [entry()?.scope];
    const ended = mutations.unassignUser(app.id, user.id);
    scopes.push(entry()?.scope);

    expect(scopes).toEqual(['USER', 'GROUP']);
    expect(direct.eventTypes).toEqual(['application.user_membership.add']);
    expect(ended.eventTypes).toEqual([
      'application.user_membership.remove',
      'application.user_membership.add',
    ]);
  });

  test('end when the user is deactivated, and those of groups begin again', () => {
    const { mutations, app, group, user, entry } = setScene();
    mutations.assignGroup(app.id, group.id);
    mutations.assignUser(app.id, user.id);
    const gone = mutations.deactivate(user.id);
    const whileGone = entry();
    const back = mutations.reactivate(user.id);

    expect(gone.eventTypes).toContain('application.user_membership.remove');
    expect(whileGone).toBeUndefined();
    expect(back.eventTypes.at(-1)).toBe('application.user_membership.add');
    expect(entry()?.scope).toBe('GROUP');
  });

  test('change their roles with the group’s, and their status by a word of its own', () => {
    const { mutations, app, group, user, entry } = setScene();
    mutations.assignGroup(app.id, group.id, { samlRoles: ['Admin'] });
    const changed = mutations.changeAppGroup(app.id, group.id, { samlRoles: ['Billing'] });
    const revoked = mutations.changeAppUser(app.id, user.id, 'REVOKED');

    expect(changed.eventTypes.slice(0, 2)).toEqual([
      'group.application_assignment.update',
      'application.user_membership.update',
    ]);
    expect(revoked.eventTypes).toEqual(['application.user_membership.revoke']);
    expect(entry()).toMatchObject({ status: 'REVOKED', samlRoles: ['Billing'] });
  });
});

describe('simulated org, mutations: apps, rules and devices', () => {
  test('an app is deleted only when it is inactive', () => {
    const { org, mutations, app } = setScene();

    expect(() => mutations.deleteApp(app.id)).toThrow('not deactivated');
    expect(
      [mutations.deactivateApp(app.id), mutations.deleteApp(app.id)].flatMap(({ eventTypes }) => eventTypes),
    ).toEqual(['application.lifecycle.deactivate', 'application.lifecycle.delete']);
    expect(org.assets.apps).toEqual([]);
  });

  test('a rule changes in silence, until Okta finds it invalid', () => {
    const { org, mutations, group } = setScene();
    const rule = found(org.assets.rules[0]);
    const silent = [
      mutations.changeRule(rule.id, { groupIds: [group.id] }),
      mutations.createRule({ groupIds: [group.id] }),
      mutations.deleteRule(found(org.assets.rules[1]).id),
    ];

    expect(silent.flatMap(({ eventTypes }) => eventTypes)).toEqual([]);
    expect(mutations.breakRule(rule.id).eventTypes).toEqual(['group.user_membership.rule.invalidate']);
    expect(rule).toMatchObject({ status: 'INVALID', lastUpdatedAt: AT, groupIds: [group.id] });
  });

  test('a device moves its stamp with a sign-in too, and touches its users', () => {
    const { org, mutations, user } = setScene();
    const made = mutations.createDevice([user.id]);
    const [device] = org.assets.devicesOf(user);
    Object.assign(found(device), { lastUpdatedAt: 0 });
    mutations.logIn(user.id);

    expect(made).toMatchObject({
      users: [user.id],
      eventTypes: ['device.enrollment.create', 'device.user.add'],
    });
    expect(device?.lastUpdatedAt).toBe(AT);
    expect(org.assets.devicesAsOf(AT - 1).find(({ id }) => id === device?.id)).toBeUndefined();
    expect(mutations.changeDeviceStatus(found(device).id, 'DEACTIVATED').users).toEqual([user.id]);
    expect(mutations.deleteDevice(found(device).id).eventTypes).toEqual(['device.lifecycle.delete']);
  });
});
