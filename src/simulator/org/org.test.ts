import { describe, expect, test } from 'vitest';
import { createOrg } from '../index.ts';
import { userBody } from '../okta/user-body.ts';

describe('simulated org, org: a simulated org', () => {
  test('is the same for the same seed, and another for another', () => {
    const describeAll = (seed: number): string => {
      const org = createOrg({ seed, users: 60, oddUsers: true });
      const users = org.users.map((user) => [
        userBody(org, user, 'https://x'),
        user.factors,
        org.rolesOf(user),
        org.groupsOf(user).map((group) => group.id),
      ]);
      return JSON.stringify(
        [users, org.groups.map((group) => ({ ...group, members: group.members.map((user) => user.id) }))],
        skipGroups,
      );
    };

    expect(describeAll(3)).toBe(describeAll(3));
    expect(describeAll(3)).not.toBe(describeAll(4));
  });

  test('has ids and logins that are all different, in the form of Okta', () => {
    const org = createOrg({ users: 5_000, groups: 300, oddUsers: true });

    expect(new Set(org.users.map((user) => user.id)).size).toBe(5_000);
    expect(new Set(org.groups.map((group) => group.id)).size).toBe(301);
    expect(new Set(org.users.map((user) => org.profile(user)['login'])).size).toBe(5_000);
    expect(org.users.every((user) => /^00u[0-9A-Za-z]{17}$/.test(user.id))).toBe(true);
  });

  test('knows memberships the same from both sides', () => {
    const org = createOrg({ users: 300, groups: 40, oktaAdministratorsGroup: true, oddUsers: true });
    const fromUsers = org.users.flatMap((user) =>
      org.groupsOf(user).map((group) => `${group.id} ${user.id}`),
    );
    const fromGroups = org.groups.flatMap((group) => group.members.map((user) => `${group.id} ${user.id}`));

    expect(fromGroups.toSorted()).toEqual(fromUsers.toSorted());
    expect(
      org.groups.every((group) =>
        group.members.every(
          (user, index) => index === 0 || user.number > (group.members[index - 1]?.number ?? 0),
        ),
      ),
    ).toBe(true);
  });

  test('has the sizes it was asked for', () => {
    const org = createOrg({
      users: 2_000,
      groups: 150,
      groupsPerUser: 12,
      adminGroups: 10,
      admins: 40,
      deprovisionedShare: 0.1,
    });
    const joined = org.users.reduce((sum, user) => sum + user.groups.length, 0);
    const deprovisioned = org.users.filter((user) => user.status === 'DEPROVISIONED').length;

    expect(joined / 2_000).toBeCloseTo(12, 0);
    expect(org.groups.filter((group) => group.roles.length > 0)).toHaveLength(10);
    expect(org.users.filter((user) => user.roles.length > 0)).toHaveLength(40);
    expect(deprovisioned).toBeGreaterThan(150);
    expect(deprovisioned).toBeLessThan(250);
    expect(org.groups.filter((group) => group.members.length === 0).length).toBeGreaterThan(0);
  });

  test('merges the roles of a user with those of the groups', () => {
    const org = createOrg({ users: 300 });
    const group = org.groups.find((each) => each.roles.length > 0 && each.members.length > 0);
    const member = group?.members[0];
    const held = member === undefined ? [] : org.rolesOf(member);

    expect(held.filter((role) => role.through === group).map((role) => role.grant)).toEqual(group?.roles);
  });

  test('holds the odd users it promises', () => {
    const org = createOrg({ users: 2_000, groups: 300, oddUsers: true, brokenUsers: true });
    const profiles = org.users.map((user) => org.profile(user));
    const emails = profiles.map((profile) => profile['email']);

    expect(emails).toEqual(expect.arrayContaining([undefined, null, '', 'no-at-sign']));
    expect(profiles.some((profile) => Object.hasOwn(profile, '__proto__'))).toBe(true);
    expect(profiles.some((profile) => typeof profile['displayName'] === 'object')).toBe(true);
    expect(new Set(org.users.map((user) => user.status)).size).toBe(9);
    expect(org.users.some((user) => user.groups.length > 250)).toBe(true);
    expect(org.users.some((user) => user.createdAt === 0)).toBe(true);
    expect(org.groups.some((group) => (group.description ?? '').length > 20_000)).toBe(true);
    expect(profiles.filter((profile) => !profile['login'])).toHaveLength(3);
  });

  test('may have 100,000 users', () => {
    const org = createOrg({ users: 100_000, groups: 500, groupsPerUser: 12, oddUsers: true });

    expect(org.everyone.members).toHaveLength(100_000);
  });
});

/** Memberships are listed apart; as they stand they go round in circles. */
function skipGroups(key: string, value: unknown): unknown {
  return key === 'groups' || key === 'through' ? undefined : value;
}
