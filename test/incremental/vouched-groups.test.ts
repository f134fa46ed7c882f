import { describe, expect } from 'vitest';
import type { OktaServerOptions, OrgOptions, SimulatedGroup } from '../../src/simulator/index.ts';

import { test as stageTest, type Stage } from '../whole-job/stage.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

const A_DAY_MS = 86_400_000;
const ROLES = '/api/v1/groups/{id}/roles';
const MEMBERS = '/api/v1/groups/{id}/users';
const GROUP = '/api/v1/groups/{id}';
/** Every run is a full one, and the log vouches for all that the tests are about. */
const VOUCHED = { FULL_SYNC_INTERVAL: '1', VERIFY_ANSWERS: '31536000', VERIFY_GROUP_ROLES: '0' };
type OktaOptions = Partial<OktaServerOptions>;

function daily(stage: Stage, pass: (ms: number) => void) {
  const changed = changing(stage);
  const callsOf = (template: string): number => stage.okta.calls.get(template) ?? 0;
  return {
    ...changed,
    nextDay: async (env: Readonly<Record<string, string>> = {}) => {
      pass(A_DAY_MS);
      const before = { roles: callsOf(ROLES), members: callsOf(MEMBERS) };
      const ran = await changed.sync([], { ...VOUCHED, ...env });
      const asked = { roles: callsOf(ROLES) - before.roles, members: callsOf(MEMBERS) - before.members };
      return { ...ran, asked };
    },
  };
}
type Days = ReturnType<typeof daily>;

/** By members of groups where groups are few, else by users' own lists. */
const WAYS = {
  'by membership': { groups: 8, groupsPerUser: 2 },
  'own lists': { groups: 90, groupsPerUser: 3 },
} as const;

const test = stageTest.extend<{
  days: (org?: Partial<OrgOptions>, okta?: OktaOptions) => Promise<Days>;
}>({
  days: async ({ makeStage }, use) => {
    await use(async (org = WAYS['by membership'], okta = {}) => {
      let ahead = 0;
      const stage = await makeStage({
        org: { users: 60, ...org },
        okta: { ...okta, now: () => Date.now() + ahead },
      });
      return daily(stage, (ms) => {
        ahead += ms;
      });
    });
  },
});

const ADMIN = {
  id: 'ra1-test',
  label: 'Help Desk Administrator',
  type: 'HELP_DESK_ADMIN',
  status: 'ACTIVE',
  createdAt: 0,
  role: undefined,
  resourceSet: undefined,
} as const;

function groupWith({ org }: Pick<Days, 'org'>, isRight: (group: SimulatedGroup) => boolean): SimulatedGroup {
  const found = org.groups.find(
    (group) => group.type === 'OKTA_GROUP' && group.members.length > 2 && isRight(group),
  );
  if (found === undefined) throw new Error('the org has no such group');
  return found;
}

const withoutRoles = ({ roles }: SimulatedGroup): boolean => roles.length === 0;

describe('a full run that the System Log vouches for, a group whose roles changed without an event', () => {
  test.for(Object.entries(WAYS))('gains a role, and its flag says so: %s', async ([, way], { days }) => {
    const stage = await days(way);
    await stage.sync();
    await stage.nextDay();
    groupWith(stage, withoutRoles).roles = [ADMIN];

    const ran = await stage.nextDay();

    expect(ran.asked.roles).toBe(1);
    stage.expectTruth();
    expect((await stage.nextDay()).asked.roles).toBe(0);
  });

  test.for(Object.entries(WAYS))('loses its roles, and its flag says so: %s', async ([, way], { days }) => {
    const stage = await days(way);
    const group = groupWith(stage, withoutRoles);
    group.roles = [ADMIN];
    await stage.sync();
    await stage.nextDay();
    group.roles = [];

    const ran = await stage.nextDay();

    expect(ran.asked.roles).toBe(1);
    stage.expectTruth();
    expect((await stage.nextDay()).asked.roles).toBe(0);
  });

  test.for<[string, OktaOptions]>([
    ['known as role holders', {}],
    ['of whom there is no list', { adminFlag: 'hasAdminPrivileges', assignees: 'missing' }],
  ])('loses its roles, and members hold roles of their own: %s', async ([, okta], { days }) => {
    const stage = await days(WAYS['by membership'], okta);
    const group = groupWith(stage, withoutRoles);
    group.roles = [ADMIN];
    const [first, second, third] = group.members;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('too few members');
    Object.assign(first, { roles: [ADMIN] });
    Object.assign(second, { roles: [{ ...ADMIN, type: 'REPORTER', label: 'Reporter' }] });
    await stage.sync();
    group.roles = [];

    await stage.nextDay();

    stage.expectTruth();
  });

  test('shows the old flag for a day: the answer is believed, not the flag', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    const group = groupWith(stage, withoutRoles);
    group.shownAdminFlag = false;
    stage.mutations.grantGroupRole(group.id);

    await stage.nextDay();

    stage.expectTruth();
    group.shownAdminFlag = undefined;
    expect((await stage.nextDay()).asked.roles).toBe(0);
    stage.expectTruth();
  });

  test('is found by an incremental run that lists it', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    const group = groupWith(stage, withoutRoles);
    group.roles = [ADMIN];
    stage.mutations.renameGroup(group.id, { name: 'Renamed' });

    const ran = await stage.nextDay({ FULL_SYNC_INTERVAL: '31536000' });

    expect(ran.report.mode).toBe('incremental');
    stage.expectTruth();
  });

  test('is found with LOOKUPS=roles alone, and nobody lists the members of groups without roles', async ({
    days,
  }) => {
    const only = { LOOKUPS: 'roles' };
    const stage = await days();
    await stage.sync([], only);
    const quiet = await stage.nextDay(only);
    const group = groupWith(stage, withoutRoles);
    group.roles = [ADMIN];

    const ran = await stage.nextDay(only);

    expect(quiet.asked).toEqual({ roles: 0, members: 0 });
    expect(ran.asked).toEqual({ roles: 1, members: 1 });
    const types = group.members.map(({ id }) => JSON.stringify(stage.latest().get(id)?.['user']));
    expect(types.filter((user) => !user.includes('"Admin"'))).toEqual([]);
  });
});

describe('a size of a group that comes late', () => {
  async function withFirstMember(makeDays: () => Promise<Days>) {
    const stage = await makeDays();
    const [id = ''] = stage.mutations.createGroup({ name: 'Empty so far', type: 'OKTA_GROUP' }).groups;
    const user = stage.org.users.find(({ status }) => status === 'ACTIVE');
    const group = stage.org.group(id);
    if (group === undefined || user === undefined) throw new Error('the org is empty');
    return { stage, group, join: () => stage.mutations.addMember(id, user.id) };
  }

  test.for(Object.entries(WAYS))('takes no known member away: %s', async ([, way], { days }) => {
    const { stage, group, join } = await withFirstMember(() => days(way));
    await stage.sync();
    join();
    await stage.sync();
    group.shownUsersCount = 0;

    for (let day = 1; day <= 2; day += 1) {
      const ran = await stage.nextDay();
      expect(ran.report.outcome).toBe('completed');
      // Once for each listing that shows it: that of changed groups and that of all groups.
      expect(ran.asked.members).toBe(day === 1 ? 2 : 1);
      stage.expectTruth();
    }
    group.shownUsersCount = undefined;
    await stage.nextDay();
    stage.expectTruth();
    expect((await stage.nextDay()).asked.members).toBe(0);
  });

  test('hides a member from the first run, and the next listing brings it', async ({ days }) => {
    const { stage, group, join } = await withFirstMember(days);
    join();
    group.shownUsersCount = 0;
    await stage.sync();
    group.shownUsersCount = undefined;

    const ran = await stage.nextDay();

    expect([ran.report.outcome, ran.asked.members]).toEqual(['completed', 1]);
    stage.expectTruth();
  });
});

describe('a full run, a group that the listing of groups leaves out', () => {
  const NO_LOG = { template: '/api/v1/logs', status: 403 } as const;
  const askedFor = ({ okta }: Days): number => okta.calls.get(GROUP) ?? 0;

  test.for(Object.entries(WAYS))(
    'stays while Okta has it, at a call a run: %s',
    async ([, way], { days }) => {
      const stage = await days(way);
      await stage.sync();
      groupWith(stage, withoutRoles).isUnlisted = true;

      const ran = await stage.nextDay();

      expect(ran.report.outcome).toBe('completed');
      expect(askedFor(stage)).toBe(1);
      stage.expectTruth();
    },
  );

  test.for(Object.entries(WAYS))('stays where an event has told of it: %s', async ([, way], { days }) => {
    const stage = await days(way);
    await stage.sync();
    const [id = ''] = stage.mutations.createGroup({ name: 'Late', type: 'OKTA_GROUP' }).groups;
    Object.assign(stage.org.group(id) ?? {}, { isUnlisted: true });
    for (const { id: member } of groupWith(stage, withoutRoles).members)
      stage.mutations.addMember(id, member);

    for (let day = 1; day <= 2; day += 1) {
      await stage.nextDay();
      stage.expectTruth();
    }
  });

  test('stays where Okta does not let it be read', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    groupWith(stage, withoutRoles).isUnlisted = true;
    stage.okta.setRefusals([{ template: GROUP, status: 403 }]);

    await stage.nextDay();

    stage.expectTruth();
  });

  test.for(Object.entries(WAYS))(
    'is removed where Okta answers 404, at a call a group: %s',
    async ([, way], { days }) => {
      const stage = await days(way, { refuse: [NO_LOG] });
      await stage.sync();
      const gone = stage.org.groups.filter(({ type }) => type === 'OKTA_GROUP').slice(0, 3);
      for (const { id } of gone) stage.mutations.deleteGroup(id);

      const ran = await stage.nextDay();

      expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
      expect(askedFor(stage)).toBe(3);
      stage.expectTruth();
    },
  );
});

describe('VERIFY_GROUP_ROLES in a full run that the System Log vouches for', () => {
  const VERIFIED = { VERIFY_GROUP_ROLES: '2' };

  test.for(Object.entries(WAYS))('finds a flag that is wrong: %s', async ([, way], { days }) => {
    const stage = await days(way);
    await stage.sync();
    const group = groupWith(stage, withoutRoles);
    Object.assign(group, { roles: [ADMIN], shownAdminFlag: false });

    const before = await stage.nextDay(VERIFIED);
    const verified = await stage.nextDay(VERIFIED);

    expect(before.asked.roles).toBe(0);
    expect(verified.report).toMatchObject({ group_roles_verified: { wrong_flags: 1 } });
    stage.expectTruth();
    await stage.nextDay(VERIFIED);
    stage.expectTruth();
  });

  test.for(['roles', 'groups,group-roles,roles'])(
    'lists no members again with LOOKUPS=%s',
    async (lookups, { days }) => {
      const env = { ...VERIFIED, LOOKUPS: lookups };
      const stage = await days();
      await stage.sync([], env);
      await stage.nextDay(env);

      const verified = await stage.nextDay(env);

      expect(verified.report.group_roles_verified?.groups).toBeGreaterThan(4);
      expect(verified.asked.members).toBe(0);
    },
  );
});

describe('answers about groups are verified, too', () => {
  const DAYS = 10;
  const VERIFY = { VERIFY_ANSWERS: String(DAYS * 86_400), FULL_SYNC_INTERVAL: '86000' };

  test.for<[string, Partial<OrgOptions>, OktaOptions]>([
    ['members and roles', { groups: 24, groupsPerUser: 2 }, { adminFlag: 'absent' }],
    ['roles beside own lists', WAYS['own lists'], { adminFlag: 'absent' }],
  ])('%s, all of them within VERIFY_ANSWERS, in no run all', async ([what, org, okta], { days }) => {
    const stage = await days(org, okta);
    const first = await stage.sync();
    const all = {
      roles: first.report.okta.calls[ROLES] ?? 0,
      members: first.report.okta.calls[MEMBERS] ?? 0,
    };
    // No event, no stamp and no flag tells of these.
    const group = groupWith(stage, withoutRoles);
    group.roles = [ADMIN];
    const asked = [];

    for (let day = 1; day <= DAYS; day += 1) asked.push((await stage.nextDay(VERIFY)).asked);

    expect(Math.max(...asked.map(({ roles }) => roles))).toBeLessThan(0.6 * all.roles);
    expect(asked.reduce((sum, { roles }) => sum + roles, 0)).toBeGreaterThanOrEqual(all.roles);
    expect(asked.reduce((sum, { members }) => sum + members, 0)).toBeGreaterThanOrEqual(all.members);
    if (what.startsWith('members'))
      expect(Math.max(...asked.map(({ members }) => members))).toBeLessThan(0.6 * all.members);
    stage.expectTruth();
  });

  test('but roles of groups whose flag says none are not asked for', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    const asked = [];
    for (let day = 1; day <= DAYS; day += 1) asked.push((await stage.nextDay(VERIFY)).asked.roles);
    const flagged = stage.org.groups.filter(({ roles }) => roles.length > 0);

    expect(asked.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(3 * flagged.length);
  });

  test('and the report counts them', async ({ days }) => {
    const stage = await days();
    const first = await stage.sync();
    const second = await stage.nextDay();
    const group = groupWith(stage, withoutRoles);
    group.roles = [ADMIN];
    const third = await stage.nextDay();

    const [roles, members] = [first.report.okta.calls[ROLES], first.report.okta.calls[MEMBERS]];
    const nothing = { vouched: 0, asked: 0, proven: 0, drift: 0 };
    expect(first.report.vouched).toMatchObject({
      'group-roles': { ...nothing, asked: roles },
      groups: { ...nothing, asked: members },
    });
    expect(second.report.vouched).toMatchObject({
      'group-roles': { ...nothing, vouched: roles },
      groups: { ...nothing, vouched: members },
    });
    expect(third.report.vouched?.['group-roles']).toEqual({ ...nothing, vouched: roles, asked: 1 });
  });
});

test.for(['groups,group-roles,factors,roles', 'factors,roles'])(
  'a group whose end the log did not tell is missed in the listing, though no sizes are shown (LOOKUPS=%s)',
  async (LOOKUPS, { days }) => {
    const stage = await days(WAYS['by membership'], { stats: 'missing' });
    const [id = ''] = stage.mutations.createGroup({ name: 'Help desk' }).groups;
    const user = stage.org.users.find(
      ({ status, roles, groups }) =>
        status === 'ACTIVE' && roles.length === 0 && groups.every((group) => group.roles.length === 0),
    );
    const type = (): unknown => stage.latest().get(user?.id ?? '')?.['user'];
    stage.mutations.addMember(id, user?.id ?? '');
    stage.mutations.grantGroupRole(id, 'HELP_DESK_ADMIN');
    await stage.sync([], { LOOKUPS });
    expect(type()).toMatchObject({ type: 'Admin' });
    stage.mutations.deleteGroup(id);
    stage.okta.setStyle({ retentionDays: 0 });

    const ran = await stage.nextDay({ LOOKUPS });

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(type()).toMatchObject({ type: 'User' });
  },
);
