import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ENDPOINTS } from '../../okta/endpoints.ts';
import type { PlannedAssets } from '../../plan/asset-calls.ts';
import type { Calls } from '../../plan/call-counts.ts';
import type { PlannedGroup } from '../../plan/group-sizes.ts';
import type { Lookup, UserLookup } from '../../ports/org.ts';
import type { RunState } from '../../ports/run-state.ts';
import { hasAssetTables } from './assets/tables.ts';
import { inventoryFile } from './database.ts';
import { MIGRATIONS, versionOf } from './migrations.ts';
import { integer, optionalInteger, optionalText, text } from './rows.ts';
import { RunStateReader } from './run-state.ts';
import type { NamedOrg } from '../policy/same-org.ts';
import { orInventoryError } from './transaction.ts';

/** The facts of the inventory that a plan can use. */
export interface KnownFacts {
  readonly org: NamedOrg;
  /** The settings that decided which questions were asked. */
  readonly askedSettings: string | undefined;
  readonly fullEndedAt: number | undefined;
  readonly fullRuns: number;
  readonly refusingGroupId: string | undefined;
  readonly areAdministratorsListed: boolean;
  readonly users: { readonly deactivated: number; readonly others: number };
  /** How many users the org's list of role holders names, and how many of them were asked for their own roles. */
  readonly holders: { readonly listed: number; readonly asked: number };
  /** The admin flag as it must have been: false where the group was not asked. */
  readonly groups: readonly (PlannedGroup & { readonly id: string })[];
  /** Absent where no assets are known. */
  readonly assets:
    (Pick<PlannedAssets, 'groupsWithApps' | 'appsOfEveryone'> & { readonly devices: number }) | undefined;
  /** By endpoint: answers that a full run need not ask for. */
  readonly held: Calls;
}

/** From when on answers hold, by the state that the last run has left. Unix milliseconds on Okta's clock. */
export type HoldSince = (state: Pick<RunState, 'vouchedSince'>) => Readonly<Record<Lookup, number>>;

/** `undefined` where there is no inventory of this version; Okta is asked then. */
export function readKnownFacts(stateDir: string, holdSince: HoldSince): KnownFacts | undefined {
  const file = inventoryFile(stateDir);
  if (!existsSync(file)) return undefined;
  return orInventoryError(() => {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return versionOf(database) === MIGRATIONS.length ? factsIn(database, holdSince) : undefined;
    } finally {
      database.close();
    }
  });
}

function factsIn(database: DatabaseSync, holdSince: HoldSince): KnownFacts | undefined {
  const org = database.prepare('SELECT id, host FROM org').get();
  if (org === undefined) return undefined;
  const state = new RunStateReader(database).load();
  return {
    org: { id: optionalText(org, 'id'), host: text(org, 'host') },
    askedSettings: state.askedSettings,
    fullEndedAt: state.fullEndedAt,
    fullRuns: state.fullRuns,
    refusingGroupId: state.refusingGroupId,
    areAdministratorsListed: state.hidesAdministrators !== true,
    users: countUsers(database),
    holders: countHolders(database),
    groups: listGroups(database),
    assets: hasAssetTables(database) ? countAssets(database) : undefined,
    held: countHeld(database, holdSince(state)),
  };
}

function countOf(database: DatabaseSync, sql: string, ...values: readonly number[]): number {
  const row = database.prepare(sql).get(...values);
  return row === undefined ? 0 : integer(row, 'count');
}

function countUsers(database: DatabaseSync): KnownFacts['users'] {
  const deactivated = countOf(database, "SELECT count(*) AS count FROM users WHERE status = 'DEPROVISIONED'");
  return { deactivated, others: countOf(database, 'SELECT count(*) AS count FROM users') - deactivated };
}

function countAssets(database: DatabaseSync): NonNullable<KnownFacts['assets']> {
  const of = "FROM assets LEFT JOIN groups USING (id) WHERE kind = 'group'";
  const apps = "json_extract(record, '$.appsCount')";
  const unknown = countOf(database, `SELECT count(*) AS count ${of} AND ${apps} IS NULL`);
  const withApps = countOf(database, `SELECT count(*) AS count ${of} AND ${apps} > 0`);
  const isEveryone = "groups.type = 'BUILT_IN' AND groups.name = 'Everyone'";
  return {
    groupsWithApps: unknown > 0 ? undefined : withApps,
    appsOfEveryone: countOf(database, `SELECT coalesce(sum(${apps}), 0) AS count ${of} AND ${isEveryone}`),
    devices: countOf(database, "SELECT count(*) AS count FROM assets WHERE kind = 'device'"),
  };
}

/** A user who is no role holder was answered without a call. A role holder was asked, or the call was spared. */
function countHolders(database: DatabaseSync): KnownFacts['holders'] {
  const asked = countOf(
    database,
    "SELECT count(*) AS count FROM users WHERE json_extract(roles, '$.includesGroups') = 1",
  );
  const ofSpared = 'SELECT count(*) AS count FROM users WHERE roles IS NULL AND roles_asked_at IS NOT NULL';
  return { asked, listed: asked + countOf(database, ofSpared) };
}

/** A list of members counts as one call, which is little for a huge group. */
function countHeld(database: DatabaseSync, since: Readonly<Record<Lookup, number>>): Calls {
  const users = (lookup: UserLookup, condition: string): number =>
    countOf(
      database,
      `SELECT count(*) AS count FROM users WHERE ${lookup}_asked_at >= ? AND ${lookup}_gap IS NULL AND ${condition}`,
      since[lookup],
    );
  const groups = (condition: string, lookup: Lookup): number =>
    countOf(database, `SELECT count(*) AS count FROM groups WHERE ${condition}`, since[lookup]);
  return new Map([
    [
      ENDPOINTS.factorsOfUser.template,
      users('factors', "factors_due IS NULL AND status IS NOT 'DEPROVISIONED'"),
    ],
    [ENDPOINTS.groupsOfUser.template, users('groups', "groups_way = 'own-list'")],
    [ENDPOINTS.rolesOfUser.template, users('roles', "json_extract(roles, '$.includesGroups') = 1")],
    [ENDPOINTS.membersOfGroup.template, groups('members_read_at >= ?', 'groups')],
    [
      ENDPOINTS.rolesOfGroup.template,
      groups('roles_asked_at >= ? AND roles_asked_at IS NOT roles_read_at', 'group-roles'),
    ],
  ]);
}

function listGroups(database: DatabaseSync): KnownFacts['groups'] {
  const rows = database
    .prepare(
      'SELECT id, name, type, users_count, roles_asked_at IS NOT roles_read_at AS was_asked FROM groups',
    )
    .all();
  return rows.map((row) => ({
    id: text(row, 'id'),
    name: optionalText(row, 'name'),
    type: optionalText(row, 'type'),
    usersCount: optionalInteger(row, 'users_count'),
    adminFlag: row['was_asked'] === 1,
  }));
}
