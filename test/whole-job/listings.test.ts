import { describe, expect } from 'vitest';
import type { OktaServerOptions } from '../../src/simulator/index.ts';
import { reportOf, toldLines } from './launch.fixture.ts';
import { expectEvents, isNotDeprovisioned } from './said.fixture.ts';
import { test, type StageOptions } from './stage.fixture.ts';

const USERS = '/api/v1/users';
const USER_GROUPS = '/api/v1/users/{id}/groups';
const MEMBERS = '/api/v1/groups/{id}/users';

const WIDE = { rates: { limits: 1e9 } } as const;

describe.concurrent('whole job, listings: however the org answers, every event is exactly right', () => {
  const cases: readonly (OktaServerOptions & { readonly name: string; readonly sleepsFaster?: number })[] = [
    { name: 'role assignees missing', assignees: 'missing' },
    { name: 'role assignees refused', assignees: 'refused' },
    { name: 'role assignees without those by group', assignees: 'without-group-admins' },
    { name: 'stats only on small pages', stats: 50, sleepsFaster: 10 },
    { name: 'stats never', stats: 1, sleepsFaster: 10 },
    { name: 'admin flag absent', adminFlag: 'absent', assignees: 'without-group-admins' },
    { name: 'admin flag absent of some', adminFlag: 'mixed', assignees: 'without-group-admins' },
    { name: 'admin flag in the plural', adminFlag: 'hasAdminPrivileges', assignees: 'without-group-admins' },
    { name: 'admin flag mistyped', adminFlag: 'hasAdminPrivlege', assignees: 'without-group-admins' },
    {
      name: "Link headers joined, cursors with commas, a user's groups in pages",
      areLinksJoined: true,
      hasOddCursors: true,
      userGroupsPageSize: 2,
      stats: 'missing',
    },
    {
      name: 'a clock an hour ahead, a low limit on concurrency',
      skewMs: 3_600_000,
      maxConcurrency: 2,
      latencyMs: 5,
    },
  ];

  test.for(cases)('$name', async ({ name: _name, sleepsFaster, ...okta }, { makeStage }) => {
    const { org, intake, run } = await makeStage({
      org: { users: 45, groups: 60, adminGroups: 4, oddUsers: true },
      okta: { ...WIDE, ...okta },
    });

    const ended = await run(['sync', '--strict'], { sleepsFaster });

    expectEvents(intake.latestByUid(), org);
    expect([ended.code, reportOf(ended).outcome, reportOf(ended).gaps]).toEqual([0, 'completed', {}]);
  });
});

describe.concurrent('whole job, listings: who is in which group', () => {
  const cases: readonly (StageOptions & { readonly name: string; readonly calls: object })[] = [
    {
      name: 'by group where groups are fewer than users',
      org: { users: 60, groups: 10 },
      calls: { byUser: false, byGroup: true },
    },
    {
      name: 'by user where users are fewer than groups',
      org: { users: 10, groups: 40, groupsPerUser: 10, adminGroups: 3 },
      calls: { byUser: true, byGroup: false },
    },
    {
      name: 'by group but for the built-in administrators, who do not list their members',
      org: { oktaAdministratorsGroup: true, users: 60 },
      calls: { byUser: true, byGroup: true },
    },
  ];

  test.for(cases)('is asked $name', async ({ name: _name, calls, ...options }, { makeStage }) => {
    const { org, okta, intake, run } = await makeStage(options);

    const ended = await run(['sync', '--strict']);

    expectEvents(intake.latestByUid(), org);
    expect(reportOf(ended).gaps).toEqual({});
    expect({ byUser: okta.calls.has(USER_GROUPS), byGroup: okta.calls.has(MEMBERS) }).toEqual(calls);
  });

  test('is asked of every user where a group refuses to list its members', async ({ makeStage }) => {
    const { org, okta, intake, run } = await makeStage();
    const [, , , , refusing] = org.groups;
    okta.setRefusals([{ template: MEMBERS, only: (id) => id === refusing?.id, status: 403 }]);

    const ended = await run(['sync', '--strict']);

    expectEvents(intake.latestByUid(), org);
    expect(ended.code).toBe(0);
  });

  test('is asked of every user where Okta fails over a group again and again', async ({ makeStage }) => {
    const { org, okta, intake, run } = await makeStage();
    const [, , , , failing] = org.groups;
    okta.setRefusals([{ template: MEMBERS, only: (id) => id === failing?.id, status: 400 }]);

    const ended = await run(['sync', '--strict']);

    expectEvents(intake.latestByUid(), org);
    expect(ended.code).toBe(0);
  });

  test('of more members than a page holds, all are found', async ({ makeStage }) => {
    const { org, okta, intake, run } = await makeStage({
      org: { users: 1_300, groups: 2, groupsPerUser: 2, adminGroups: 0, admins: 3 },
    });
    expect(Math.max(...org.groups.slice(1).map(({ members }) => members.length))).toBeLessThan(1_300);

    const ended = await run(['sync', '--strict'], { env: { LOOKUPS: 'groups,group-roles,roles' } });

    expectEvents(intake.latestByUid(), org, {
      change: ({ has_mfa: _mfa, ...said }) => said,
    });
    expect(ended.code).toBe(0);
    expect(okta.calls.has(USER_GROUPS)).toBe(false);
  });
});

describe.concurrent('whole job, listings: a list of users that fails', () => {
  const cases = [
    {
      name: 'refused from the third page on',
      refusal: { status: 403 },
      from: 3,
      code: 3,
      error: 'okta_forbidden',
    },
    { name: 'refused at once', refusal: { status: 403 }, from: 1, code: 3, error: 'okta_forbidden' },
    {
      name: 'broken from the second page on',
      refusal: { status: 500 },
      from: 2,
      code: 1,
      error: 'okta_unavailable',
    },
    {
      name: 'without a valid token from the second page on',
      refusal: { status: 401, code: 'E0000011' },
      from: 2,
      code: 3,
      error: 'okta_auth',
    },
  ] as const;

  test.for(cases)('$name: the run fails, and what was read is delivered', async (given, { makeStage }) => {
    const { org, intake, run } = await makeStage({
      org: { users: 500 },
      okta: { ...WIDE, refuse: [{ template: USERS, from: given.from, ...given.refusal }] },
    });
    const listed = org.users.filter(isNotDeprovisioned).slice(0, (given.from - 1) * 200);
    const ids = new Set(listed.map(({ id }) => id));

    const ended = await run(['sync'], { sleepsFaster: 10 });

    expectEvents(intake.latestByUid(), org, { isWanted: ({ id }) => ids.has(id) });
    expect(ended.code).toBe(given.code);
    expect(reportOf(ended)).toMatchObject({
      outcome: 'failed',
      users: { listed: listed.length, emitted: listed.length, removed: 0 },
      intake: { pending: 0 },
      error: { code: given.error },
    });
    expect(toldLines(ended)[0]).toMatch(/^error: .*\/api\/v1\/users/);
  });

  test('a token that ends in the middle of the run ends it, with what was read delivered', async ({
    makeStage,
  }) => {
    const refusal = { template: '/api/v1/users/{id}/factors', from: 30, status: 401, code: 'E0000011' };
    const { org, intake, run } = await makeStage({
      org: { users: 100 },
      okta: { ...WIDE, refuse: [refusal] },
    });

    const ended = await run(['sync']);

    const received = intake.latestByUid();
    expectEvents(received, org, { isWanted: ({ id }) => received.has(id) });
    expect(received.size).toBeGreaterThanOrEqual(29);
    expect(ended.code).toBe(3);
    expect(reportOf(ended)).toMatchObject({ outcome: 'failed', error: { code: 'okta_auth' } });
    expect(toldLines(ended).join('\n')).toContain('OKTA_API_TOKEN');
  });
});
