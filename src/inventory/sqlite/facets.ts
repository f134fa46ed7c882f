import type { DatabaseSync } from 'node:sqlite';
import { byName } from '../../enrich/by-name.ts';
import { PER_USER_LOOKUPS } from '../../ports/org.ts';
import type {
  Facet,
  Group,
  GroupFacets,
  Lookup,
  PerUserLookup,
  UserDevice,
  UserFacets,
  UserLookup,
} from '../../ports/org.ts';
import { facetOf } from '../policy/answers.ts';
import { readLink, readRecord } from './assets/asset-records.ts';
import { hasAssetTables } from './assets/tables.ts';
import type { StillGood } from '../policy/answers.ts';
import { asPerUserFacets, readGap, readHeldRoles, readRoles, readUser } from './records.ts';
import { integer, optionalInteger, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import { RunStateReader } from './run-state.ts';

/** All that is known of one user, and how old its last known answers are. */
export interface View {
  readonly facets: UserFacets;
  /** Answers that stand in for a failed lookup, each with the instant at which it was read. */
  readonly stale: ReadonlyMap<Lookup, number>;
}

/** By itself SQLite walks through all devices: it takes the primary key for the better index. */
const DEVICES_OF = `
  SELECT assets.record AS record, asset_links.record AS link
  FROM asset_links INDEXED BY asset_links_by_member CROSS JOIN assets ON assets.kind = 'device' AND assets.id = asset_links.owner
  WHERE asset_links.kind = 'device-users' AND asset_links.member = ? ORDER BY asset_links.owner`;

function deviceOf(row: Row): UserDevice {
  const { id, displayName: name, platform, status } = readRecord('device', text(row, 'record'));
  const { managementStatus } = readLink('device-users', text(row, 'link'));
  return { id, name, platform, status, managementStatus };
}

/** Puts together all that the inventory knows of a user. Events are made of it. */
export class FacetReader {
  readonly #user;
  readonly #groupsOf;
  readonly #everyone;
  readonly #group;
  /** Absent where nothing has read devices. */
  readonly #devicesOf;
  readonly #runState: RunStateReader;
  readonly #isStillGood: StillGood;

  constructor(database: DatabaseSync, isStillGood: StillGood) {
    this.#isStillGood = isStillGood;
    this.#runState = new RunStateReader(database);
    this.#user = database.prepare('SELECT * FROM users WHERE id = ?');
    this.#devicesOf = hasAssetTables(database) ? database.prepare(DEVICES_OF) : undefined;
    const columns = 'id, name, description, type, roles, roles_read_at, roles_asked_at, roles_gap';
    this.#groupsOf = database.prepare(`
      SELECT ${columns} FROM groups WHERE id IN (SELECT group_id FROM memberships WHERE user_id = ?) ORDER BY id`);
    this.#group = database.prepare(`SELECT ${columns} FROM groups WHERE id = ?`);
    // Everyone has all users as members, so its members are never read.
    this.#everyone = database.prepare(`
      SELECT ${columns} FROM groups WHERE id IN (
        SELECT group_id FROM memberships WHERE user_id = ?
        UNION ALL SELECT id FROM groups INDEXED BY groups_everyone WHERE type = 'BUILT_IN' AND name = 'Everyone'
      ) ORDER BY id`);
  }

  read(userId: string): View | undefined {
    const row = this.#user.get(userId);
    if (row === undefined) return undefined;
    const stale = new Map<Lookup, number>();
    const facets: UserFacets = {
      user: readUser(text(row, 'fields')),
      readAt: integer(row, 'read_at'),
      // One day for all users: risks that count days are worked out again by the next full run, not after every change.
      evaluatedAt: this.#runState.evaluatedAt(),
      groups: this.#facetOf(row, 'groups', 'groups', stale, () => this.#groups(row)),
      ...this.#perUser(row, stale),
      roles: this.#facetOf(row, 'roles', 'roles', stale, () => readJson(row, 'roles', readHeldRoles)),
      ...this.#devices(userId),
    };
    return { facets, stale };
  }

  #devices(userId: string): Pick<UserFacets, 'devices'> {
    const rows = this.#devicesOf?.all(userId) ?? [];
    return rows.length === 0 ? {} : { devices: rows.map(deviceOf) };
  }

  #perUser(row: Row, stale: Map<Lookup, number>): Pick<UserFacets, PerUserLookup> {
    const facets = byName(PER_USER_LOOKUPS, (lookup) =>
      this.#facetOf(row, lookup, lookup, stale, () => readJson<unknown>(row, lookup, JSON.parse)),
    );
    return asPerUserFacets(facets);
  }

  /**
   * Known, last known, unknown or not asked: decided by the stored answer, the last attempt, and the time between them.
   */
  #facetOf<T>(
    row: Row,
    name: UserLookup,
    lookup: Lookup,
    stale: Map<Lookup, number>,
    value: () => T | undefined,
  ): Facet<T> {
    const gap = optionalText(row, `${name}_gap`);
    const last = {
      gap: gap === undefined ? undefined : readGap(gap),
      readAt: optionalInteger(row, `${name}_read_at`),
      askedAt: optionalInteger(row, `${name}_asked_at`),
    };
    const facet = facetOf(last, value, this.#isStillGood);
    if (facet.kind === 'known' && facet.isStale === true)
      stale.set(lookup, Math.min(facet.readAt, stale.get(lookup) ?? facet.readAt));
    return facet;
  }

  /** The groups of a user, by the members of groups. */
  groupsOf(userId: string): readonly GroupFacets[] {
    return this.#everyone.all(userId).map((group) => this.#groupFacets(group));
  }

  groupsBy(ids: readonly string[]): readonly GroupFacets[] {
    const rows = ids.map((id) => this.#group.get(id)).filter((row) => row !== undefined);
    return rows.map((group) => this.#groupFacets(group));
  }

  #groups(row: Row): readonly GroupFacets[] {
    const byMembership = optionalText(row, 'groups_way') === 'by-membership';
    if (byMembership) return this.groupsOf(text(row, 'id'));
    return this.#groupsOf.all(text(row, 'id')).map((group) => this.#groupFacets(group));
  }

  #groupFacets(row: Row): GroupFacets {
    const roles = this.#facetOf(row, 'roles', 'group-roles', new Map(), () =>
      readJson(row, 'roles', readRoles),
    );
    return { group: groupOf(row), roles };
  }
}

function readJson<T>(row: Row, column: string, read: (json: string) => T): T | undefined {
  const json = optionalText(row, column);
  return json === undefined ? undefined : read(json);
}

export function groupOf(row: Row): Group {
  return {
    id: text(row, 'id'),
    name: optionalText(row, 'name'),
    description: optionalText(row, 'description'),
    type: optionalText(row, 'type'),
  };
}
