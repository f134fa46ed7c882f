import type { DatabaseSync } from 'node:sqlite';
import type {
  AppFacts,
  DeviceFacts,
  DeviceUser,
  EventKind,
  FactsOfKind,
  GroupRecordFacts,
  NamedAsset,
  OrgName,
} from '../../../ports/asset-facts.ts';
import type { RecordKind, RuleRecord } from '../../../ports/assets.ts';
import { GAP_REASONS, type Facet, type GapReason } from '../../../ports/org.ts';
import type { FacetReader } from '../facets.ts';
import { integer, optionalInteger, optionalText, text, type Row } from '../rows.ts';
import { readLink, readRecord } from './asset-records.ts';
import { APP_GROUPS, ARE_ALL_GROUPS_ASKED } from './tables.ts';

/** The kind of record that each kind of event is about. */
const RECORDS: Readonly<Record<EventKind, RecordKind>> = {
  devices: 'device',
  groups: 'group',
  apps: 'app',
  rules: 'rule',
  roles: 'role',
  org: 'org',
};

/** Puts together all that the inventory knows of an asset beside users. Events are made of it. The tables must be there. */
export class AssetFacts {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #facets: FacetReader;
  readonly #isSelecting: boolean;
  readonly #readers: { readonly [K in EventKind]: (id: string) => FactsOfKind[K] | undefined };

  /** @param isSelecting users who are not known may be left out by the selection, so they are not named */
  constructor(database: DatabaseSync, facets: FacetReader, isSelecting: boolean) {
    this.#statements = prepare(database);
    this.#facets = facets;
    this.#isSelecting = isSelecting;
    this.#readers = {
      devices: (id) => this.device(id),
      groups: (id) => this.#group(id),
      apps: (id) => this.#app(id),
      rules: (id) => {
        const found = this.#find('rule', id);
        return (
          found && {
            ...found.shared,
            rule: this.#withoutUnknown(found.record),
            groups: found.record.groupIds.map((each) => this.#named(each)),
          }
        );
      },
      roles: (id) => {
        const found = this.#find('role', id);
        return found && { ...found.shared, role: found.record };
      },
      org: (id) => {
        const found = this.#find('org', id);
        return found && { ...found.shared, record: found.record, host: this.#host() };
      },
    };
  }

  /** Ids in order: the first `most` after one. */
  ids(kind: EventKind, after: string, most: number): readonly string[] {
    const { ids, groupIds } = this.#statements;
    const rows = kind === 'groups' ? groupIds.all(after, most) : ids.all(RECORDS[kind], after, most);
    return rows.map((row) => text(row, 'id'));
  }

  read<K extends EventKind>(kind: K, id: string): FactsOfKind[K] | undefined {
    return this.#readers[kind](id);
  }

  device(id: string): DeviceFacts | undefined {
    const found = this.#find('device', id);
    if (found === undefined) return undefined;
    const users = this.#statements.deviceUsers.all(id).map(deviceUserOf);
    const named = this.#isSelecting ? users.filter(({ isKnown }) => isKnown) : users;
    return {
      ...found.shared,
      device: found.record,
      users: this.#facetOf('device-users', id, () => named.map(({ user }) => user)),
      usersLeftOut: users.length - named.length,
    };
  }

  #find<K extends RecordKind>(kind: K, id: string) {
    const row = this.#statements.find.get(kind, id);
    if (row === undefined) return undefined;
    const shared = { readAt: integer(row, 'read_at'), org: this.#org() };
    return { record: readRecord(kind, text(row, 'record')), shared };
  }

  #group(id: string): GroupRecordFacts | undefined {
    const { group, groupApps } = this.#statements;
    const row = group.get(id);
    const [facets] = this.#facets.groupsBy([id]);
    if (row === undefined || facets === undefined) return undefined;
    const found = this.#find('group', id);
    const hasNone = found?.record.appsCount === 0;
    const apps = (): readonly NamedAsset[] =>
      groupApps.all(id).map((each) => ({ id: text(each, 'id'), name: optionalText(each, 'name') }));
    return {
      readAt: found?.shared.readAt ?? optionalInteger(row, 'listed_at') ?? 0,
      org: this.#org(),
      group: facets.group,
      record: found?.record,
      members: optionalInteger(row, 'users_count'),
      roles: facets.roles,
      apps: hasNone ? { kind: 'known', value: [], readAt: found.shared.readAt } : this.#appsFacet(id, apps),
    };
  }

  /** By the group's own list, or by the lists of all applications. */
  #appsFacet(id: string, apps: () => readonly NamedAsset[]): Facet<readonly NamedAsset[]> {
    const own = this.#facetOf('group-apps', id, apps);
    if (own.kind === 'known') return own;
    const row = this.#statements.allAppGroups.get();
    const readAt = row === undefined ? undefined : optionalInteger(row, 'read_at');
    return readAt === undefined ? own : { kind: 'known', value: apps(), readAt };
  }

  #app(id: string): AppFacts | undefined {
    const found = this.#find('app', id);
    if (found === undefined) return undefined;
    const users = this.#facetOf('app-users', id, () => this.#count('app-users', id));
    return {
      ...found.shared,
      app: found.record,
      users: users.kind === 'known' ? users.value : undefined,
      groups: this.#groupsFacet(id),
    };
  }

  /** By the application's own list, or by those of all groups. */
  #groupsFacet(id: string): Facet<number> {
    const { appGroups, allGroupApps } = this.#statements;
    const count = (): number => integerIn(appGroups.get(id), 'count');
    const own = this.#facetOf('app-groups', id, count);
    if (own.kind === 'known') return own;
    const row = allGroupApps.get();
    const readAt = row === undefined ? undefined : optionalInteger(row, 'read_at');
    return readAt === undefined ? own : { kind: 'known', value: count(), readAt };
  }

  #count(kind: string, owner: string): number {
    return integerIn(this.#statements.size.get(kind, owner), 'count');
  }

  #facetOf<T>(kind: string, owner: string, value: () => T): Facet<T> {
    const row = this.#statements.set.get(kind, owner);
    const readAt = row === undefined ? undefined : optionalInteger(row, 'read_at');
    if (readAt !== undefined) return { kind: 'known', value: value(), readAt };
    return { kind: 'unknown', reason: reasonOf(row) };
  }

  /** Users who are left out by the selection are not named. */
  #withoutUnknown(rule: RuleRecord): RuleRecord {
    const { excludedUsers } = rule;
    if (!this.#isSelecting || excludedUsers === undefined) return rule;
    const { user } = this.#statements;
    return { ...rule, excludedUsers: excludedUsers.filter((id) => user.get(id) !== undefined) };
  }

  #named(id: string): NamedAsset {
    const row = this.#statements.group.get(id);
    return { id, name: row === undefined ? undefined : optionalText(row, 'name') };
  }

  #org(): OrgName {
    const row = this.#statements.org.get();
    return row === undefined ? {} : { id: optionalText(row, 'id'), name: optionalText(row, 'name') };
  }

  #host(): string {
    const row = this.#statements.org.get();
    return row === undefined ? '' : text(row, 'host');
  }
}

function integerIn(row: Row | undefined, column: string): number {
  return row === undefined ? 0 : integer(row, column);
}

function reasonOf(row: Row | undefined): GapReason {
  const gap = row === undefined ? undefined : optionalText(row, 'gap');
  return GAP_REASONS.find((reason) => reason === gap) ?? 'missing';
}

function deviceUserOf(row: Row): { readonly user: DeviceUser; readonly isKnown: boolean } {
  const user = readLink('device-users', text(row, 'record'));
  return { user: { ...user, login: optionalText(row, 'login') }, isKnown: integer(row, 'is_known') === 1 };
}

function prepare(database: DatabaseSync) {
  return {
    ids: database.prepare('SELECT id FROM assets WHERE kind = ? AND id > ? ORDER BY id LIMIT ?'),
    groupIds: database.prepare('SELECT id FROM groups WHERE id > ? ORDER BY id LIMIT ?'),
    find: database.prepare('SELECT record, read_at FROM assets WHERE kind = ? AND id = ?'),
    set: database.prepare('SELECT read_at, gap FROM asset_sets WHERE kind = ? AND owner = ?'),
    size: database.prepare('SELECT count(*) AS count FROM asset_links WHERE kind = ? AND owner = ?'),
    deviceUsers: database.prepare(`
      SELECT asset_links.record AS record, users.id IS NOT NULL AS is_known,
        json_extract(users.fields, '$.login') AS login
      FROM asset_links LEFT JOIN users ON users.id = asset_links.member
      WHERE asset_links.kind = 'device-users' AND asset_links.owner = ? ORDER BY asset_links.member`),
    user: database.prepare('SELECT 1 AS is_known FROM users WHERE id = ?'),
    group: database.prepare('SELECT name, users_count, listed_at FROM groups WHERE id = ?'),
    groupApps: database.prepare(`
      SELECT DISTINCT app_id AS id, json_extract(assets.record, '$.label') AS name
      FROM (${APP_GROUPS}) AS app_groups LEFT JOIN assets ON assets.kind = 'app' AND assets.id = app_id
      WHERE group_id = ? ORDER BY app_id`),
    appGroups: database.prepare(
      `SELECT count(DISTINCT group_id) AS count FROM (${APP_GROUPS}) WHERE app_id = ?`,
    ),
    allAppGroups: database.prepare(`
      SELECT min(read_at) AS read_at FROM asset_sets WHERE kind = 'app-groups' AND read_at IS NOT NULL
        AND NOT EXISTS (
          SELECT 1 FROM assets WHERE assets.kind = 'app' AND NOT EXISTS (
            SELECT 1 FROM asset_sets AS own
            WHERE own.kind = 'app-groups' AND own.owner = assets.id AND own.read_at IS NOT NULL))`),
    allGroupApps: database.prepare(`
      SELECT min(read_at) AS read_at FROM asset_sets
      WHERE (kind = 'list' AND owner = 'group' OR kind = 'group-apps') AND ${ARE_ALL_GROUPS_ASKED}`),
    org: database.prepare(`
      SELECT org.host AS host, coalesce(org.id, assets.id) AS id,
        json_extract(assets.record, '$.companyName') AS name
      FROM org LEFT JOIN assets ON assets.kind = 'org' LIMIT 1`),
  };
}
