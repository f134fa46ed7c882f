import { describe, expect, test } from 'vitest';
import { ASSETS } from '../ports/assets.ts';
import { LOOKUPS, type Lookup } from '../ports/org.ts';
import type { Budget } from '../ports/source.ts';
import { planAssets, type PlannedAssets } from './asset-calls.ts';
import { naiveCalls, planCalls, planQuestions, type OrgFacts } from './calls.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';
import { totalOf } from './call-counts.ts';
import { chooseGroupsWay, GroupSizes, type PlannedGroup } from './group-sizes.ts';
import { planLines } from './plan-text.ts';
import { makePlan } from './plan.ts';

function group(usersCount: number | undefined, given: Partial<PlannedGroup> = {}): PlannedGroup {
  return { type: 'OKTA_GROUP', name: 'a group', usersCount, adminFlag: false, ...given };
}

const everyone = (users: number): PlannedGroup => group(users, { type: 'BUILT_IN', name: 'Everyone' });

function sizesOf(...groups: readonly PlannedGroup[]): GroupSizes {
  const sizes = new GroupSizes();
  for (const each of groups) sizes.add(each);
  return sizes;
}

/** 10,000 users, 500 groups of 240, ten of them with roles, 40 who hold one themselves. */
function facts(given: Partial<OrgFacts> = {}): OrgFacts {
  const groups = Array.from({ length: 500 }, (_, index) => group(240, { adminFlag: index < 10 }));
  return {
    listings: {
      start: new Map([[ENDPOINTS.org.template, 1]]),
      users: new Map([[ENDPOINTS.users.template, 50]]),
      groups: new Map([[ENDPOINTS.groups.template, 3]]),
      roleHolders: new Map([[ENDPOINTS.roleHolders.template, 1]]),
    },
    users: { listed: 10_000, notDeactivated: 10_000 },
    sizes: sizesOf(everyone(10_000), ...groups),
    holders: { listed: 40, asked: 40 },
    isVerifying: false,
    polls: 0,
    ...given,
  };
}

const all = new Set(LOOKUPS);
const ONE_MINUTE = { left: 0, windowMs: 60_000, isLearnt: true } as const;
const OF_USERS: Budget = { ...ONE_MINUTE, bucket: 'users', limit: 600, allowance: 300 };
const OF_GROUPS: Budget = { ...ONE_MINUTE, bucket: 'groups', limit: 500, allowance: 250 };

function budgetOf(endpoint: string): Budget {
  return endpoint.startsWith('/api/v1/groups') ? OF_GROUPS : OF_USERS;
}

function plan(given: Partial<OrgFacts> = {}, lookups: ReadonlySet<Lookup> = all) {
  return makePlan(facts(given), 'listed', { lookups, share: 0.5, frequencyMs: 1_200_000, budgetOf });
}

describe('plan: memberships', () => {
  test.each([
    ['by group, where its pages are fewer', sizesOf(everyone(3), group(2), group(1)), undefined, 'by-group'],
    [
      'by group, where both take as many: users then have their bucket alone',
      sizesOf(everyone(2), group(2), group(2)),
      undefined,
      'by-group',
    ],
    ['per user, where groups are more', sizesOf(everyone(1), group(1), group(1)), undefined, 'per-user'],
    ['by group, whose members need two calls', sizesOf(everyone(3), group(1_001)), undefined, 'by-group'],
    ['per user, where few are selected', sizesOf(everyone(1_500), group(1_001)), 1, 'per-user'],
    ['per user, where a size is not known', sizesOf(everyone(9), group(undefined)), undefined, 'per-user'],
    [
      'by group, where Everyone is not listed but a group is large',
      sizesOf(group(900), group(5)),
      undefined,
      'by-group',
    ],
    [
      'by group, where the others are empty',
      sizesOf(everyone(1), group(1), group(0), group(0)),
      undefined,
      'by-group',
    ],
  ] as const)('%s', (_name, sizes, selected, way) => {
    expect(chooseGroupsWay(sizes, selected).way).toBe(way);
  });
});

test("plan: the issue's org takes 10,600 calls instead of 150,050", () => {
  expect(Object.fromEntries(planCalls(facts(), all))).toEqual({
    [ENDPOINTS.org.template]: 1,
    [ENDPOINTS.log.template]: 1,
    [ENDPOINTS.users.template]: 50,
    [ENDPOINTS.groups.template]: 3,
    [ENDPOINTS.membersOfGroup.template]: 500,
    [ENDPOINTS.rolesOfGroup.template]: 10,
    [ENDPOINTS.roleHolders.template]: 1,
    [ENDPOINTS.rolesOfUser.template]: 40,
    [ENDPOINTS.factorsOfUser.template]: 10_000,
  });
  expect(naiveCalls(facts())).toBe(150_050);
});

test('plan: a lookup that is switched off asks nothing, and takes what only it needed along', () => {
  const names = (lookups: readonly Lookup[]): string[] =>
    planQuestions(facts(), new Set(lookups)).map(({ question }) => question);

  expect(names(['factors'])).toEqual(['start', 'users', 'factors']);
  expect(names(['groups'])).toEqual(['start', 'users', 'groups', 'memberships']);
  expect(totalOf(planCalls(facts(), new Set(['roles'])))).toBe(1 + 1 + 50 + 3 + 10 + 10 + 1 + 40);
});

test('plan: a run lasts as long as its largest bucket, and asks for changes while it lasts', () => {
  const { buckets, minutesAtShare, minutesAtFull, calls } = plan();

  expect(buckets.map(({ bucket }) => bucket)).toEqual(['users', 'groups']);
  expect(minutesAtShare).toBeCloseTo(buckets[0] === undefined ? 0 : buckets[0].calls / 300, 5);
  expect(minutesAtFull).toBeCloseTo(minutesAtShare / 2, 5);
  expect(calls.get(ENDPOINTS.log.template)).toBe(1 + Math.floor(minutesAtShare / 20));
});

test('plan: each lookup costs what a run without it would not ask', () => {
  const { lookups } = plan();

  expect(Object.fromEntries(lookups.map(({ lookup, calls }) => [lookup, calls]))).toMatchObject({
    factors: 10_000,
    roles: 41,
    'group-roles': 0,
  });
  expect(lookups.find(({ lookup }) => lookup === 'factors')?.minutes).toBeGreaterThan(30);
});

test('plan: a refusing group is named with its cost, and the verification of flags with its groups', () => {
  const lines = planLines(plan({ refusing: { name: 'Sales' }, isVerifying: true })).join('\n');

  expect(lines).toContain(
    'the group Sales would not list its members, which costs 10000 calls instead of 500',
  );
  expect(lines).toMatch(
    /group-roles +every group +501 +this run verifies the admin flags \(VERIFY_GROUP_ROLES\)/,
  );
});

describe('plan: assets', () => {
  const assets: PlannedAssets = {
    wanted: new Set(ASSETS),
    appUsers: 'auto',
    apps: 200,
    appsWithRoles: 5,
    groupsWithApps: 300,
    appsOfEveryone: 20,
    rules: 60,
    devices: 6000,
    isGuess: false,
  };
  const callsOf = (changes: Partial<PlannedAssets> = {}): Record<string, number> =>
    Object.fromEntries(
      planAssets({ ...assets, ...changes }, 10_000).map(({ question, calls }) => [question, totalOf(calls)]),
    );

  test("the issue's org takes 414 calls for them: one more for the custom roles", () => {
    expect(callsOf()).toEqual({
      apps: 1,
      'app-groups': 200,
      'app-users': 180,
      rules: 1,
      devices: 30,
      org: 2,
    });
  });

  test.each<[Partial<PlannedAssets>, string, number]>([
    [{ appUsers: 'all' }, 'app-users', 180 + 20 * 20],
    [{ appUsers: 'off' }, 'app-users', 0],
    [{ groupsWithApps: 100 }, 'app-groups', 105],
    [{ groupsWithApps: 195 }, 'app-groups', 200],
    [{ groupsWithApps: undefined }, 'app-groups', 200],
    [{ appsOfEveryone: undefined }, 'app-users', 200],
  ])('with %j, %s takes %i calls', (changes, question, calls) => {
    expect(callsOf(changes)[question]).toBe(calls);
  });

  test('ask only what is wanted', () => {
    expect(Object.keys(callsOf({ wanted: new Set(['apps']) }))).toEqual(['apps', 'app-groups']);
    expect(callsOf({ wanted: new Set(['groups']) })).toEqual({});
  });

  test('tell bucket and time of each question; without them nothing does', () => {
    const [timed] = plan({ assets }).questions.filter(({ question }) => question === 'app-users');

    expect(timed).toMatchObject({ bucket: 'users', minutes: 180 / 300 });
    expect(plan().questions.filter((each) => 'bucket' in each || 'minutes' in each)).toEqual([]);
    expect(planLines(plan({ assets })).join('\n')).toMatch(
      /app-users +applications that .* +180 +36 s +users/,
    );
  });
});
