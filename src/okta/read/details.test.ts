import { describe, expect, test } from 'vitest';
import type { Asset } from '../../ports/assets.ts';
import { collect, createSource, json, problem, useOkta } from '../okta.fixture.ts';

const { serve } = useOkta();
const withAssets = (...assets: readonly Asset[]) => createSource({ assets });
const withoutAssets = createSource();

const FACTOR = {
  id: 'opf1',
  factorType: 'push',
  provider: 'OKTA',
  status: 'ACTIVE',
  vendorName: 'OKTA',
  created: '2026-01-01T00:00:00.000Z',
  lastUpdated: '2026-02-01T00:00:00.000Z',
  lastVerified: '2026-03-01T00:00:00.000Z',
  profile: {
    credentialId: 'SECRET',
    phoneNumber: 'SECRET',
    deviceType: 'SmartPhone_IPhone',
    name: 'Ana phone',
    platform: 'IOS',
    version: '18.2',
    authenticatorName: null,
    keys: [{ kid: 'SECRET' }],
  },
  _embedded: { activation: { sharedSecret: 'SECRET' } },
};
const ROLE = {
  id: 'ra1',
  type: 'APP_ADMIN',
  status: 'ACTIVE',
  assignmentType: 'USER',
  _embedded: {
    targets: {
      groups: [{ id: '00g1', profile: { name: 'SECRET' } }],
      catalog: {
        apps: [
          { name: 'salesforce', displayName: 'SECRET' },
          { id: '0oa1', name: 'slack' },
        ],
      },
    },
  },
};

test('okta, details: a factor has its white-listed details where assets are wanted, else nothing changes', async () => {
  serve(() => json([FACTOR, { factorType: 'sms', profile: { phoneNumber: 'SECRET' } }]));

  const detailed = await withAssets('org').ask('factors', '00u1');
  const plain = await withoutAssets.ask('factors', '00u1');

  expect(detailed).toMatchObject({
    value: [
      {
        id: 'opf1',
        details: {
          vendorName: 'OKTA',
          created: FACTOR.created,
          lastUpdated: FACTOR.lastUpdated,
          lastVerified: FACTOR.lastVerified,
          deviceType: 'SmartPhone_IPhone',
          name: 'Ana phone',
          platform: 'IOS',
          version: '18.2',
        },
      },
      { type: 'sms' },
    ],
  });
  expect(JSON.stringify(detailed)).not.toContain('SECRET');
  expect(plain).toMatchObject({ kind: 'known' });
  expect(JSON.stringify(plain)).not.toContain('details');
});

describe('okta, details: targets of roles', () => {
  const PLAIN = '/api/v1/users/00u1/roles';
  const EXPANDED = `${PLAIN}?expand=targets/groups&expand=targets/catalog/apps`;

  test('come with the roles, without a further call', async () => {
    const asked = serve(() => json([ROLE]));

    const answer = await withAssets('apps').ask('roles', '00u1');

    expect(answer).toMatchObject({
      value: {
        roles: [
          {
            id: 'ra1',
            targets: { groups: ['00g1'], apps: [{ name: 'salesforce' }, { id: '0oa1', name: 'slack' }] },
          },
        ],
      },
    });
    expect(JSON.stringify(answer)).not.toContain('SECRET');
    expect(asked.map(({ path }) => path)).toEqual([EXPANDED]);
  });

  test.each([
    ['APP_ADMIN', { groups: [] }],
    ['APP_ADMIN', { groups: [], catalog: {} }],
    ['USER_ADMIN', { catalog: { apps: [] } }],
    ['USER_ADMIN', {}],
    ['USER_ADMIN', { groups: null }],
    ['USER_ADMIN', { groups: [{ id: 7 }] }],
  ])('are not known of %s from %j: that would be the whole org', async (type, targets) => {
    serve(() => json([{ ...ROLE, type, _embedded: { targets } }]));

    const answer = await withAssets('apps').getGroupRoles('00g1');

    expect(answer.kind === 'known' && answer.value.map((role) => role.targets)).toEqual([undefined]);
  });

  test('say which custom role it is', async () => {
    serve(() => json([{ ...ROLE, type: 'CUSTOM', role: 'cr01' }]));

    expect(await withAssets('apps').getGroupRoles('00g1')).toMatchObject({ value: [{ roleId: 'cr01' }] });
    expect(await withoutAssets.getGroupRoles('00g1')).not.toMatchObject({ value: [{ roleId: 'cr01' }] });
  });

  test('are neither asked for nor read without assets', async () => {
    const asked = serve(() => json([ROLE]));

    expect(JSON.stringify(await withoutAssets.getGroupRoles('00g1'))).not.toContain('targets');
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/groups/00g1/roles']);
  });

  test('are left out where Okta does not take them, and not asked for again', async () => {
    const asked = serve(({ path }) => (path.includes('expand') ? problem(400, 'E0000001') : json([ROLE])));
    const source = withAssets('apps');

    expect((await source.ask('roles', '00u1')).kind).toBe('known');
    expect((await source.ask('roles', '00u1')).kind).toBe('known');
    expect(asked.map(({ path }) => path)).toEqual([EXPANDED, PLAIN, PLAIN]);
  });
});

describe('okta, details: groups', () => {
  const GROUP = {
    id: '00g1',
    type: 'OKTA_GROUP',
    profile: { name: 'A' },
    _embedded: { stats: { appsCount: 3 } },
  };

  test.each<[readonly Asset[], boolean]>([
    [[], false],
    [['devices', 'org'], false],
    [['groups'], true],
    [['apps'], true],
  ])('with the assets %j, details are read from the same listing: %s', async (assets, areRead) => {
    const asked = serve(() => json([GROUP]));

    const [page] = await collect(withAssets(...assets).listGroups());

    expect(page?.details).toEqual(areRead ? [{ id: '00g1', appsCount: 3 }] : undefined);
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/groups?limit=200&expand=stats']);
  });
});
