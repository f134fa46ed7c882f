import { describe, expect, test } from 'vitest';
import { createMutations, createOrg, type SimulatedOrg } from '../index.ts';

const AT = Date.UTC(2026, 7, 21, 9);
const ORG = {
  users: 300,
  groups: 30,
  oktaAdministratorsGroup: true,
  oddUsers: true,
  deprovisionedShare: 0.1,
};

function describeOrg(org: SimulatedOrg): string {
  const users = org.users.map((user) => [
    { ...user, groups: user.groups.map(({ id }) => id) },
    org.profile(user),
    org.rolesOf(user).map(({ grant }) => grant),
  ]);
  const groups = org.groups.map((group) => ({ ...group, members: group.members.map(({ id }) => id) }));
  return JSON.stringify([users, groups, org.log.events]);
}

describe('simulated org, random changes', () => {
  test('are the same for the same seed, and another for another', () => {
    const make = (seed: number): string => {
      const org = createOrg(ORG);
      const mutations = createMutations(org, { now: () => AT, seed: 5 });
      return JSON.stringify(mutations.randomChanges(200, seed)) + describeOrg(org);
    };

    expect(make(1)).toBe(make(1));
    expect(make(1)).not.toBe(make(2));
  });

  test('are of all kinds, or of those asked for', () => {
    const mutations = createMutations(createOrg(ORG), { now: () => AT });
    const kinds = mutations.randomChanges(1_000).map(({ kind }) => kind);
    const chosen = mutations.randomChanges(20, 3, ['resetFactors', 'renameGroup']).map(({ kind }) => kind);

    expect(new Set(kinds).size).toBe(26);
    expect(new Set(chosen)).toEqual(new Set(['resetFactors', 'renameGroup']));
  });

  test('leave the org at one with itself, and the log with more than was done', () => {
    const org = createOrg(ORG);
    const mutations = createMutations(org, { now: () => AT });
    const changes = mutations.randomChanges(1_500, 4);
    const fromUsers = org.users.flatMap((user) => org.groupsOf(user).map(({ id }) => `${id} ${user.id}`));
    const fromGroups = org.groups.flatMap(({ id, members }) => members.map((user) => `${id} ${user.id}`));
    const told = changes.flatMap(({ eventTypes }) => eventTypes);
    const outcomes = new Set(org.log.events.map(({ outcome }) => JSON.stringify(outcome)));

    expect(fromGroups.toSorted()).toEqual(fromUsers.toSorted());
    for (const { members } of org.groups)
      expect(members).toEqual(members.toSorted((one, other) => one.number - other.number));
    expect(org.users.every((user) => org.user(user.id) === user && !org.removed.has(user.id))).toBe(true);
    expect(org.log.events.length).toBeGreaterThan(told.length + 200);
    expect(outcomes.size).toBeGreaterThan(2);
    expect(org.log.events.some(({ target }) => target === null)).toBe(true);
  });

  test('say of every change that an event would tell whom it touched', () => {
    const org = createOrg(ORG);
    const mutations = createMutations(org, { now: () => AT });
    const look = (): Map<string, string> =>
      new Map(
        org.users.map((user) => {
          const groups = org.groupsOf(user).map(({ id, name, description }) => [id, name, description]);
          const said = [
            user.status,
            user.factors,
            user.lastLoginAt,
            user.passwordChangedAt,
            org.profile(user),
          ];
          return [user.id, JSON.stringify([said, groups, org.rolesOf(user).map(({ grant }) => grant)])];
        }),
      );
    for (let before = look(), seed = 0; seed < 150; seed += 1) {
      const [change] = mutations.randomChanges(1, seed);
      const after = look();
      const isTold = (id: string): boolean => change?.users.includes(id) ?? false;
      const others = [...new Set([...before.keys(), ...after.keys()])].filter((id) => !isTold(id));
      const differing = others.filter((id) => before.get(id) !== after.get(id));

      expect([change?.kind, differing]).toEqual([change?.kind, []]);
      before = after;
    }
  });

  test('stay fast in an org of 100,000 users', () => {
    const org = createOrg({ users: 100_000, groups: 500, groupsPerUser: 12 });
    const mutations = createMutations(org, { now: () => AT });
    mutations.randomChanges(1_000, 6);

    expect(org.log.events.length).toBeGreaterThan(1_000);
  });
});
