import { expect } from 'vitest';
import type { SimulatedGroup, SimulatedOrg } from '../../src/simulator/index.ts';
import { test } from '../whole-job/stage.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const USER_GROUPS = '/api/v1/users/{id}/groups';
const USER_ROLES = '/api/v1/users/{id}/roles';
const GROUP_ROLES = '/api/v1/groups/{id}/roles';
const MEMBERS = '/api/v1/groups/{id}/users';
const LOGS = '/api/v1/logs';

/** Some hold roles of their own, and no group makes them Admin. */
const ADMINS = { users: 60, admins: 20, adminGroups: 3, groupsPerUser: 3 };

function plainGroup(org: SimulatedOrg): SimulatedGroup {
  const found = org.groups.find(
    ({ type, members, roles }) => type === 'OKTA_GROUP' && members.length > 1 && roles.length === 0,
  );
  if (found === undefined) throw new Error('the org has no such group');
  return found;
}

/** Of these users' newest events, the types. */
function typesOf(latest: ReadonlyMap<string, unknown>, ids: readonly string[]): unknown[] {
  const types = ids.map((id) => /"type":"(Admin|User)"/.exec(JSON.stringify(latest.get(id)))?.[1]);
  return [...new Set(types)];
}

test.for([
  { template: FACTORS, status: 403, reason: 'refused', probes: 1 },
  { template: FACTORS, status: 501, reason: 'missing', probes: 1 },
  { template: FACTORS, status: 404, reason: 'missing', probes: 1 },
  { template: USER_ROLES, status: 403, reason: 'refused', probes: 1 },
  { template: GROUP_ROLES, status: 403, reason: 'refused', probes: 1 },
] as const)(
  'incremental run, gaps: $template with $status for a while: probed and told by each run, and then had by the next',
  async ({ template, status, reason, probes }, { makeStage }) => {
    const stage = changing(await makeStage({ org: ADMINS, okta: { refuse: [{ template, status }] } }));
    await stage.sync();
    const before = stage.okta.calls.get(template) ?? 0;

    const still = await stage.sync();
    const asked = (stage.okta.calls.get(template) ?? 0) - before;
    stage.okta.setRefusals([]);
    const healed = await stage.sync();

    expect(still.report).toMatchObject({ mode: 'incremental', outcome: 'completed_with_gaps' });
    expect(Object.values(still.report.gaps)).toEqual([{ [reason]: expect.any(Number) }]);
    expect(asked).toBe(probes);
    expect(healed.report).toMatchObject({ mode: 'incremental', outcome: 'completed', gaps: {} });
    stage.expectTruth();
    expect(await stage.sync()).toMatchObject({ users: [], report: { outcome: 'completed' } });
  },
);

test('incremental run, gaps: groups of users that were refused for a while, where each user is asked: probed and told, and then had', async ({
  makeStage,
}) => {
  const org = { users: 10, groups: 40, groupsPerUser: 10, adminGroups: 3 };
  const refuse = [{ template: USER_GROUPS, status: 403 }];
  const stage = changing(await makeStage({ org, okta: { refuse } }));
  await stage.sync();
  const before = stage.okta.calls.get(USER_GROUPS) ?? 0;

  const still = await stage.sync();
  const asked = (stage.okta.calls.get(USER_GROUPS) ?? 0) - before;
  stage.okta.setRefusals([]);
  const healed = await stage.sync();

  expect(still.report).toMatchObject({
    mode: 'incremental',
    outcome: 'completed_with_gaps',
    gaps: { groups: { refused: expect.any(Number) } },
  });
  expect(asked).toBe(1);
  expect(healed.report).toMatchObject({ mode: 'incremental', outcome: 'completed', gaps: {} });
  stage.expectTruth();
});

test.for([
  { template: FACTORS, lookup: 'factors' },
  { template: USER_ROLES, lookup: 'roles' },
  { template: GROUP_ROLES, lookup: 'group-roles' },
] as const)(
  'incremental run, gaps: $template that Okta failed to answer about somebody is asked for again by the next run',
  async ({ template, lookup }, { makeStage }) => {
    const stage = changing(await makeStage({ org: ADMINS }));
    let failing: string | undefined;
    stage.okta.setRefusals([{ template, status: 500, only: (id) => (failing ??= id) === id }]);
    const first = await stage.sync([], {}, 100);
    const still = await stage.sync([], {}, 100);
    stage.okta.setRefusals([]);
    const healed = await stage.sync();

    for (const { report } of [first, still])
      expect(report).toMatchObject({
        outcome: 'completed_with_gaps',
        gaps: { [lookup]: { unavailable: expect.any(Number) } },
      });
    expect(healed.report).toMatchObject({ mode: 'incremental', outcome: 'completed', gaps: {} });
    stage.expectTruth();
  },
);

test('incremental run, gaps: users who are refused by themselves are asked again, and prove nothing about all others', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  const refused = new Set(
    stage.org.users
      .filter(({ status }) => status === 'ACTIVE')
      .slice(0, 8)
      .map(({ id }) => id),
  );
  stage.okta.setRefusals([{ template: FACTORS, status: 403, only: (id) => refused.has(id) }]);
  await stage.sync([], {}, 100);

  const still = await stage.sync([], {}, 100);
  const created = stage.mutations.createUser();
  const next = await stage.sync([], {}, 100);
  stage.okta.setRefusals([]);
  const healed = await stage.sync([], {}, 100);

  expect(still.report.outcome).toBe('completed_with_gaps');
  expect(next.users).toEqual(created.users);
  expect(healed.report).toMatchObject({ outcome: 'completed', gaps: {} });
  stage.expectTruth();
});

test('incremental run, gaps: members of a group that could not be listed stay a gap until they are', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ okta: { refuse: [{ template: LOGS, status: 403 }] } }));
  await stage.sync();
  const group = plainGroup(stage.org);
  const stranger = stage.org.users.find((user) => user.status === 'ACTIVE' && !user.groups.includes(group));
  stage.mutations.addMember(group.id, stranger?.id ?? '');
  const refused = { template: MEMBERS, status: 403, only: (id: string) => id === group.id };
  stage.okta.setRefusals([{ template: LOGS, status: 403 }, refused]);

  const first = await stage.sync();
  const second = await stage.sync();
  stage.okta.setRefusals([{ template: LOGS, status: 403 }]);
  const healed = await stage.sync();

  for (const { report } of [first, second])
    expect(report).toMatchObject({ outcome: 'completed_with_gaps', gaps: { groups: { refused: 1 } } });
  expect(healed.report).toMatchObject({ outcome: 'completed', gaps: {} });
  stage.expectTruth();
});

test('incremental run, gaps: roles of the administrators that Okta could not tell are asked for again by the next run', async ({
  makeStage,
}) => {
  const org = { users: 80, oktaAdministratorsGroup: true };
  const stage = changing(await makeStage({ org, okta: { adminFlag: 'absent' } }));
  const administrators = stage.org.oktaAdministrators?.id;
  stage.okta.setRefusals([{ template: GROUP_ROLES, status: 500, only: (id) => id === administrators }]);
  const first = await stage.sync();
  stage.okta.setRefusals([]);

  const healed = await stage.sync();

  expect(first.report).toMatchObject({ mode: 'full', gaps: { 'group-roles': { unavailable: 1 } } });
  expect(healed.report).toMatchObject({ mode: 'incremental', outcome: 'completed', gaps: {} });
  stage.expectTruth();
});

test('incremental run, gaps: with LOOKUPS=roles, who is in a group that comes to hold a role is Admin with the next run', async ({
  makeStage,
}) => {
  const env = { LOOKUPS: 'roles' };
  const stage = changing(await makeStage({ okta: { assignees: 'without-group-admins' } }));
  await stage.sync([], env);
  const group = plainGroup(stage.org);
  const members = group.members.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);

  stage.mutations.grantGroupRole(group.id);
  const granted = await stage.sync([], env);
  const asAdmins = typesOf(stage.latest(), members);
  stage.mutations.revokeGroupRole(group.id);
  await stage.sync([], env);
  const newcomer = stage.org.users.find((user) => user.status === 'ACTIVE' && !user.groups.includes(group));
  stage.mutations.addMember(group.id, newcomer?.id ?? '');
  await stage.sync([], env);
  stage.mutations.grantGroupRole(group.id);
  await stage.sync([], env);

  expect(granted.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
  expect(asAdmins).toEqual(['Admin']);
  expect(typesOf(stage.latest(), [...members, newcomer?.id ?? ''])).toEqual(['Admin']);
});
