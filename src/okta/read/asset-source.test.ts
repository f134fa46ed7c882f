import { describe, expect, test } from 'vitest';
import type { AssetPage } from '../../ports/assets.ts';
import { OktaFeatureOffError, OktaForbiddenError, OktaUnavailableError } from '../../ports/errors.ts';
import {
  collect,
  createClient,
  HOST,
  json,
  NOW,
  ORIGIN,
  page,
  problem,
  thrownBy,
  useOkta,
} from '../okta.fixture.ts';
import type { Asked } from '../okta.fixture.ts';
import { OktaAssetSource } from './asset-source.ts';

const { serve } = useOkta();
const OWN = 'login.acme.example';

function createSource(): OktaAssetSource {
  return new OktaAssetSource({
    client: createClient(),
    org: { ownHosts: new Set([HOST, OWN]), followsAssets: true },
  });
}

const paths = (asked: readonly Asked[]): string[] => asked.map(({ path }) => path);
const idsOf = (pages: readonly AssetPage<{ readonly id: string }>[]): string[] =>
  pages.flatMap(({ entries }) => entries.map(({ id }) => id));

describe('okta, asset source: a list is asked for', () => {
  const since = Date.UTC(2026, 7, 1);
  const stamp = encodeURIComponent('lastUpdated ge "2026-08-01T00:00:00.000Z"').replaceAll('%20', '+');

  test.each<[string, (source: OktaAssetSource) => AsyncIterable<unknown>, string]>([
    ['applications', (source) => source.listApps(), '/api/v1/apps?limit=200&includeNonDeleted=true'],
    ['users of one', (source) => source.listAppUsers('0oa1'), '/api/v1/apps/0oa1/users?limit=500'],
    ['groups of one', (source) => source.listAppGroups('0oa1'), '/api/v1/apps/0oa1/groups?limit=200'],
    [
      'applications of a group',
      (source) => source.listGroupApps('00g1'),
      '/api/v1/groups/00g1/apps?limit=200',
    ],
    ['rules', (source) => source.listRules(), '/api/v1/groups/rules?limit=200'],
    ['devices', (source) => source.listDevices(), '/api/v1/devices?limit=200&expand=userSummary'],
    [
      'changed devices',
      (source) => source.listDevices(since),
      `/api/v1/devices?limit=200&expand=userSummary&search=${stamp}`,
    ],
  ])('in large pages, to its end: %s', async (_, list, path) => {
    const next = `${path}&after=2`;
    const asked = serve(({ path: at }) =>
      at === path ? page(['a1', 'a2'], `https://${OWN}${next}`) : page([]),
    );

    const pages = await collect(list(createSource()));

    expect(paths(asked)).toEqual([path, next]);
    expect(pages).toHaveLength(2);
  });

  test('again with smaller pages where Okta gives up on it, of groups never below 20', async () => {
    const asked = serve(() => problem(504));

    await thrownBy(collect(createSource().listAppGroups('0oa1')));

    const limits = asked.map(({ url }) => new URL(url).searchParams.get('limit'));
    expect([...new Set(limits)]).toEqual(['200', '100', '50', '25']);
  });

  test('a next link to a host that is not the org ends it, without ending the run', async () => {
    serve(() => page(['0oa1'], 'https://evil.example/api/v1/apps?after=1'));

    expect(await thrownBy(collect(createSource().listApps()))).toBeInstanceOf(OktaUnavailableError);
  });
});

test('okta, asset source: inactive applications are left out where Okta does not take the parameter', async () => {
  const asked = serve(({ path }) =>
    path.includes('includeNonDeleted') ? problem(400, 'E0000001') : page(['0oa1']),
  );

  expect(idsOf(await collect(createSource().listApps()))).toEqual(['0oa1']);
  expect(paths(asked)).toEqual(['/api/v1/apps?limit=200&includeNonDeleted=true', '/api/v1/apps?limit=200']);
});

test('okta, asset source: devices come without their users where Okta does not take that question', async () => {
  const asked = serve(({ path }) => (path.includes('expand') ? problem(400, 'E0000001') : page(['guo1'])));

  const [only] = await collect(createSource().listDevices());

  expect(only?.entries).toEqual([{ device: { id: 'guo1' }, users: undefined }]);
  expect(paths(asked)).toEqual(['/api/v1/devices?limit=200&expand=userSummary', '/api/v1/devices?limit=200']);
});

test('okta, asset source: entries that make no sense are told by their ids, the others are read', async () => {
  const odd = { id: '0pr2', actions: { assignUserToGroups: { groupIds: 7 } } };
  serve(() => json([{ id: '0pr1' }, odd, { name: 'without an id' }, 7]));

  expect(await collect(createSource().listRules())).toMatchObject([
    { entries: [{ id: '0pr1' }], unreadable: ['0pr2', undefined, undefined] },
  ]);
});

describe('okta, asset source: a list that the org does not have', () => {
  const off = (status: number, code?: string) => (): Response => problem(status, code);

  test.each([
    ['devices of a Classic org', 'devices', off(401, 'E0000015')],
    ['devices of a Classic org, worded otherwise', 'devices', off(404, 'E0000008')],
    ['devices of a Classic org, by the parameter', 'devices', off(400, 'E0000001')],
    ['rules that are switched off', 'rules', off(400, 'E0000001')],
    ['custom roles', 'roles', off(404, 'E0000007')],
  ] as const)('is said to be off: %s', async (_, list, answer) => {
    serve(answer);
    const source = createSource();
    const lists = {
      devices: () => source.listDevices(),
      rules: () => source.listRules(),
      roles: () => source.listCustomRoles(),
    };

    expect(await thrownBy(collect<unknown>(lists[list]()))).toBeInstanceOf(OktaFeatureOffError);
  });

  test('is not one that is refused, nor one that has begun, nor a search', async () => {
    const source = createSource();
    serve(off(403, 'E0000006'));
    expect(await thrownBy(collect(source.listRules()))).toBeInstanceOf(OktaForbiddenError);
    serve(off(400, 'E0000031'));
    expect(await thrownBy(collect(source.listDevices(NOW)))).not.toBeInstanceOf(OktaFeatureOffError);
    serve((_, times) =>
      times === 1 ? page(['0pr1'], `${ORIGIN}/api/v1/groups/rules?after=1`) : problem(400),
    );
    expect(await thrownBy(collect(source.listRules()))).not.toBeInstanceOf(OktaFeatureOffError);
  });
});

describe('okta, asset source: one record', () => {
  test("is gone by Okta's own 404 alone", async () => {
    const source = createSource();
    serve(() => problem(404, 'E0000007'));
    expect(await source.getApp('0oa1')).toBeUndefined();
    expect(await source.getRule('0pr1')).toBeUndefined();
    expect(await source.getDevice('guo1')).toBeUndefined();
    expect(await source.getAppUser('0oa1', '00u1')).toBeUndefined();

    serve(() => json({ error: 'no record' }));
    expect(await thrownBy(source.getApp('0oa1'))).toBeInstanceOf(OktaUnavailableError);
    expect(await thrownBy(source.readOrg())).toBeInstanceOf(OktaUnavailableError);
  });

  test('is asked for by its ids', async () => {
    const asked = serve(({ path }) => json({ id: path.split('/').at(-1) ?? '' }));
    const source = createSource();

    expect(await source.getAppUser('0oa1', '00u$&')).toEqual({ id: '00u%24%26' });
    expect(await source.getRule('0pr1')).toEqual({ id: '0pr1', groupIds: [] });
    expect(paths(asked)).toEqual(['/api/v1/apps/0oa1/users/00u%24%26', '/api/v1/groups/rules/0pr1']);
  });

  test('of a device comes with its users by a second call', async () => {
    const asked = serve(({ path }) =>
      path.endsWith('/users')
        ? json([{ managementStatus: 'MANAGED', user: { id: '00u1', profile: { login: 'ana' } } }])
        : json({ id: 'guo1', status: 'ACTIVE' }),
    );

    expect(await createSource().getDevice('guo1')).toEqual({
      device: { id: 'guo1', status: 'ACTIVE' },
      users: [{ id: '00u1', managementStatus: 'MANAGED' }],
    });
    expect(paths(asked)).toEqual(['/api/v1/devices/guo1', '/api/v1/devices/guo1/users']);
  });
});

test('okta, asset source: custom roles come page by page with their permissions, where Okta tells them', async () => {
  const next = '/api/v1/iam/roles?after=2';
  const asked = serve(({ path }) => {
    if (path === '/api/v1/iam/roles/cr01/permissions')
      return json({ permissions: [{ label: 'okta.users.read' }] });
    if (path === '/api/v1/iam/roles/cr02/permissions') return problem(404, 'E0000007');
    const first = { roles: [{ id: 'cr01', label: 'Help' }], _links: { next: { href: `${ORIGIN}${next}` } } };
    return json(path === next ? { roles: [{ id: 'cr02' }, {}], _links: {} } : first);
  });

  const pages = await collect(createSource().listCustomRoles());

  expect(pages).toMatchObject([
    { entries: [{ id: 'cr01', label: 'Help', permissions: ['okta.users.read'] }], unreadable: [] },
    { entries: [{ id: 'cr02' }], unreadable: [undefined] },
  ]);
  expect(pages[1]?.entries[0]?.permissions).toBeUndefined();
  expect(asked).toHaveLength(4);
});

test.each([
  [200, true],
  [404, false],
] as const)(
  'okta, asset source: a custom role whose permissions answer %i is there: %s',
  async (status, isThere) => {
    const asked = serve(() => (status === 404 ? problem(404, 'E0000007') : json({ permissions: [] })));

    expect(await createSource().hasCustomRole('cr01')).toBe(isThere);
    expect(paths(asked)).toEqual(['/api/v1/iam/roles/cr01/permissions']);
  },
);
