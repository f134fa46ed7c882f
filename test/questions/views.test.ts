import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aRole, aUser, known, READ_AT, unknown } from '../../src/enrich/facets.fixture.ts';
import {
  aReading,
  createScene,
  EVERYONE,
  pageOf,
  sized,
  type Scene,
} from '../../src/inventory/sqlite/inventory.fixture.ts';
import { openReadOnly } from '../../src/inventory/sqlite/open-read-only.ts';
import { createViews } from '../../src/inventory/sqlite/views/views.ts';
import type { Reading } from '../../src/ports/inventory.ts';
import { createRedactor } from '../../src/shaping/redaction.ts';
import { plantOrg } from './planted-org.fixture.ts';

const DAY_MS = 86_400_000;

function open({ folder }: Pick<Scene, 'folder'>): DatabaseSync {
  const database = openReadOnly(folder);
  onTestFinished(() => database.close());
  return database;
}

type Row = Readonly<Record<string, unknown>>;

function asked(scene: Pick<Scene, 'folder'>, sql: string): readonly Row[] {
  const database = open(scene);
  createViews(database, DAY_MS);
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

/** The contract: later versions have these views and columns, and more. */
const CONTRACT: Readonly<Record<string, string>> = {
  users:
    'id login email status is_active user_type is_person created last_login password_changed manager has_mfa usable_factors strong_factors is_admin read_at',
  groups: 'id name type members apps source_app_id last_membership_updated',
  apps: 'id name label status sign_on_mode kind everyone direct_known read_at',
  rules: 'id name status expression',
  rule_groups: 'rule_id group_id',
  devices: 'id name status',
  device_users: 'device_id user_id',
  factors: 'user_id id type provider status is_usable is_strong',
  memberships: 'user_id group_id',
  app_groups: 'app_id group_id',
  app_users: 'app_id user_id scope status',
  access: 'user_id app_id how group_id is_usable',
  held_roles: 'user_id type label status is_active via_group_id',
  group_roles: 'group_id type label status is_active',
  people: 'key name emails users',
  unknown: 'subject id lookup reason since',
  changes: 'at run_id what subject_id object_id before after',
};

describe('questions, views', () => {
  test('are those of the contract, each with the columns that it is said to have', async () => {
    const database = open(createScene());
    const views = createViews(database, DAY_MS);

    const said = Object.fromEntries(views.map(({ name, columns }) => [name, Object.keys(columns)]));
    const wanted = Object.entries(CONTRACT).map(([name, columns]) => [name, columns.split(' ')] as const);
    expect(said).toMatchObject(
      Object.fromEntries(wanted.map(([name, columns]) => [name, expect.arrayContaining([...columns])])),
    );
    const given = views.map(({ name }) => {
      const columns = database.prepare(`SELECT * FROM "${name}"`).columns();
      return [name, columns.map((column) => column.name)] as const;
    });
    expect(Object.fromEntries(given)).toEqual(said);
  });

  test('of what is not read are empty, and unknown says so', async () => {
    const scene = createScene();
    await scene.groups.save(pageOf(EVERYONE), READ_AT);
    await scene.users.save(aReading({ user: aUser({ id: 'ada' }) }));

    const empty = ['apps', 'app_users', 'app_groups', 'access', 'rules', 'devices', 'factors', 'held_roles'];
    expect(empty.flatMap((view) => asked(scene, `SELECT * FROM ${view}`))).toEqual([]);
    expect(asked(scene, 'SELECT subject, id, lookup, reason FROM unknown ORDER BY lookup, subject')).toEqual(
      [
        ['org', '', 'apps'],
        ['org', '', 'devices'],
        ['user', 'ada', 'factors'],
        ['group', EVERYONE.id, 'group-roles'],
        ['user', 'ada', 'groups'],
        ['org', '', 'org'],
        ['user', 'ada', 'roles'],
        ['org', '', 'rules'],
      ].map(([subject, id, lookup]) => ({ subject, id, lookup, reason: 'not-asked' })),
    );
  });

  test('take no dropped address and no dropped type for an absent one', async () => {
    const redactions = [new Map([['email', 'drop']] as const), new Map([['userType', 'drop']] as const)];
    const found = [];
    for (const rules of redactions) {
      const scene = createScene({ redaction: createRedactor(rules, '') });
      const { redact } = createRedactor(rules, '');
      await scene.users.save(aReading({ user: redact(aUser({ id: 'ada' })) }));
      found.push(...asked(scene, 'SELECT is_person FROM users'));
    }

    expect(found).toEqual([{ is_person: null }, { is_person: null }]);
  });

  test('have no number of members where nobody could list them, and unknown says so', async () => {
    const scene = await plantOrg();
    const sql = `SELECT id, members, members_known, is_empty FROM groups
      WHERE id IN ('payers', 'unread-group', 'nobodys-group', 'strangers-group') ORDER BY id`;

    expect(asked(scene, sql)).toEqual([
      { id: 'nobodys-group', members: 0, members_known: 1, is_empty: 1 },
      { id: 'payers', members: 2, members_known: 1, is_empty: 0 },
      { id: 'strangers-group', members: 0, members_known: 1, is_empty: 0 },
      { id: 'unread-group', members: null, members_known: 0, is_empty: null },
    ]);
    expect(asked(scene, "SELECT id, reason FROM unknown WHERE lookup = 'members'")).toEqual([
      { id: 'unread-group', reason: 'not-asked' },
    ]);
  });

  test('know the members of a group by the own lists of its members, too', async () => {
    const scene = createScene();
    const { groups, users } = scene;
    const hidden = sized('00gADM', { name: 'Okta Administrators', type: 'BUILT_IN' });
    await groups.save(pageOf(hidden, sized('00gA')), READ_AT);
    const isKnown = (): readonly Row[] => asked(scene, 'SELECT id, members FROM groups ORDER BY id');
    const saved = async (id: string, of: Partial<Reading>): Promise<readonly Row[]> => {
      await users.save(aReading({ user: aUser({ id }), ...of }));
      return isKnown();
    };

    expect(isKnown()).toEqual([
      { id: '00gA', members: null },
      { id: '00gADM', members: null },
    ]);
    expect(await saved('ada', { groups: known([sized('00gA'), hidden]) })).toEqual([
      { id: '00gA', members: 1 },
      { id: '00gADM', members: 1 },
    ]);
    expect(await saved('bob', { groups: 'by-membership' })).toEqual([
      { id: '00gA', members: null },
      { id: '00gADM', members: 1 },
    ]);
    expect(await saved('eve', { groups: unknown('refused') })).toEqual([
      { id: '00gA', members: null },
      { id: '00gADM', members: null },
    ]);
  });

  test('say that nobody knows of a role where that of a group is not known, and so does unknown', async () => {
    const scene = await plantOrg();
    const sql = (columns: string, table: string, where = ''): string =>
      `SELECT ${columns} FROM ${table} WHERE id IN ('group-roles-unknown', 'nobody', 'former-admin', 'admin-by-group') ${where} ORDER BY id`;

    expect(asked(scene, sql('id, has_roles, is_admin', 'users'))).toEqual([
      { id: 'admin-by-group', has_roles: 1, is_admin: 1 },
      { id: 'former-admin', has_roles: 1, is_admin: 0 },
      { id: 'group-roles-unknown', has_roles: null, is_admin: null },
      { id: 'nobody', has_roles: 0, is_admin: 0 },
    ]);
    expect(asked(scene, sql('id, lookup', 'unknown', "AND subject = 'user'"))).toEqual([
      { id: 'group-roles-unknown', lookup: 'roles' },
    ]);
  });

  test('give a role of Everyone to everybody', async () => {
    const scene = createScene();
    await scene.groups.save(pageOf(EVERYONE), READ_AT);
    await scene.groups.saveRoles(EVERYONE.id, known([aRole()]), READ_AT, 0);
    for (const status of ['ACTIVE', 'DEPROVISIONED'])
      await scene.users.save(aReading({ user: aUser({ id: status, status }), groups: 'by-membership' }));

    expect(asked(scene, 'SELECT id, has_roles FROM users ORDER BY id')).toEqual([
      { id: 'ACTIVE', has_roles: 1 },
      { id: 'DEPROVISIONED', has_roles: null },
    ]);
  });

  test('call no group gone before all of them were listed', async () => {
    const scene = createScene();
    await scene.assets.save('rule', [{ id: 'rule', groupIds: ['00gA', '00gB'] }], READ_AT);
    const sql = 'SELECT group_id, is_known FROM rule_groups ORDER BY group_id';
    const isKnown = (...known: readonly (number | null)[]): readonly Row[] =>
      ['00gA', '00gB'].map((group_id, at) => ({ group_id, is_known: known[at] }));

    expect(asked(scene, sql)).toEqual(isKnown(null, null));
    await scene.groups.save(pageOf(sized('00gA')), READ_AT);
    expect(asked(scene, sql)).toEqual(isKnown(1, null));
    await scene.runs.saveState({ fullEndedAt: READ_AT });
    expect(asked(scene, sql)).toEqual(isKnown(1, 0));
  });

  test('take the last known answer while it is not too old', async () => {
    const scene = createScene();
    const reading = aReading({ user: aUser({ id: 'ada' }), factors: known([]) });
    await scene.users.save(reading);
    for (const [days, factors] of [
      [1, 0],
      [2, null],
    ] as const) {
      const askedAt = READ_AT + days * DAY_MS;
      await scene.users.save({ ...reading, readAt: askedAt, askedAt, factors: unknown('unavailable') });
      expect(asked(scene, 'SELECT factors FROM users')).toEqual([{ factors }]);
    }
  });
});
