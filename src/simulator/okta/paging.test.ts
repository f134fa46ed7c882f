import { afterEach, describe, expect, test } from 'vitest';
import { createOrg, startOktaServer, type OktaServer, type OktaServerOptions } from '../index.ts';
import { ask, idsOf, nextOf, walk } from '../loopback.fixture.ts';

const org = createOrg({ users: 530, groups: 30, deprovisionedShare: 0.1 });
const notDeprovisioned = org.users.filter((user) => user.status !== 'DEPROVISIONED').map((user) => user.id);
let server: OktaServer | undefined;

async function start(options: OktaServerOptions = {}): Promise<string> {
  server = await startOktaServer(org, { rates: { limits: 1e9 }, ...options });
  return server.url;
}

afterEach(() => server?.close());

describe('simulated okta, paging: pages', () => {
  test.each([
    {},
    { areLinksJoined: true },
    { hasOddCursors: true },
    { areLinksJoined: true, hasOddCursors: true },
  ])('hold every user exactly once, deactivated ones left out, with %o', async (options) => {
    const pages = await walk(`${await start(options)}/api/v1/users`);

    expect(pages.flat()).toEqual(notDeprovisioned);
    expect(pages[0]).toHaveLength(200);
  });

  test('hold no more than 200 users, whatever is asked', async () => {
    const seen = await ask(`${await start()}/api/v1/users?limit=1000`);

    expect(idsOf(seen)).toHaveLength(200);
    expect(seen.links[0]).toContain('limit=200');
  });

  test('come with two link headers, or with one', async () => {
    const two = await ask(`${await start()}/api/v1/users`);
    await server?.close();
    const one = await ask(`${await start({ areLinksJoined: true })}/api/v1/users`);

    expect(two.links).toHaveLength(2);
    expect(one.links).toHaveLength(1);
    expect(one.links[0]).toMatch(/^<.*>; rel="self", <.*>; rel="next"$/);
  });

  test('end without a next link, even when the last one is full', async () => {
    const url = await start();
    const size = org.groups.length;

    expect(nextOf(await ask(`${url}/api/v1/groups?limit=${size}`))).toBeUndefined();
    expect((await walk(`${url}/api/v1/groups?limit=1`)).flat()).toEqual(org.groups.map((group) => group.id));
  });

  test('of a group list deactivated members too', async () => {
    const pages = await walk(`${await start()}/api/v1/groups/${org.everyone.id}/users?limit=100`);

    expect(pages.flat()).toEqual(org.users.map((user) => user.id));
  });

  test('of assignees have their next link in the body', async () => {
    const seen = await ask(`${await start()}/api/v1/iam/assignees/users?limit=2`);

    expect(seen.links).toEqual([]);
    expect(seen.json).toMatchObject({
      value: [{}, {}],
      _links: { next: { href: expect.stringContaining('after=') } },
    });
  });

  test('of a user’s groups exist only when asked for', async () => {
    const user = org.users.find((each) => each.groups.length > 5);
    const whole = await ask(`${await start()}/api/v1/users/${user?.id}/groups`);
    await server?.close();
    const pages = await walk(`${await start({ userGroupsPageSize: 2 })}/api/v1/users/${user?.id}/groups`);

    expect(whole.links).toEqual([]);
    expect(pages.flat().toSorted()).toEqual(idsOf(whole).toSorted());
    expect(pages.length).toBeGreaterThan(2);
  });

  test.each(['limit=0', 'limit=x', 'after=made-up'])('are refused for %s', async (query) => {
    const seen = await ask(`${await start()}/api/v1/users?${query}`);

    expect(seen.status).toBe(400);
    expect(seen.json).toMatchObject({ errorCode: 'E0000029' });
  });

  test('of the log always have a next one, unless the query is bounded', async () => {
    const url = await start();

    expect(nextOf(await ask(`${url}/api/v1/logs`))).toContain('after=');
    expect(nextOf(await ask(`${url}/api/v1/logs?until=2026-01-01T00:00:00Z`))).toBeUndefined();
  });
});

describe('simulated okta, paging: hostile pages', () => {
  const template = '/api/v1/users';

  test('lead to another origin', async () => {
    const url = await start({ hostile: [{ template, kind: 'foreign-next', origin: 'http://127.0.0.1:9' }] });

    expect(nextOf(await ask(`${url}/api/v1/users`))).toMatch(/^http:\/\/127\.0\.0\.1:9\/api/);
  });

  test('go round in a loop', async () => {
    const pages = await walk(
      `${await start({ hostile: [{ template, kind: 'loop-next' }] })}/api/v1/users`,
      6,
    );

    expect(pages[2]).toEqual(pages[0]);
    expect(pages).toHaveLength(6);
  });

  test.each(['endless', 'endless-repeat'] as const)('never end: %s', async (kind) => {
    const pages = await walk(`${await start({ hostile: [{ template, kind }] })}/api/v1/users?limit=200`, 12);

    expect(pages).toHaveLength(12);
    expect(pages.at(-1)).toHaveLength(kind === 'endless' ? 0 : 200);
  });
});
