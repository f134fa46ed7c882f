import { readdir } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { toldLines } from './launch.fixture.ts';
import { expectEvents, isNotDeprovisioned, printedEvents, userOf } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const BIG = { users: 600, groups: 100, groupsPerUser: 8, adminGroups: 5 } as const;

describe.concurrent('dry-run', () => {
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

  test.for([1, 7, 250])('--limit %i prints that many events for few calls', async (limit, { makeStage }) => {
    const { org, okta, run } = await makeStage({ org: BIG });

    const ended = await run(['dry-run', '--limit', String(limit)]);
    const printed = printedEvents(ended);

    expect([ended.code, printed.size]).toEqual([0, limit]);
    expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
    // Pages of users and groups, roles of five groups, and at most three lookups a user.
    expect(okta.tally.total).toBeLessThanOrEqual(10 + 5 + 3 * limit);
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

    const ended = await run(['dry-run', '--user', user?.id ?? '']);

    expectEvents(printedEvents(ended), org, { isWanted: ({ id }) => id === user?.id });
  });

  test.for(['nobody@nowhere.example', '00uNobody', '..', '../groups', 'a/b'])(
    '--user %s is not there: exit 1, says so, prints nothing',
    async (user, { makeStage }) => {
      const { run } = await makeStage();

      const ended = await run(['dry-run', '--user', user]);

      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(toldLines(ended)[0]).toMatch(/^error: .*--user/);
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
