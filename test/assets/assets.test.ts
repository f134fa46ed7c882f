import { DEFAULT_DEVICES_CONNECTOR_UUID } from '../../src/simulator/index.ts';
import { changing, type ChangingStage } from '../incremental/changing-stage.fixture.ts';
import { truthOfAssets } from '../asset-truth.ts';
import { test, type Stage, type StageOptions } from '../whole-job/stage.fixture.ts';
import { ASSET_CHANGES, assetDifferences, knownAssets } from './known-assets.ts';

const ENV = {
  ASSETS: 'groups,apps,app-users,rules,devices,org',
  APP_USERS: 'all',
  SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
};
const ORG = {
  users: 40,
  groups: 12,
  groupsPerUser: 2,
  apps: 15,
  appsForEveryone: 2,
  usersPerApp: 6,
  rules: 6,
  devices: 12,
};
type MakeStage = (options?: StageOptions) => Promise<Stage>;

async function assetStage(makeStage: MakeStage, options: StageOptions = {}): Promise<ChangingStage> {
  return changing(await makeStage({ ...options, org: { ...ORG, ...options.org } }));
}

function differencesIn(stage: ChangingStage): Promise<readonly string[]> {
  const run = (argv: readonly string[]) => stage.run(argv, { env: ENV });
  return knownAssets(run).then((known) => assetDifferences(known, stage.org));
}

test('assets equal those of the org, and each change is known with the next run', async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage);

  const first = await stage.sync([], ENV);
  expect(first.report).toMatchObject({
    outcome: 'completed',
    gaps: {},
    assets: { apps: { listed: 15 }, rules: { listed: 6 } },
  });
  expect(await differencesIn(stage)).toEqual([]);

  for (const seed of [1, 2]) {
    const changes = stage.mutations.randomChanges(15, seed, ASSET_CHANGES).map(({ kind }) => kind);
    await stage.sync(['--incremental'], ENV);
    expect({ changes, wrong: (await differencesIn(stage)).slice(0, 10) }).toEqual({ changes, wrong: [] });
  }
});

test.for(['ok', 'without-group-admins'] as const)(
  'every role of an administrator through a group is known, where the list of role holders is %s',
  async (assignees, { makeStage, expect }) => {
    const stage = await assetStage(makeStage, { org: { admins: 2 }, okta: { assignees } });
    const { org, mutations } = stage;
    const group = org.groups.find(({ type, members }) => type === 'OKTA_GROUP' && members.length > 3);
    const members = group?.members.filter(({ status }) => status === 'ACTIVE') ?? [];
    mutations.grantGroupRole(group?.id ?? '', 'ORG_ADMIN');
    mutations.grantUserRole(members[0]?.id ?? '', 'READ_ONLY_ADMIN');

    const { report } = await stage.sync([], ENV);

    const asked = report.okta.calls['/api/v1/users/{id}/roles'] ?? 0;
    const holders = org.users.filter(({ roles, status }) => roles.length > 0 && status !== 'DEPROVISIONED');
    expect(members.length).toBeGreaterThan(2);
    expect(await differencesIn(stage)).toEqual([]);
    // A list of those who hold roles themselves spares all other calls; one of all role holders says nothing about that.
    if (assignees === 'ok') expect(asked).toBeGreaterThan(holders.length);
    else expect(asked).toBe(holders.length);
  },
);

test('a quiet cycle asks for rules and changed devices besides; a quiet full run lists and pages no set', async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage);
  await stage.sync([], ENV);

  const quiet = await stage.sync(['--incremental'], ENV);
  const full = await stage.sync(['--full', '--vouched'], ENV);

  expect(quiet.report.okta.calls).toEqual({
    '/.well-known/okta-organization': 1,
    '/api/v1/devices': 1,
    '/api/v1/groups': 1,
    '/api/v1/groups/rules': 1,
    '/api/v1/logs': 1,
    '/api/v1/users': 1,
  });
  expect(Object.keys(full.report.okta.calls).filter((path) => path.startsWith('/api/v1/apps/'))).toEqual([]);
  expect(await differencesIn(stage)).toEqual([]);
});

test('a group that gets an application costs no call for a member, unless one is assigned directly around that', async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage);
  await stage.sync([], ENV);
  const { org, mutations } = stage;
  const group = org.groups.toSorted((left, right) => right.members.length - left.members.length)[0];
  const [before, after] = group?.members.filter(({ status }) => status === 'ACTIVE') ?? [];
  const app = mutations.createApp({ label: 'Payroll of all' });
  await stage.sync(['--incremental'], ENV);
  const appId = org.assets.apps.at(-1)?.id ?? '';

  mutations.assignGroup(appId, group?.id ?? '');
  const assigned = await stage.sync(['--incremental'], ENV);
  mutations.unassignGroup(appId, group?.id ?? '');
  const ended = await stage.sync(['--incremental'], ENV);
  mutations.assignUser(appId, before?.id ?? '');
  mutations.assignGroup(appId, group?.id ?? '');
  mutations.assignUser(appId, after?.id ?? '');
  const around = await stage.sync(['--incremental'], ENV);

  expect(app.kind).toBe('createApp');
  expect(group?.members.length).toBeGreaterThan(3);
  expect([assigned, ended].map(({ report }) => callsOfApps(report.okta.calls))).toEqual([
    { '/api/v1/apps/{id}/groups': 1 },
    { '/api/v1/apps/{id}/groups': 1 },
  ]);
  expect(callsOfApps(around.report.okta.calls)).toMatchObject({ '/api/v1/apps/{id}/groups': 1 });
  expect(await differencesIn(stage)).toEqual([]);
});

function callsOfApps(calls: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(calls).filter(([path]) => path.startsWith('/api/v1/apps/')));
}

test('users of applications that everybody has are not asked for, and nothing is said of them', async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage);
  const env = { ...ENV, APP_USERS: 'auto' };

  const { report } = await stage.sync([], env);

  const known = await knownAssets((argv) => stage.run(argv, { env }));
  expect(report.assets?.['app_users']?.not_asked).toBeGreaterThanOrEqual(2);
  expect(report.outcome).toBe('completed');
  expect(assetDifferences(known, stage.org, ({ isForEveryone }) => !isForEveryone)).toEqual([]);
});

test('what may not be read is a gap by name, what the org lacks is none, and nothing is lost', async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage, { okta: { pipeline: 'v1', groupRules: 'off' } });
  stage.okta.setRefusals([{ template: '/api/v1/apps/{id}/users', status: 403 }]);

  const { report } = await stage.sync([], ENV);
  const again = await stage.sync(['--incremental'], ENV);
  stage.okta.setRefusals([{ template: '/api/v1/apps/{id}/users', status: 404 }]);
  const missing = await stage.sync(['--full'], ENV);
  stage.okta.setRefusals([]);
  const full = await stage.sync(['--full'], ENV);
  const quiet = await stage.sync(['--incremental'], ENV);

  expect(report.outcome).toBe('completed_with_gaps');
  expect(Object.keys(report.gaps)).toEqual(['app-users']);
  expect(report.okta.calls['/api/v1/apps/{id}/users']).toBeLessThan(15);
  // One of those that are refused shows whether they still are.
  expect(again.report.okta.calls['/api/v1/apps/{id}/users']).toBe(1);
  expect(missing.report.gaps).toEqual({ 'app-users': { missing: 15 } });
  expect(missing.report.standing?.gaps).toEqual(missing.report.gaps);
  expect([full.report.outcome, full.report.standing?.gaps]).toEqual(['completed', {}]);
  expect([quiet.report.outcome, quiet.report.gaps]).toEqual(['completed', {}]);
});

/** Lines of the graph, by what they are. */
async function graphOf(stage: ChangingStage): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { stdout } = await stage.run(['graph', 'export'], { env: ENV });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => Object(JSON.parse(line)));
}

test('an event of an assignment to an AWS application lists its users too, since Okta merges the roles of groups', async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage);
  const { org, mutations } = stage;
  const group = org.groups.find(({ type, members }) => type === 'OKTA_GROUP' && members.length > 2);
  mutations.createApp({ name: 'amazon_aws', label: 'AWS of all' });
  const appId = org.assets.apps.at(-1)?.id ?? '';
  mutations.assignGroup(appId, group?.id ?? '', { samlRoles: ['Reader'] });
  await stage.sync([], ENV);
  await stage.sync(['--incremental'], ENV);

  mutations.changeAppGroup(appId, group?.id ?? '', { samlRoles: ['Owner'] });
  const { report } = await stage.sync(['--incremental'], ENV);

  const truth = truthOfAssets(org).awsRoles.map(({ id, key }) => `${id} ${key}`);
  const known = (await graphOf(stage)).filter(({ _type: type }) =>
    String(type).endsWith('_assigned_aws_iam_role'),
  );
  expect(callsOfApps(report.okta.calls)).toEqual({
    '/api/v1/apps/{id}/groups': 1,
    '/api/v1/apps/{id}/users': 1,
  });
  expect(truth.filter((role) => role.endsWith('role/Owner')).length).toBeGreaterThan(2);
  const pairs = known.map((each) => `${String(each['_fromEntityKey'])} ${String(each['_toEntityKey'])}`);
  expect(new Set(pairs)).toEqual(new Set(truth));
});

test("a custom role is gone by Okta's 404 alone, not because a list leaves it out", async ({
  makeStage,
  expect,
}) => {
  const stage = await assetStage(makeStage, { org: { admins: 0, adminGroups: 0 } });
  const { org, mutations } = stage;
  const [one, other] = org.users.filter(({ status, roles }) => status === 'ACTIVE' && roles.length === 0);
  mutations.bindCustomRole({ userId: one?.id ?? '' }, { label: 'Left out' });
  mutations.bindCustomRole({ userId: other?.id ?? '' }, { label: 'Deleted' });
  await stage.sync([], ENV);

  const leftOut = one?.roles.at(-1);
  if (leftOut !== undefined) leftOut.isUnlisted = true;
  mutations.unbindCustomRole({ userId: other?.id ?? '' });
  const { report } = await stage.sync(['--full', '--vouched'], ENV);

  const known = (await graphOf(stage)).filter(({ _type: type }) => type === 'okta_role');
  expect(report.assets?.['roles']?.removed).toBe(1);
  expect(known.map(({ displayName }) => displayName)).not.toContain('Deleted');
  expect(known).toContainEqual(
    expect.objectContaining({ _key: `okta_role:${leftOut?.role ?? ''}`, permissions: expect.anything() }),
  );
});
