import { readdir } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { toldLines, type Ended } from './launch.fixture.ts';
import { expectedEvents, expectEvents, isNotDeprovisioned, printedEvents, userOf } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const BIG = { users: 600, groups: 100, groupsPerUser: 8, adminGroups: 5 } as const;

/** One line for people says why. */
function expectNoEvent(ended: Ended, why: string): void {
  expect([ended.code, ended.stdout]).toEqual([1, '']);
  expect(toldLines(ended)).toEqual([expect.stringContaining(why)]);
  expect(toldLines(ended)[0]).toMatch(/^error: no event for --user: /);
}

describe.concurrent('whole job, dry run', () => {
  test('prints every event and nothing else, pushes nothing, keeps nothing', async ({ makeStage }) => {
    const { org, intake, stateDir, run } = await makeStage({
      org: { users: 150, oddUsers: true, brokenUsers: true },
    });
    const env = { SEKOIA_API_KEY: '', SEKOIA_CONNECTOR_UUID: '', LOG_LEVEL: 'debug' };

    const ended = await run(['dry-run'], { env });

    expectEvents(printedEvents(ended), org);
    expect(ended.code).toBe(0);
    expect(intake.requests).toEqual([]);
    expect(await readdir(stateDir)).toEqual([]);
  });

  test('--pretty indents the same events', async ({ makeStage }) => {
    const { org, run } = await makeStage({ org: { users: 12 } });

    const { stdout } = await run(['dry-run', '--pretty']);

    const texts = stdout.split(/(?<=^\}\n)/m);
    expect(texts[0]).toMatch(/^\{\n {2}"/);
    const events = texts.map((text): Record<string, unknown> => JSON.parse(text));
    expectEvents(new Map(events.map((event) => [String(userOf(event)['uid']), event])), org);
  });

  test.for([1, 7, 120])('--limit %i prints that many events for few calls', async (limit, { makeStage }) => {
    const { org, okta, run } = await makeStage({ org: BIG });

    const ended = await run(['dry-run', '--limit', String(limit)]);
    const printed = printedEvents(ended);

    expect([ended.code, printed.size]).toEqual([0, limit]);
    expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
    // The org, one page of users, of groups (or a search of them) and of role holders, the roles of five groups and of
    // eight holders, and two lookups a user.
    expect(okta.tally.total).toBeLessThanOrEqual(4 + 5 + 8 + 2 * limit);
    expect(okta.calls.get('/api/v1/users')).toBe(1);
  });

  test.for([
    [5, 15],
    [10, 30],
  ] as const)(
    "--limit %i at Okta's own limits: at most %i calls, a page of that many users, no 429",
    async ([limit, most], { makeStage }) => {
      const { org, okta, run } = await makeStage({
        org: { ...BIG, users: 2_000 },
        okta: { keepsLog: true, rates: {} },
      });

      const printed = printedEvents(await run(['dry-run', '--limit', String(limit)]));

      expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
      const pages = okta.log.filter(({ template }) => template === '/api/v1/users');
      expect(pages.map(({ path }) => path)).toEqual([`/api/v1/users?limit=${limit}`]);
      expect([printed.size, okta.tally.rateLimited]).toEqual([limit, 0]);
      expect(okta.tally.total).toBeLessThanOrEqual(most);
    },
  );

  test.for([
    [5, 14],
    [20, 45],
  ] as const)(
    '--limit %i in a large org takes %i calls and those for the roles of groups that hold some',
    async ([limit, most], { makeStage }) => {
      const { org, okta, run } = await makeStage({
        org: { users: 1_000, groups: 900, groupsPerUser: 12, adminGroups: 120, admins: 40 },
        okta: { keepsLog: true, assignees: 'without-group-admins' },
      });

      const printed = printedEvents(await run(['dry-run', '--limit', String(limit)]));

      expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
      const mine = org.users.filter(({ id }) => printed.has(id));
      const holding = new Set(
        mine.flatMap((user) => org.groupsOf(user).filter(({ roles }) => roles.length > 0)),
      );
      expect(holding.size).toBeGreaterThan(0);
      expect(okta.calls.get('/api/v1/groups/{id}/roles')).toBe(holding.size);
      const holders = mine.filter(({ roles }) => roles.length > 0).length;
      expect(okta.tally.total).toBeLessThanOrEqual(most + holding.size + holders);
      const searches = okta.log.filter(({ template }) => template === '/api/v1/groups');
      for (const { path } of searches) {
        expect(path).toContain('search=id+eq+');
        expect(path.length).toBeLessThan(4_000);
      }
    },
  );

  test.for([
    ['refuses', { status: 400, code: 'E0000031' }],
    ['may not make', { status: 403 }],
  ] as const)(
    '--limit lists all groups where Okta %s the search for some of them',
    async ([, refusal], { makeStage }) => {
      const { org, okta, run } = await makeStage({
        org: { users: 60, groups: 30, groupsPerUser: 6, adminGroups: 5 },
        okta: { refuse: [{ template: '/api/v1/groups', to: 1, ...refusal }] },
      });

      const printed = printedEvents(await run(['dry-run', '--limit', '6']));

      expect(printed.size).toBe(6);
      expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
      expect(okta.calls.get('/api/v1/groups/{id}/roles') ?? 0).toBeLessThanOrEqual(6);
    },
  );

  test('--limit asks groups that show no admin flag for their roles', async ({ makeStage }) => {
    const { org, run } = await makeStage({
      org: { users: 60, groups: 30, groupsPerUser: 6, adminGroups: 5 },
      okta: { adminFlag: 'mixed' },
    });

    const printed = printedEvents(await run(['dry-run', '--limit', '6']));

    expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
  });

  test.for([
    ['groups,factors', ['/api/v1/groups', '/api/v1/iam/assignees/users']],
    ['factors', ['/api/v1/groups', '/api/v1/users/{id}/groups']],
  ] as const)(
    '--limit with LOOKUPS=%s lists nothing that no event needs',
    async ([lookups, unasked], { makeStage }) => {
      const { okta, run } = await makeStage({ org: BIG });

      const ended = await run(['dry-run', '--limit', '5'], { env: { LOOKUPS: lookups } });

      expect([ended.code, printedEvents(ended).size]).toEqual([0, 5]);
      for (const template of unasked) expect(okta.calls.get(template)).toBeUndefined();
    },
  );

  test('--limit asks each user for roles where the list of role holders is long', async ({ makeStage }) => {
    const { org, okta, run } = await makeStage({ org: { ...BIG, admins: 350 } });

    const printed = printedEvents(await run(['dry-run', '--limit', '5']));

    expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
    expect(okta.calls.get('/api/v1/iam/assignees/users')).toBe(2);
    expect(okta.calls.get('/api/v1/users/{id}/roles')).toBe(5);
  });

  test('--limit takes whole pages where only some of the users listed are selected', async ({
    makeStage,
  }) => {
    const { org, okta, run } = await makeStage({ org: BIG });

    const env = { STATUSES: 'SUSPENDED' };
    const printed = printedEvents(await run(['dry-run', '--limit', '3'], { env }));

    expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
    expect(printed.size).toBe(3);
    expect(okta.calls.get('/api/v1/users')).toBeLessThanOrEqual(3);
  });

  test('--limit above the number of users prints them all', async ({ makeStage }) => {
    const { org, run } = await makeStage({ org: { users: 10 } });

    expectEvents(printedEvents(await run(['dry-run', '--limit', '11'])), org);
  });

  test.for(['id', 'login'] as const)('--user finds one by %s, for few calls', async (by, { makeStage }) => {
    const { org, okta, run } = await makeStage({ org: BIG });
    const [user] = org.users.filter((each) => each.roles.length > 0 && each.groups.length > 2);
    const login = user === undefined ? '' : JSON.stringify(org.profile(user)['login']).slice(1, -1);

    const ended = await run(['dry-run', '--user', by === 'id' ? (user?.id ?? '') : login.toUpperCase()]);

    expectEvents(printedEvents(ended), org, { isWanted: ({ id }) => id === user?.id });
    expect(ended.code).toBe(0);
    const groups = user === undefined ? 0 : org.groupsOf(user).length;
    expect(okta.tally.total).toBeLessThanOrEqual(5 + groups);
  });

  test('--user shows a deactivated user too', async ({ makeStage }) => {
    const { org, run } = await makeStage({ org: { users: 60, deprovisionedShare: 0.3 } });
    const user = org.users.find((each) => !isNotDeprovisioned(each));

    const env = { INCLUDE_DEPROVISIONED: 'true' };
    const ended = await run(['dry-run', '--user', user?.id ?? ''], { env });

    expectEvents(printedEvents(ended), org, { isWanted: ({ id }) => id === user?.id });
  });

  test.for([
    ['is deactivated', {}],
    ['is deactivated', { STATUSES: 'ACTIVE', INCLUDE_DEPROVISIONED: 'true' }],
  ] as const)('--user says that the user %s, with %j', async ([told, env], { makeStage }) => {
    const { org, run } = await makeStage({ org: { users: 60, deprovisionedShare: 0.3 } });
    const user = org.users.find((each) => !isNotDeprovisioned(each));

    expectNoEvent(await run(['dry-run', '--user', user?.id ?? ''], { env }), told);
  });

  test('--user names the setting that leaves the user out, and none for a user who is of the selection', async ({
    makeStage,
  }) => {
    const { org, run } = await makeStage();
    const user = org.users.find((each) => each.status === 'ACTIVE' && each.groups.length > 1);
    const mine = new Set(user === undefined ? [] : org.groupsOf(user).map(({ id }) => id));
    const [other] = org.groups.filter(({ id }) => !mine.has(id));
    const [own] = mine;
    const ask = (env: Readonly<Record<string, string>>) =>
      run(['dry-run', '--user', user?.id ?? ''], { env });

    expectNoEvent(await ask({ STATUSES: 'SUSPENDED' }), 'STATUSES leaves the user out');
    expectNoEvent(await ask({ INCLUDE_GROUPS: other?.id ?? '' }), 'INCLUDE_GROUPS leaves the user out');
    expectNoEvent(await ask({ EXCLUDE_GROUPS: own ?? '' }), 'EXCLUDE_GROUPS leaves the user out');
    expectNoEvent(await ask({ OKTA_USER_SEARCH: 'id eq "00u"' }), 'OKTA_USER_SEARCH leaves the user out');
    const chosen = await ask({
      STATUSES: 'ACTIVE',
      INCLUDE_GROUPS: own ?? '',
      OKTA_USER_SEARCH: `id eq "${user?.id}"`,
    });
    expect([chosen.code, printedEvents(chosen).size, toldLines(chosen)]).toEqual([0, 1, []]);
  });

  test('--user says why no event can be made of a user', async ({ makeStage }) => {
    const { org, run } = await makeStage({ org: { users: 30, brokenUsers: true } });
    const events = expectedEvents(org);
    const broken = org.users.find((each) => isNotDeprovisioned(each) && !events.has(each.id));

    expectNoEvent(
      await run(['dry-run', '--user', broken?.id ?? '']),
      'a dead letter, since the user has no ',
    );
  });

  test.for(['nobody@nowhere.example', '..', 'a/b'])(
    '--user %s is not there: exit 1, says so, prints nothing',
    async (user, { makeStage }) => {
      const { run } = await makeStage();

      const ended = await run(['dry-run', '--user', user]);

      expectNoEvent(ended, 'Okta has no user with this id or login');
    },
  );

  test('says in one line what is wrong with the credential, and prints nothing', async ({ makeStage }) => {
    const { run } = await makeStage();

    const ended = await run(['dry-run'], { env: { OKTA_API_TOKEN: 'not-the-token' } });

    expect([ended.code, ended.stdout]).toEqual([3, '']);
    expect(toldLines(ended)).toHaveLength(2);
    expect(toldLines(ended).join('\n')).toMatch(/^error: .*\nhint: .*OKTA_API_TOKEN/);
  });
});
