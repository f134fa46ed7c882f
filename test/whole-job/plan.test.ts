import { describe, expect } from 'vitest';
import { createOrg, startOktaServer, type OktaServerOptions } from '../../src/simulator/index.ts';
import { reportOf, type Ended } from './launch.fixture.ts';
import { test, type StageOptions } from './stage.fixture.ts';

const MEMBERS = '/api/v1/groups/{id}/users';
const USER_GROUPS = '/api/v1/users/{id}/groups';

interface PlanJson {
  readonly next_full_run?: { readonly total_calls: number };
  readonly basis: string;
  readonly total_calls: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly naive_calls: number;
  readonly binding_bucket: string;
  readonly minutes: number;
  readonly minutes_at_full_share: number;
  readonly org_share?: { readonly shown: number; readonly spent: number };
  readonly questions: readonly {
    readonly question: string;
    readonly way: string;
    readonly why: string;
    readonly total_calls: number;
    readonly alternatives: readonly { readonly way: string; readonly calls: number }[];
  }[];
  readonly buckets: readonly {
    readonly bucket: string;
    readonly limit: number;
    readonly is_guess: boolean;
  }[];
  readonly lookups: Readonly<Record<string, { readonly calls: number }>>;
}

function planOf({ code, stdout, stderr }: Ended): PlanJson {
  expect(code === 0 ? '' : stderr).toBe('');
  return JSON.parse(stdout);
}

const WIDE: OktaServerOptions = { rates: { limits: 1e9, windowSeconds: 1 } };
/** A fifth of the org that the benchmark measures, with as many who hold roles. */
const LARGE = { users: 2_000, groups: 100, groupsPerUser: 12, adminGroups: 10, admins: 40 };

describe.concurrent('whole job, plan: what a plan says is what the run then does', () => {
  const cases: readonly (StageOptions & { readonly name: string; readonly env?: Record<string, string> })[] =
    [
      { name: 'a small org, by group' },
      {
        name: 'a small org, by user',
        org: { users: 30, groups: 60, groupsPerUser: 10, adminGroups: 3, admins: 6 },
      },
      {
        name: 'a middling org',
        org: { users: 700, groups: 90, groupsPerUser: 6, adminGroups: 6, admins: 30 },
      },
      {
        name: 'with deactivated users',
        org: { deprovisionedShare: 0.3 },
        env: { INCLUDE_DEPROVISIONED: 'true' },
      },
      { name: 'without factors', env: { LOOKUPS: 'groups,group-roles,roles' } },
      { name: 'groups only', env: { LOOKUPS: 'groups' } },
      { name: 'factors only', env: { LOOKUPS: 'factors' } },
      { name: 'roles only', env: { LOOKUPS: 'roles' }, org: { users: 300, groups: 30, adminGroups: 5 } },
      { name: 'groups and roles', env: { LOOKUPS: 'groups,roles' } },
      { name: 'a dialect that sends roles', env: { DIALECT: 'ocsf-1.6.0' } },
      { name: 'a search', env: { OKTA_USER_SEARCH: 'status eq "ACTIVE"' } },
      { name: 'no list of role holders', okta: { ...WIDE, assignees: 'missing' } },
      { name: 'role holders refused', okta: { ...WIDE, assignees: 'refused' } },
      { name: 'role holders without those by group', okta: { ...WIDE, assignees: 'without-group-admins' } },
      { name: 'admin flags absent', okta: { ...WIDE, adminFlag: 'absent' } },
      { name: 'no sizes', okta: { ...WIDE, stats: 'missing' } },
      { name: 'the group of administrators', org: { oktaAdministratorsGroup: true, users: 80 } },
      {
        name: 'the group of administrators, and roles without groups',
        org: { oktaAdministratorsGroup: true, users: 80 },
        env: { LOOKUPS: 'roles' },
      },
      {
        name: 'a group of administrators that lists its members',
        org: { oktaAdministratorsGroup: true, users: 80 },
        okta: { ...WIDE, listsAdministrators: true },
      },
      {
        name: 'a group of administrators that lists its members, and roles without groups',
        org: { oktaAdministratorsGroup: true, users: 80 },
        okta: { ...WIDE, listsAdministrators: true },
        env: { LOOKUPS: 'roles' },
      },
    ];

  test.for(cases)('$name', async ({ name: _name, env = {}, ...options }, { makeStage }) => {
    const { okta, run } = await makeStage(options);

    const plan = planOf(await run(['plan', '--json'], { env }));
    const planning = okta.tally.total;
    const report = reportOf(await run(['sync'], { env }));

    expect(plan.calls).toEqual(report.okta.calls);
    expect(plan.total_calls).toBe(report.okta.total_calls);
    expect(planning).toBeLessThanOrEqual(30);

    const after = planOf(await run(['plan', '--json'], { env }));
    expect(after.basis).toBe('inventory');
    expect(Math.abs(after.total_calls - report.okta.total_calls)).toBeLessThanOrEqual(
      Math.max(1, report.okta.total_calls * 0.02),
    );

    const next = reportOf(await run(['sync', '--full', '--vouched'], { env }));
    const planned = after.next_full_run?.total_calls ?? after.total_calls;
    expect(Math.abs(planned - next.okta.total_calls)).toBeLessThanOrEqual(
      Math.max(5, report.okta.total_calls * 0.02),
    );
  });

  test('a large org: hardly more than a call a user; next to none without factors', async ({ makeStage }) => {
    const { org, okta, run } = await makeStage({ org: LARGE });
    const users = org.users.filter(({ status }) => status !== 'DEPROVISIONED').length;
    const env = { LOOKUPS: 'groups,group-roles,roles' };

    const whole = planOf(await run(['plan', '--json']));
    const planning = okta.tally.total;
    const cheap = planOf(await run(['plan', '--json'], { env }));
    const report = reportOf(await run(['sync'], { env }));

    expect(whole.total_calls / users).toBeLessThan(1.12);
    expect(planning).toBeLessThan(100);
    expect(report.okta.total_calls / users).toBeLessThan(0.12);
    expect(Math.abs(cheap.total_calls / report.okta.total_calls - 1)).toBeLessThan(0.02);
    expect(whole.naive_calls / users).toBeGreaterThan(14.5);
    expect(whole.lookups['factors']?.calls).toBe(users);
  });
});

describe.concurrent('whole job, plan', () => {
  test('names the bucket that binds, and the minutes that its limit allows', async ({ makeStage }) => {
    const { run } = await makeStage({ org: { users: 250 }, okta: { rates: {} } });

    const plan = planOf(await run(['plan', '--json']));

    const calls = Object.entries(plan.calls).filter(([endpoint]) => endpoint.startsWith('/api/v1/users'));
    const ofUsers = calls.reduce((sum, [, count]) => sum + count, 0);
    expect(plan.binding_bucket).toBe('users');
    expect(plan.minutes).toBeCloseTo(ofUsers / 300, 1);
    expect(plan.minutes_at_full_share).toBeCloseTo(ofUsers / 600, 1);
    expect(plan.buckets.find(({ bucket }) => bucket === 'users')).toMatchObject({
      limit: 600,
      is_guess: false,
    });
  });

  test("says what is spent of the org's limits where those shown look like the token's own share", async ({
    makeStage,
  }) => {
    const rates = { tokenShare: 0.5, headers: 'share' } as const;
    const { run } = await makeStage({ okta: { rates } });
    const { run: runOther } = await makeStage({ okta: { rates: {} } });

    expect(planOf(await run(['plan', '--json'])).org_share).toEqual({ shown: 0.5, spent: 0.25 });
    expect((await run(['plan'])).stdout).toContain(
      "The limits look like 50 % of the org's, this credential's own share: OKTA_RATE_LIMIT_SHARE=0.5 of that is 25 % of the org's",
    );
    expect(planOf(await runOther(['plan', '--json'])).org_share).toBeUndefined();
  });

  test('--quick reads the groups alone, and says that it estimates', async ({ makeStage }) => {
    const { okta, run } = await makeStage({ org: { users: 900 } });

    const quick = planOf(await run(['plan', '--json', '--quick']));
    const calls = [...okta.calls.keys()];
    const told = await run(['plan', '--quick']);
    const report = reportOf(await run(['sync']));

    expect(quick.basis).toBe('quick');
    expect(calls).toEqual(['/.well-known/okta-organization', '/api/v1/groups']);
    expect(told.stdout).toContain('estimated from the sizes of groups alone (--quick)');
    expect(quick.total_calls / report.okta.total_calls).toBeGreaterThan(0.9);
    expect(quick.total_calls / report.okta.total_calls).toBeLessThan(1.1);
  });

  test('names a group that would not list its members, and what that costs; the next run asks it alone first', async ({
    makeStage,
  }) => {
    const { org, okta, run } = await makeStage({ org: { users: 60, groups: 20 } });
    const refusing = org.groups.find(({ members }, index) => index > 5 && members.length > 0);
    okta.setRefusals([{ template: MEMBERS, only: (id) => id === refusing?.id, status: 403 }]);

    const first = reportOf(await run(['sync']));
    const plan = planOf(await run(['plan', '--json']));
    const second = reportOf(await run(['sync', '--full']));

    const memberships = plan.questions.find(({ question }) => question === 'memberships');
    expect(first.notes?.join()).toContain(`the group ${refusing?.name} does not let its members be listed`);
    expect(memberships).toMatchObject({ way: 'per user' });
    expect(memberships?.why).toContain(`the group ${refusing?.name} would not list its members`);
    expect(second.okta.calls[MEMBERS]).toBe(1);
    expect(second.okta.calls[USER_GROUPS]).toBe(plan.calls[USER_GROUPS]);
    expect(plan.calls).toEqual(second.okta.calls);
  });

  test('makes no use of the inventory of another org, though it is at the same address, and says so', async ({
    makeStage,
    onTestFinished,
  }) => {
    const { okta, run } = await makeStage({ org: { users: 90, groups: 12 } });
    await run(['sync']);
    await okta.close();
    const org = createOrg({ seed: 2, users: 30, groups: 5 });
    const other = await startOktaServer(org, { ...WIDE, port: Number(new URL(okta.url).port) });
    onTestFinished(other.close);

    const ended = await run(['plan', '--json']);

    const users = org.users.filter(({ status }) => status !== 'DEPROVISIONED').length;
    expect(planOf(ended)).toMatchObject({ basis: 'listed', users });
    expect(ended.stderr).toContain('give each org its own STATE_DIR');
  });

  test('uses the inventory of its org at another address of it', async ({ makeStage, onTestFinished }) => {
    const stage = await makeStage();
    await stage.run(['sync']);
    const moved = await startOktaServer(stage.org, WIDE);
    onTestFinished(moved.close);

    const ended = await stage.run(['plan', '--json'], { env: { OKTA_BASE_URL: moved.url } });

    expect([planOf(ended).basis, ended.stderr]).toEqual(['inventory', '']);
  });

  test('is told to people in lines, with the other ways beside the chosen one', async ({ makeStage }) => {
    const { run } = await makeStage({ org: { users: 60, groups: 10 } });

    const { code, stdout } = await run(['plan']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^A full run: \d+ calls, .* at OKTA_RATE_LIMIT_SHARE=0\.5, .* at 1\n/);
    expect(stdout).toMatch(/\nmemberships +by group +\d+ +up to 1,000 members a call.*\(per user \d+\)/);
    expect(stdout).toMatch(/\nusers +\d+ /);
  });
});
