import type { DatabaseSync } from 'node:sqlite';
import { DUE_EVENTS } from './due-events.ts';

/**
 * The tables of assets beside users. They are made when assets are first read, so that an inventory of users alone stays
 * as small as it is. `record` is JSON. `asset_sets` says how the members of an owner are known; the set `list` of a kind
 * says how its list is. `changed_at` is when one member was last asked for alone. `variant` tells the several assignments of
 * one group to one application apart. `groups_without_apps` had none when that was last said of them and no set tells it.
 * Instants are Unix milliseconds on Okta's clock.
 */
const TABLES = `
  CREATE TABLE assets (
    kind TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL, read_at INTEGER NOT NULL, listed_at INTEGER,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE asset_sets (
    kind TEXT NOT NULL, owner TEXT NOT NULL, read_at INTEGER, asked_at INTEGER NOT NULL, gap TEXT, changed_at INTEGER,
    PRIMARY KEY (kind, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE asset_links (
    kind TEXT NOT NULL, owner TEXT NOT NULL, member TEXT NOT NULL, variant TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (kind, owner, member, variant)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX asset_links_by_member ON asset_links (kind, member, owner);
  CREATE TABLE links_being_read (
    reading INTEGER NOT NULL, member TEXT NOT NULL, variant TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (reading, member, variant)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE groups_without_apps (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`;

export function hasAssetTables(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA table_info(assets)').get() !== undefined;
}

export function makeAssetTables(database: DatabaseSync): void {
  if (!hasAssetTables(database)) database.exec(`${TABLES} ${DUE_EVENTS}`);
}

/** For a reader of an inventory that has no assets: empty tables of its own, so that every view is there. */
export function standInForAssetTables(database: DatabaseSync): void {
  if (hasAssetTables(database)) return;
  database.exec(TABLES.replaceAll('CREATE TABLE ', 'CREATE TEMP TABLE ').replace('INDEX ', 'INDEX temp.'));
}

/**
 * Which group has which application: an assignment counts while no later answer, by application or by group, says
 * otherwise. Columns: app_id, group_id, record. Without its name the index would not be used for one application.
 */
export const APP_GROUPS = `
  SELECT asset_links.owner AS app_id, asset_links.member AS group_id, asset_links.record AS record
  FROM asset_links
  JOIN asset_sets AS by_app ON by_app.kind = 'app-groups' AND by_app.owner = asset_links.owner
  LEFT JOIN asset_sets AS by_group ON by_group.kind = 'group-apps' AND by_group.owner = asset_links.member
  WHERE asset_links.kind = 'app-groups' AND (by_group.read_at IS NULL OR by_group.read_at <= by_app.read_at)
  UNION ALL
  SELECT asset_links.member AS app_id, asset_links.owner AS group_id, asset_links.record AS record
  FROM asset_links INDEXED BY asset_links_by_member
  JOIN asset_sets AS by_group ON by_group.kind = 'group-apps' AND by_group.owner = asset_links.owner
  LEFT JOIN asset_sets AS by_app ON by_app.kind = 'app-groups' AND by_app.owner = asset_links.member
  WHERE asset_links.kind = 'group-apps' AND (by_app.read_at IS NULL OR by_app.read_at < by_group.read_at)`;

/** The groups were listed, and every one that may have applications was asked for them. */
export const ARE_ALL_GROUPS_ASKED = `
  EXISTS (
    SELECT 1 FROM asset_sets WHERE (kind = 'list' AND owner = 'group' OR kind = 'group-apps') AND read_at IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM assets AS known JOIN groups ON groups.id = known.id
    WHERE known.kind = 'group' AND json_extract(known.record, '$.appsCount') IS NOT 0 AND NOT EXISTS (
      SELECT 1 FROM asset_sets AS own
      WHERE own.kind = 'group-apps' AND own.owner = known.id AND own.read_at IS NOT NULL))`;
