import { describe, expect, test } from 'vitest';
import { ASSETS, type Asset } from '../../ports/assets.ts';
import { Secret } from '../../settings/secret.ts';
import { createApiToken } from '../auth/credential.ts';
import { collect, createClient, json, page, problem, useOkta, type Answering } from '../okta.fixture.ts';
import { checkAssets } from './asset-checks.ts';

const { serve } = useOkta();

async function check(assets: readonly Asset[], answer: Answering) {
  const asked = serve(answer);
  const appCredential = { ...createApiToken(new Secret('token')), kind: 'service-app' } as const;
  const client = createClient({ credential: appCredential });
  const parts = { client, credential: 'service-app', assets: new Set(assets) } as const;
  const checks = await collect(checkAssets(parts));
  const troubles = checks.flatMap((each) => (each.status === 'passed' ? [] : [each]));
  return { asked: asked.map(({ path }) => path), checks, troubles };
}

describe('okta, asset checks', () => {
  test('try each wanted asset with one cheap read', async () => {
    const { asked, troubles, checks } = await check(ASSETS, ({ path }) =>
      path.startsWith('/api/v1/apps?') ? page(['0oa1']) : json([]),
    );

    expect(asked).toEqual([
      '/api/v1/apps?limit=1',
      '/api/v1/apps/0oa1/groups?limit=20',
      '/api/v1/apps/0oa1/users?limit=1',
      '/api/v1/groups/rules?limit=1',
      '/api/v1/devices?limit=1',
      '/api/v1/org',
      '/api/v1/iam/roles',
    ]);
    expect(troubles).toEqual([]);
    expect(new Set(checks.map(({ detail }) => detail))).toEqual(new Set(['may be read']));
  });

  test('ask nothing where no asset is wanted, and not of an application where there is none', async () => {
    expect((await check([], () => json([]))).checks).toEqual([]);

    const { asked, troubles } = await check(['apps', 'app-users'], () => json([]));
    expect(asked).toEqual(['/api/v1/apps?limit=1']);
    expect(troubles).toEqual([]);
  });

  test.each([
    ['Classic without devices', 'devices', 401, 'E0000015'],
    ['Classic, worded otherwise', 'devices', 400, 'E0000001'],
    ['Classic, without the path', 'devices', 404, 'E0000008'],
    ['rules switched off', 'rules', 400, 'E0000001'],
  ] as const)('take for no trouble what the org does not have: %s', async (_, asset, status, code) => {
    const { checks } = await check([asset], () => problem(status, code));

    expect(checks).toMatchObject([{ status: 'passed', detail: expect.stringContaining('not there') }]);
  });

  test('say what is missing: the scope, or the permission of the admin role', async () => {
    const header = 'Bearer error="insufficient_scope", scope="okta.apps.read"';
    const scope = await check(['apps'], () => problem(403, 'E0000005', { 'www-authenticate': header }));
    const role = await check(['devices'], () => problem(403, 'E0000006'));

    expect(scope.troubles).toMatchObject([
      { code: 'okta_apps', status: 'warning', todo: expect.stringContaining('okta.apps.read') },
    ]);
    expect(role.troubles).toMatchObject([
      { code: 'okta_devices', status: 'warning', todo: expect.stringContaining('okta.devices.read') },
    ]);
  });
});
