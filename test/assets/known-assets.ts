import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SimulatedOrg } from '../../src/simulator/index.ts';
import { truthOfAssets } from '../asset-truth.ts';
import type { Ended } from '../whole-job/launch.fixture.ts';

/** Changes of assets, of the users and groups that have them, and of their roles. */
export const ASSET_CHANGES = [
  'createApp',
  'renameApp',
  'deactivateApp',
  'activateApp',
  'deleteApp',
  'assignUser',
  'unassignUser',
  'changeAppUser',
  'assignGroup',
  'unassignGroup',
  'changeAppGroup',
  'createRule',
  'changeRule',
  'breakRule',
  'deleteRule',
  'createDevice',
  'changeDeviceStatus',
  'deleteDevice',
  'addDeviceUser',
  'removeDeviceUser',
  'addMember',
  'removeMember',
  'deactivate',
  'deleteUser',
  'deleteGroup',
  'grantUserRole',
  'revokeUserRole',
  'grantGroupRole',
  'revokeGroupRole',
  'bindCustomRole',
  'unbindCustomRole',
] as const;

type Run = (argv: readonly string[]) => Promise<Ended>;

/** The assets of an inventory as texts, by table: as `graph export --format sqlite` gives them. */
export async function knownAssets(run: Run): Promise<Readonly<Record<string, readonly string[]>>> {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-graph-'));
  try {
    const file = join(folder, 'graph.db');
    const ended = await run(['graph', 'export', '--format', 'sqlite', '--out', file]);
    if (ended.code !== 0) throw new Error(`graph export ended with ${ended.code}: ${ended.stderr}`);
    return readTables(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const QUERIES = {
  apps: `SELECT id, name, label, status, sign_on_mode, everyone FROM apps WHERE status IS NOT NULL`,
  appGroups: `SELECT ag.app_id, ag.group_id FROM app_groups AS ag JOIN apps ON apps.id = ag.app_id AND apps.status IS NOT NULL
    GROUP BY 1, 2`,
  appUsers: `SELECT au.app_id, au.user_id, au.scope FROM app_users AS au JOIN apps ON apps.id = au.app_id AND apps.status IS NOT NULL
    JOIN users AS u ON u.id = au.user_id AND u.status <> 'DEPROVISIONED'`,
  access: `SELECT a.app_id, a.user_id, a.how, coalesce(a.group_id, '-') FROM access AS a
    JOIN apps ON apps.id = a.app_id AND apps.status IS NOT NULL
    JOIN users AS u ON u.id = a.user_id AND u.status <> 'DEPROVISIONED'`,
  usable: `SELECT a.app_id, a.user_id, a.how, coalesce(a.group_id, '-'), a.is_usable FROM access AS a
    JOIN apps ON apps.id = a.app_id AND apps.status IS NOT NULL
    JOIN users AS u ON u.id = a.user_id AND u.status <> 'DEPROVISIONED' WHERE a.is_usable IS NOT NULL`,
  rules: `SELECT id, name, status, (SELECT json_group_array(group_id ORDER BY group_id) FROM rule_groups WHERE rule_id = id),
    (SELECT json_group_array(group_id ORDER BY group_id) FROM rule_groups WHERE rule_id = id AND is_known = 0) FROM rules`,
  devices: `SELECT id, name, status, platform,
    (SELECT json_group_array(du.user_id ORDER BY du.user_id) FROM device_users AS du
      JOIN users AS u ON u.id = du.user_id AND u.status <> 'DEPROVISIONED' WHERE du.device_id = devices.id) FROM devices`,
  heldRoles: `SELECT r.user_id, r.id, r.type, r.status, coalesce(r.via_group_id, '-') FROM held_roles AS r
    JOIN users AS u ON u.id = r.user_id AND u.status <> 'DEPROVISIONED'`,
};

function readTables(file: string): Record<string, readonly string[]> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Object.fromEntries(
      Object.entries(QUERIES).map(([name, sql]) => [
        name,
        database
          .prepare(sql)
          .all()
          .map((row) => JSON.stringify(Object.values(row))),
      ]),
    );
  } finally {
    database.close();
  }
}

/** The same of the truth. `isRead`: are the users of this application read? */
function trueAssets(
  org: SimulatedOrg,
  isRead: (app: { readonly isForEveryone: boolean }) => boolean,
): Record<keyof typeof QUERIES, readonly string[]> {
  const truth = truthOfAssets(org);
  const listed = new Map(truth.apps.filter(({ isListed }) => isListed).map((app) => [app.id, app]));
  const isKnown = ({ userId }: { readonly userId: string }): boolean =>
    org.user(userId)?.status !== 'DEPROVISIONED' && org.user(userId) !== undefined;
  const isAsked = ({ appId }: { readonly appId: string }): boolean => {
    const app = listed.get(appId);
    return app !== undefined && isRead(app);
  };
  const assigned = truth.appUsers.filter((each) => isAsked(each) && isKnown(each));
  // Without its users, an application is known by its groups alone: what Okta has made of them is not.
  const access = truth.access.filter(isKnown).flatMap((each) => {
    if (!listed.has(each.appId)) return [];
    if (isAsked(each)) return [each];
    return each.groupId === undefined ? [] : [{ ...each, how: 'group' as const }];
  });
  const texts = (rows: readonly (readonly unknown[])[]): readonly string[] =>
    rows.map((row) => JSON.stringify(row));
  return {
    apps: texts(
      [...listed.values()].map(({ id, name, label, status, signOnMode, isForEveryone }) => [
        id,
        name,
        label,
        status,
        signOnMode,
        isForEveryone ? 1 : 0,
      ]),
    ),
    appGroups: texts(
      truth.appGroups.filter(({ appId }) => listed.has(appId)).map(({ appId, groupId }) => [appId, groupId]),
    ),
    appUsers: texts(assigned.map(({ appId, userId, scope }) => [appId, userId, scope])),
    access: texts(access.map(({ appId, userId, how, groupId }) => [appId, userId, how, groupId ?? '-'])),
    usable: texts(
      access.map(({ appId, userId, how, groupId, isUsable }) => [
        appId,
        userId,
        how,
        groupId ?? '-',
        isUsable ? 1 : 0,
      ]),
    ),
    rules: texts(
      truth.rules.map(({ id, name, status, groupIds, danglingIds }) => [
        id,
        name,
        status,
        sorted(groupIds),
        sorted(danglingIds),
      ]),
    ),
    devices: texts(
      truth.devices.map(({ id, name, status, platform, userIds }) => [
        id,
        name,
        status,
        platform,
        sorted(userIds.filter((userId) => isKnown({ userId }))),
      ]),
    ),
    heldRoles: texts(
      truth.heldRoles
        .filter(isKnown)
        .map(({ userId, id, type, status, groupId }) => [userId, id, type, status, groupId ?? '-']),
    ),
  };
}

function sorted(ids: readonly string[]): string {
  return JSON.stringify([...new Set(ids)].toSorted());
}

/** Rows that are known and not true, or true and not known; of `usable` only what is known counts. */
export function assetDifferences(
  known: Readonly<Record<string, readonly string[]>>,
  org: SimulatedOrg,
  isRead: (app: { readonly isForEveryone: boolean }) => boolean = () => true,
): readonly string[] {
  return Object.entries(trueAssets(org, isRead)).flatMap(([table, rows]) => {
    const [isTrue, isKnown] = [new Set(rows), new Set(known[table])];
    const invented = [...isKnown]
      .filter((row) => !isTrue.has(row))
      .map((row) => `${table}: not true: ${row}`);
    const missing = [...isTrue]
      .filter((row) => !isKnown.has(row))
      .map((row) => `${table}: not known: ${row}`);
    return table === 'usable' ? invented : [...invented, ...missing];
  });
}
