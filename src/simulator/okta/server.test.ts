import { afterEach, describe, expect, test } from 'vitest';
import {
  createOrg,
  DEFAULT_TOKEN,
  startOktaServer,
  type OktaServer,
  type OktaServerOptions,
} from '../index.ts';
import { ask, idsOf, send } from '../loopback.fixture.ts';

const org = createOrg({ users: 300, groups: 30, oktaAdministratorsGroup: true, deprovisionedShare: 0.1 });
const user = org.users.find((each) => each.factors.length > 2);
const adminGroup = org.groups.find((group) => group.roles.length > 0);
let server: OktaServer | undefined;

async function start(options: OktaServerOptions = {}): Promise<string> {
  server = await startOktaServer(org, { rates: { limits: 1e9 }, ...options });
  return server.url;
}

afterEach(() => server?.close());

describe('simulated okta, server: a simulated Okta org', () => {
  test('says who it is to anyone, and the rest only to its token', async () => {
    const url = await start({ token: 'right' });
    const open = await send(`${url}/.well-known/okta-organization`);
    const shut = [
      await send(`${url}/api/v1/users`),
      await ask(`${url}/api/v1/users`, 'wrong'),
      await ask(`${url}/api/v1/users`, 'right'),
    ];

    expect(open.json).toMatchObject({ id: org.id, pipeline: 'idx', _links: { organization: { href: url } } });
    expect(shut.map((seen) => seen.status)).toEqual([401, 401, 200]);
    expect(shut[1]?.json).toMatchObject({ errorCode: 'E0000011', errorLink: 'E0000011', errorCauses: [] });
    expect(shut[1]?.headers['x-okta-request-id']).toMatch(/^req/);
    expect(server?.tally.unauthorised).toBe(2);
  });

  test('gives a user by id or login, and a 404 otherwise', async () => {
    const url = await start();
    const login = user === undefined ? undefined : org.profile(user)['login'];
    const seen = [
      await ask(`${url}/api/v1/users/${user?.id}`),
      await ask(
        `${url}/api/v1/users/${encodeURIComponent(JSON.stringify(login).slice(1, -1).toUpperCase())}`,
      ),
      await ask(`${url}/api/v1/users/nobody`),
      await ask(`${url}/api/v1/users/%zz`),
      await ask(`${url}/api/v1/nothing`),
      await send(`${url}/api/v1/users`, {
        method: 'POST',
        headers: { authorization: `SSWS ${DEFAULT_TOKEN}` },
      }),
    ];

    expect(seen.map(({ status }) => status)).toEqual([200, 200, 404, 400, 404, 405]);
    expect(seen[1]?.json).toMatchObject({ id: user?.id });
    expect(seen[2]?.json).toMatchObject({ errorCode: 'E0000007' });
    expect(seen[4]?.json).toMatchObject({ errorCode: 'E0000008' });
    expect(seen[5]?.json).toMatchObject({ errorCode: 'E0000022' });
    expect(Object.fromEntries(server?.calls ?? [])).toEqual({
      '/api/v1/users/{id}': 4,
      other: 1,
      '/api/v1/users': 1,
    });
  });

  test('answers the lookups of a user', async () => {
    const url = `${await start()}/api/v1/users/${user?.id}`;
    const factors = await ask(`${url}/factors`);
    const groups = await ask(`${url}/groups`);

    expect(idsOf(factors)).toHaveLength(user?.factors.length ?? 0);
    expect(factors.links).toEqual([]);
    expect(idsOf(groups)).toEqual([org.everyone.id, ...(user?.groups.map((group) => group.id) ?? [])]);
  });

  test('embeds the shared secret in a factor that waits for its activation', async () => {
    const pending = org.users.find((each) => each.factors.includes('pending-totp'));
    const seen = await ask(`${await start()}/api/v1/users/${pending?.id}/factors`);

    expect(seen.json).toMatchObject([
      {
        status: 'PENDING_ACTIVATION',
        _embedded: { activation: { sharedSecret: expect.stringMatching(/^SECRET/) } },
      },
    ]);
  });

  test('merges roles through groups into those of a user, and says so', async () => {
    const url = await start();
    const member = adminGroup?.members.find((each) => each.roles.length === 0);
    const ofGroup = await ask(`${url}/api/v1/groups/${adminGroup?.id}/roles`);
    const ofMember = await ask(`${url}/api/v1/users/${member?.id}/roles`);

    expect(idsOf(ofMember)).toEqual(expect.arrayContaining(idsOf(ofGroup)));
    expect(ofMember.json).toMatchObject(
      idsOf(ofMember).map(() => ({
        assignmentType: 'GROUP',
        _links: { assignee: { href: expect.stringContaining('/api/v1/groups/') } },
      })),
    );
  });

  test.each([
    ['ok', 'hasAdminPrivilege', true],
    ['ok', 'hasAdminPrivlege', true],
    ['ok', 'absent', undefined],
  ] as const)('says which groups hold roles: stats %s, flag %s', async (stats, adminFlag, expected) => {
    const seen = await ask(
      `${await start({ stats, adminFlag })}/api/v1/groups/${adminGroup?.id}?expand=stats`,
    );

    expect(seen.json).toMatchObject({ _embedded: { stats: { usersCount: adminGroup?.members.length } } });
    expect(seen.text.includes(`"${adminFlag}":true`)).toBe(expected === true);
    expect(seen.text.includes('hasAdmin')).toBe(expected === true);
  });

  test('may have no stats, or fail on pages with stats that are too large', async () => {
    const without = await ask(`${await start({ stats: 'missing' })}/api/v1/groups?expand=stats`);
    await server?.close();
    const url = `${await start({ stats: 100 })}/api/v1/groups`;

    expect(without.text).not.toContain('_embedded');
    expect((await ask(`${url}?expand=stats&limit=200`)).status).toBe(500);
    expect((await ask(`${url}?expand=stats&limit=100`)).text).toContain('_embedded');
    expect((await ask(`${url}?limit=200`)).status).toBe(200);
  });

  test('does not list the members of its built-in administrators', async () => {
    const seen = await ask(`${await start()}/api/v1/groups/${org.oktaAdministrators?.id}/users`);

    expect(seen.status).toBe(501);
  });

  test.each([
    ['ok', 200],
    ['without-group-admins', 200],
    ['missing', 404],
    ['refused', 403],
  ] as const)('has assignees: %s', async (assignees, status) => {
    const seen = await ask(`${await start({ assignees })}/api/v1/iam/assignees/users?limit=200`);
    const direct = org.users.filter((each) => each.roles.length > 0);
    const throughGroup = org.users.filter((each) => each.roles.length === 0 && org.rolesOf(each).length > 0);

    expect(seen.status).toBe(status);
    expect(direct.every((each) => seen.text.includes(each.id))).toBe(status === 200);
    expect(throughGroup.some((each) => seen.text.includes(each.id))).toBe(assignees === 'ok');
  });

  test('refuses what it is told to, from the call it is told to', async () => {
    const template = '/api/v1/users/{id}/factors';
    const url = await start({
      keepsLog: true,
      refuse: [
        { template, status: 403, from: 2, only: (id) => id === user?.id, missingScope: 'okta.users.read' },
        { path: /^\/api\/v1\/groups/, status: 401 },
      ],
    });
    const seen = [
      await ask(`${url}/api/v1/users/${user?.id}/factors`),
      await ask(`${url}/api/v1/users/${user?.id}/factors`),
      await ask(`${url}/api/v1/users/${org.users[0]?.id}/factors`),
      await ask(`${url}/api/v1/groups`),
    ];
    server?.setRefusals([]);
    seen.push(await ask(`${url}/api/v1/groups`));

    expect(seen.map(({ status }) => status)).toEqual([200, 403, 200, 401, 200]);
    expect(seen[1]?.json).toMatchObject({ errorCode: 'E0000006' });
    expect(seen[1]?.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(seen[3]?.json).toMatchObject({ errorCode: 'E0000015' });
    expect(server?.log.map((each) => each.status)).toEqual([200, 403, 200, 401, 200]);
    expect(server?.log[1]).toMatchObject({ method: 'GET', template, bucket: 'users', count: 2 });
  });

  test('may redirect, or answer with more than anyone should read', async () => {
    const url = await start({
      hostile: [
        { template: '/api/v1/users', kind: 'redirect', origin: 'http://127.0.0.1:9' },
        { template: '/api/v1/groups', kind: 'giant-body' },
      ],
    });
    const redirected = await ask(`${url}/api/v1/users?limit=1`);
    const giant = await ask(`${url}/api/v1/groups`);

    expect([redirected.status, redirected.headers['location']]).toEqual([
      302,
      'http://127.0.0.1:9/api/v1/users?limit=1',
    ]);
    expect(giant.text.length).toBeGreaterThan(64 * 1_024 * 1_024);
  });
});
