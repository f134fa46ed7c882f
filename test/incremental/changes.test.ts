import { describe, expect } from 'vitest';
import type { Change, Mutations, SimulatedOrg, SimulatedUser } from '../../src/simulator/index.ts';
import { test } from '../whole-job/stage.fixture.ts';
import { changing, mostCalls, touchedBy } from './changing-stage.fixture.ts';

const ORG = { users: 60, groups: 8, groupsPerUser: 2, adminGroups: 3, admins: 6, deprovisionedShare: 0.1 };

type Make = (mutations: Mutations, org: SimulatedOrg) => Change;

function first<T>(list: readonly T[], fits: (item: T) => boolean): T {
  const found = list.find(fits);
  if (found === undefined) throw new Error('the org has none that fits');
  return found;
}

const isActive = ({ status }: SimulatedUser): boolean => status === 'ACTIVE';
const anybody = (org: SimulatedOrg): SimulatedUser =>
  first(org.users, (user) => isActive(user) && user.factors.length > 1 && user.roles.length === 0);
const anAdmin = (org: SimulatedOrg): SimulatedUser =>
  first(org.users, (user) => isActive(user) && user.roles.some(({ role }) => role === undefined));
const aGroup = (org: SimulatedOrg) =>
  first(
    org.groups,
    ({ type, members, roles }) => type === 'OKTA_GROUP' && members.length > 3 && roles.length === 0,
  );
const anAdminGroup = (org: SimulatedOrg) =>
  first(
    org.groups,
    ({ type, members, roles }) => type !== 'BUILT_IN' && members.length > 1 && roles.length > 0,
  );

const CHANGES: Readonly<Record<string, Make>> = {
  'a new user': (make) => make.createUser(),
  'a profile': (make, org) => make.updateProfile(anybody(org).id, { displayName: 'Renamed' }),
  'a password': (make, org) => make.changePassword(anybody(org).id),
  'a suspension': (make, org) => make.suspend(anybody(org).id),
  'a lock': (make, org) => make.lock(anybody(org).id),
  'a deactivation': (make, org) => make.deactivate(anybody(org).id),
  'the deactivation of an admin': (make, org) => make.deactivate(anAdmin(org).id),
  'a reactivation': (make, org) =>
    make.reactivate(first(org.users, (user) => user.status === 'DEPROVISIONED').id),
  'a factor activated': (make, org) =>
    make.activateFactor(
      first(org.users, (user) => isActive(user) && user.factors.length === 0).id,
      'webauthn',
    ),
  'factors reset': (make, org) => make.resetFactors(anybody(org).id),
  'a new group': (make) => make.createGroup({ name: 'New' }),
  'a renamed group': (make, org) => make.renameGroup(aGroup(org).id, { name: 'Renamed' }),
  'a deleted group': (make, org) => make.deleteGroup(aGroup(org).id),
  'a deleted group that held roles': (make, org) => make.deleteGroup(anAdminGroup(org).id),
  'a member who comes': (make, org) =>
    make.addMember(
      aGroup(org).id,
      first(org.users, (user) => isActive(user) && !user.groups.includes(aGroup(org))).id,
    ),
  'a member who leaves': (make, org) =>
    make.removeMember(aGroup(org).id, first(aGroup(org).members, isActive).id),
  'a member who comes to a group that holds roles': (make, org) =>
    make.addMember(anAdminGroup(org).id, anybody(org).id),
  'a member who leaves a group that holds roles': (make, org) =>
    make.removeMember(anAdminGroup(org).id, first(anAdminGroup(org).members, isActive).id),
  'an admin who leaves a group that holds roles': (make, org) => {
    const user = anAdmin(org);
    const group = first(org.groups, (each) => each.roles.length > 0 && each.type !== 'BUILT_IN');
    make.addMember(group.id, user.id);
    return make.removeMember(group.id, user.id);
  },
  'a role granted': (make, org) => make.grantUserRole(anybody(org).id),
  'a role revoked': (make, org) => make.revokeUserRole(anAdmin(org).id),
  "a group's role granted": (make, org) => make.grantGroupRole(aGroup(org).id),
  "a group's role revoked": (make, org) =>
    make.revokeGroupRole(first(org.groups, ({ roles }) => roles.some(({ role }) => role === undefined)).id),
  'a custom role bound to a user': (make, org) => make.bindCustomRole({ userId: anybody(org).id }),
  'a custom role bound to a group': (make, org) => make.bindCustomRole({ groupId: aGroup(org).id }),
  'a custom role renamed': (make, org) => {
    const custom = org.groups.flatMap(({ roles }) => roles).find(({ type }) => type === 'CUSTOM');
    return make.changeCustomRole(custom?.role ?? '', 'Renamed role');
  },
};

/** One org each, whose changes follow one another. */
const AREAS = ['user', 'factor', 'group', 'member', 'role'];

function areaOf(name: string): string {
  return AREAS.find((area) => name.includes(area)) ?? 'user';
}

describe('incremental run, changes: the next incremental run delivers each single change, of those whom it concerns and nobody else', () => {
  test.for(AREAS)('of a %s', async (area, { makeStage }) => {
    const stage = changing(await makeStage({ org: ORG }), { noise: 0, oddTargets: 0.5 });
    await stage.sync();

    for (const [name, make] of Object.entries(CHANGES).filter(([each]) => areaOf(each) === area)) {
      const known = stage.latest();
      const change = make(stage.mutations, stage.org);
      const ran = await stage.sync();

      expect({ name, ...ran.report }).toMatchObject({ name, mode: 'incremental', outcome: 'completed' });
      stage.expectTruth(known, name);
      const strangers = ran.users.filter((id) => !touchedBy([change]).has(id));
      const repeated = ran.users.length - new Set(ran.users).size;
      expect({ name, strangers, repeated }).toEqual({ name, strangers: [], repeated: 0 });
      expect(ran.calls).toBeLessThanOrEqual(mostCalls(stage.org, [change]));
    }

    const { report, users, calls } = await stage.sync();
    expect(report.mode).toBe('incremental');
    expect(users).toEqual([]);
    expect(calls).toBeLessThanOrEqual(4);
  });
});

test('incremental run, changes: fields of the users that were not kept are had by listing them again, once and without lookups', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: ORG }));
  const env = { DIALECT: 'ocsf-1.6.0', REDACT_KEY: 'k'.repeat(32) };
  await stage.sync([], env);
  const changes = { RAW_DATA: 'true', MAPPING_FILE: 'docs/examples/mapping.yaml', REDACT: 'title=hash' };

  let all: Readonly<Record<string, string>> = env;
  for (const [name, value] of Object.entries(changes)) {
    all = { ...all, [name]: value };
    const ran = await stage.sync([], all);

    expect({ name, ...ran.report }).toMatchObject({ name, mode: 'incremental', outcome: 'completed' });
    expect(ran.report.users.listed).toBe(stage.latest().size);
    expect(ran.users.length).toBeGreaterThan(0);
    // One page of users more than a run without changes.
    expect(ran.calls).toBeLessThanOrEqual(5);
    expect(await stage.sync([], all)).toMatchObject({ users: [], report: { users: { listed: 0 } } });
  }

  const bodies = [...stage.latest().values()].map((event) => JSON.stringify(event));
  expect(bodies.every((body) => body.includes('"raw_data"'))).toBe(true);
  expect(bodies.some((body) => body.includes('"badge_number"'))).toBe(true);
});
