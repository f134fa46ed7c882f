import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  createOrg,
  PLANTED_SECRET,
  startOktaServer,
  type OktaServer,
  type OktaServerOptions,
} from '../index.ts';
import { ask, idsOf, walk } from '../loopback.fixture.ts';
import { usersOfApp } from '../org/assets/app-users.ts';

const org = createOrg({
  users: 120,
  groups: 24,
  admins: 12,
  apps: 34,
  appsForEveryone: 2,
  usersPerApp: 40,
  rules: 7,
  devices: 30,
});
const { assets } = org;
const listed = assets.apps.filter(({ kind }) => kind.isUnlisted !== true);
const twice = assets.apps.find(({ groups }) => groups.length > 1 && groups[0]?.group === groups[1]?.group);
let server: OktaServer | undefined;

async function start(options: OktaServerOptions = {}): Promise<string> {
  server = await startOktaServer(org, { rates: { limits: 1e9 }, ...options });
  return `${server.url}/api/v1`;
}

afterEach(() => server?.close());

function sorted(ids: readonly string[]): string[] {
  return ids.toSorted();
}

describe('simulated okta, assets: apps', () => {
  test('lists active ones, or all when asked for; never those that Okta keeps to itself', async () => {
    const url = await start();
    const [bare, all] = [
      await walk(`${url}/apps`),
      await walk(`${url}/apps?includeNonDeleted=true&limit=200`),
    ];
    const inactive = await ask(`${url}/apps?filter=status+eq+"INACTIVE"`);
    const hidden = assets.apps.find(({ kind }) => kind.isUnlisted);

    expect(bare.map(({ length }) => length)).toEqual([20, listed.length - 2 - 20]);
    expect(all.flat()).toEqual(listed.map(({ id }) => id));
    expect(idsOf(inactive)).toHaveLength(2);
    expect((await ask(`${url}/apps/${hidden?.id}`)).status).toBe(404);
  });

  test('answers with secrets that nobody may keep', async () => {
    const url = await start();
    const paths = [
      'apps?limit=200',
      `apps/${twice?.id}/users`,
      `apps/${twice?.id}/groups`,
      'devices?expand=userSummary',
      'org',
    ];

    for (const path of paths) expect((await ask(`${url}/${path}`)).text).toContain(PLANTED_SECRET);
  });

  test('has its list as other orgs have it', async () => {
    const url = await start({ refusesNonDeleted: true, listsInactiveApps: true });

    expect((await ask(`${url}/apps?includeNonDeleted=true`)).status).toBe(400);
    expect(idsOf(await ask(`${url}/apps?limit=200`))).toHaveLength(listed.length);
  });

  test('gives the users of an app page by page, and each alone, of both scopes', async () => {
    const url = await start();
    const pages = await walk(`${url}/apps/${twice?.id}/users?limit=7`);
    const users = twice === undefined ? [] : usersOfApp(org, twice);
    const seen = await Promise.all(
      users.map(async ({ id }) => (await ask(`${url}/apps/${twice?.id}/users/${id}`)).json),
    );
    const outsider = org.users.find((user) => !users.includes(user));
    const none = await ask(`${url}/apps/${twice?.id}/users/${outsider?.id}`);

    expect(pages.flat()).toEqual(users.map(({ id }) => id));
    expect(seen).toContainEqual(expect.objectContaining({ scope: 'USER' }));
    expect(seen).toContainEqual(expect.objectContaining({ scope: 'GROUP' }));
    expect(seen).toContainEqual(expect.objectContaining({ credentials: null }));
    expect(none.status).toBe(404);
  });

  test('gives the groups of an app, one of them twice, and refuses pages that are too small', async () => {
    const url = await start();
    const seen = await ask(`${url}/apps/${twice?.id}/groups`);
    const [first = ''] = idsOf(seen);
    const apps = await ask(`${url}/groups/${first}/apps`);
    const stats = await ask(`${url}/groups/${first}?expand=stats`);

    expect(idsOf(seen).filter((id) => id === first)).toHaveLength(2);
    expect(seen.json).toContainEqual(
      expect.objectContaining({
        profile: expect.objectContaining({ samlRoles: expect.any(Array) }),
        priority: 0,
      }),
    );
    expect((await ask(`${url}/apps/${twice?.id}/groups?limit=19`)).status).toBe(400);
    expect(idsOf(apps)).toContain(twice?.id);
    expect(stats.json).toMatchObject({ _embedded: { stats: { appsCount: idsOf(apps).length } } });
  });

  test('spends one bucket for all but an app alone', async () => {
    const url = await start({ rates: {}, keepsLog: true });
    for (const path of [
      'apps',
      `apps/${twice?.id}/users`,
      `apps/${twice?.id}/groups`,
      `apps/${twice?.id}`,
      'devices',
    ])
      await ask(`${url}/${path}`);

    expect(server?.log.map(({ bucket }) => bucket)).toEqual(['apps', 'apps', 'apps', 'app', 'devices']);
    expect(server?.windows.map(({ bucket, limit }) => [bucket, limit])).toEqual([
      ['apps', 100],
      ['app', 500],
      ['devices', 100],
    ]);
  });
});

describe('simulated okta, assets: an org that fails in part', () => {
  test('gives up on pages that are too large for it', async () => {
    const url = await start({ largestPages: { '/api/v1/devices': 20 } });

    expect((await ask(`${url}/devices?limit=21`)).status).toBe(500);
    expect((await walk(`${url}/devices?limit=20`)).map(({ length }) => length)).toEqual([20, 10]);
  });

  test('leaves some out of its lists and knows them all the same', async () => {
    const [[app], [rule], [device]] = [listed, assets.rules, assets.devices];
    const url = await start();
    for (const each of [app, rule, device]) Object.assign(each ?? {}, { isLeftOut: true });
    onTestFinished(() => {
      for (const each of [app, rule, device]) Object.assign(each ?? {}, { isLeftOut: false });
    });
    const [apps, rules, devices] = await Promise.all(
      ['apps?limit=200&includeNonDeleted=true', 'groups/rules', 'devices'].map((path) =>
        ask(`${url}/${path}`),
      ),
    );
    const alone = [`apps/${app?.id}`, `groups/rules/${rule?.id}`, `devices/${device?.id}`];

    expect([apps, rules, devices].map((seen) => (seen === undefined ? 0 : idsOf(seen).length))).toEqual([
      listed.length - 1,
      6,
      29,
    ]);
    for (const path of alone) expect((await ask(`${url}/${path}`)).status).toBe(200);
  });
});

describe('simulated okta, assets: rules, devices, the org and roles', () => {
  test('lists rules, some of them dangling, or refuses where the org has none', async () => {
    const url = await start();
    const seen = await ask(`${url}/groups/rules?limit=200`);
    const alone = await ask(`${url}/groups/rules/${assets.rules[0]?.id}`);
    server?.setStyle({ groupRules: 'off' });

    expect(seen.json).toHaveLength(7);
    expect(seen.json).toContainEqual(expect.objectContaining({ status: 'INVALID' }));
    expect(seen.json).toContainEqual(expect.objectContaining({ allGroupsValid: false }));
    expect(alone.json).toMatchObject({ id: assets.rules[0]?.id });
    expect((await ask(`${url}/groups/rules`)).status).toBe(400);
  });

  test('lists devices with their users, finds those changed since, and has none in a Classic org', async () => {
    const url = await start();
    const device = assets.devices.find(({ users }) => users.length > 1);
    const after = device?.lastUpdatedAt ?? 0;
    const all = await ask(`${url}/devices?expand=userSummary`);
    const search = encodeURIComponent(`lastUpdated ge "${new Date(after).toISOString()}"`);
    const changed = idsOf(await ask(`${url}/devices?expand=userSummary&search=${search}`));
    const users = await ask(`${url}/devices/${device?.id}/users`);
    server?.setStyle({ pipeline: 'v1' });
    const classic = await ask(`${url}/devices`);

    expect(all.json).toHaveLength(30);
    expect(all.json).toContainEqual(
      expect.objectContaining({ id: device?.id, _embedded: { users: users.json } }),
    );
    expect(sorted(changed)).toEqual(
      sorted(assets.devices.filter(({ lastUpdatedAt }) => lastUpdatedAt >= after).map(({ id }) => id)),
    );
    expect([classic.status, classic.json]).toEqual([401, expect.objectContaining({ errorCode: 'E0000015' })]);
  });

  test('describes the org, custom roles and the targets of roles', async () => {
    const url = await start();
    const custom = org.users.flatMap(({ roles }) => roles).find(({ type }) => type === 'CUSTOM');
    const narrow = org.users.find(({ roles }) => roles.some(({ targets }) => targets !== undefined));
    const seen = {
      org: await ask(`${url}/org`),
      support: await ask(`${url}/org/privacy/oktaSupport`),
      roles: await ask(`${url}/iam/roles?limit=200`),
      permissions: await ask(`${url}/iam/roles/${custom?.role}/permissions`),
      targets: await ask(
        `${url}/users/${narrow?.id}/roles?expand=targets/groups&expand=targets/catalog/apps`,
      ),
    };

    expect(seen.org.json).toMatchObject({ id: org.id, subdomain: 'example' });
    expect(seen.support.json).toMatchObject({ support: 'ENABLED' });
    expect(seen.roles.json).toMatchObject({
      roles: expect.arrayContaining([
        expect.objectContaining({ id: 'WORKFLOWS_ADMIN' }),
        expect.objectContaining({ id: custom?.role }),
      ]),
    });
    expect(seen.permissions.json).toMatchObject({ permissions: expect.any(Array) });
    expect(seen.targets.json).toContainEqual(
      expect.objectContaining({
        _embedded: { targets: expect.objectContaining({ groups: expect.any(Array) }) },
      }),
    );
  });
});
