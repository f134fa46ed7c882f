import type { DatabaseSync } from 'node:sqlite';
import { APP_GROUPS, ARE_ALL_GROUPS_ASKED } from './tables.ts';

/** The statements of the asset store; the tables must be there. */
export function assetStatements(database: DatabaseSync) {
  return { ...recordStatements(database), ...setStatements(database), ...assignmentStatements(database) };
}

function recordStatements(database: DatabaseSync) {
  return {
    find: database.prepare('SELECT record, read_at FROM assets WHERE kind = ? AND id = ?'),
    save: database.prepare(`
      INSERT INTO assets (kind, id, record, read_at, listed_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET record = excluded.record, read_at = excluded.read_at,
        listed_at = coalesce(excluded.listed_at, listed_at)`),
    noteListing: database.prepare('UPDATE assets SET listed_at = ? WHERE kind = ? AND id = ?'),
    count: database.prepare('SELECT count(*) AS count FROM assets WHERE kind = ?'),
    ids: database.prepare('SELECT id FROM assets WHERE kind = ? ORDER BY id'),
    unlisted: database.prepare(`
      SELECT id FROM assets
      WHERE kind = :kind AND coalesce(listed_at, -1) < :at AND read_at < :at ORDER BY id`),
    forget: database.prepare('DELETE FROM assets WHERE kind = ? AND id = ?'),
  };
}

function setStatements(database: DatabaseSync) {
  return {
    set: database.prepare('SELECT * FROM asset_sets WHERE kind = ? AND owner = ?'),
    saveSet: database.prepare(`
      INSERT INTO asset_sets (kind, owner, read_at, asked_at) VALUES (:kind, :owner, :asked, :asked)
      ON CONFLICT DO UPDATE SET read_at = excluded.read_at, asked_at = excluded.asked_at, gap = NULL`),
    saveGap: database.prepare(`
      INSERT INTO asset_sets (kind, owner, asked_at, gap) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at, gap = excluded.gap`),
    noteChange: database.prepare(
      'UPDATE asset_sets SET changed_at = max(coalesce(changed_at, 0), ?) WHERE kind = ? AND owner = ?',
    ),
    forgetSet: database.prepare('DELETE FROM asset_sets WHERE kind = ? AND owner = ?'),
    link: database.prepare('SELECT record FROM asset_links WHERE kind = ? AND owner = ? AND member = ?'),
    saveLink: database.prepare('INSERT OR REPLACE INTO asset_links VALUES (?, ?, ?, ?, ?)'),
    forgetLink: database.prepare('DELETE FROM asset_links WHERE kind = ? AND owner = ? AND member = ?'),
    forgetLinks: database.prepare('DELETE FROM asset_links WHERE kind = ? AND owner = ?'),
    forgetMember: database.prepare(
      'DELETE FROM asset_links INDEXED BY asset_links_by_member WHERE kind = ? AND member = ?',
    ),
    sizeOf: database.prepare('SELECT count(*) AS count FROM asset_links WHERE kind = ? AND owner = ?'),
    stage: database.prepare('INSERT OR REPLACE INTO links_being_read VALUES (?, ?, ?, ?)'),
    unstage: database.prepare('DELETE FROM links_being_read WHERE reading = ?'),
    isOther: database.prepare(`
      SELECT EXISTS (
        SELECT 1 FROM links_being_read AS staged WHERE reading = :reading AND NOT EXISTS (
          SELECT 1 FROM asset_links WHERE kind = :kind AND owner = :owner
            AND member = staged.member AND variant = staged.variant AND record = staged.record)
      ) OR (SELECT count(*) FROM links_being_read WHERE reading = :reading)
        <> (SELECT count(*) FROM asset_links WHERE kind = :kind AND owner = :owner) AS is_other`),
    takeStaged: database.prepare(`
      INSERT INTO asset_links SELECT :kind, :owner, member, variant, record FROM links_being_read WHERE reading = :reading`),
  };
}

function assignmentStatements(database: DatabaseSync) {
  return {
    groupsOfApp: database.prepare(
      `SELECT DISTINCT group_id FROM (${APP_GROUPS}) WHERE app_id = ? ORDER BY group_id`,
    ),
    areAllGroupsAsked: database.prepare(`SELECT ${ARE_ALL_GROUPS_ASKED} AS is_it`),
    isForEveryone: database.prepare(`
      SELECT EXISTS (
        SELECT 1 FROM (${APP_GROUPS}) AS app_groups JOIN groups ON groups.id = app_groups.group_id
        WHERE app_groups.app_id = :app AND groups.type = 'BUILT_IN' AND groups.name = 'Everyone'
      ) OR EXISTS (
        SELECT 1 FROM assets WHERE kind = 'app' AND id = :app AND json_extract(record, '$.isImplicit') = 1
      ) AS is_it`),
    // A group that had applications when it was asked is asked once more: it may have lost the last one.
    groupsWithApps: database.prepare(`
      SELECT assets.id AS id, json_extract(record, '$.appsCount') AS apps, EXISTS (
        SELECT 1 FROM asset_links WHERE asset_links.kind = 'group-apps' AND owner = assets.id
      ) AS had FROM assets JOIN groups ON groups.id = assets.id WHERE assets.kind = 'group' ORDER BY assets.id`),
  };
}

/** Instants after `last` are of a clock that was ahead. */
export function bringAssetsBack(database: DatabaseSync, last: number): void {
  database
    .prepare(
      'UPDATE assets SET read_at = min(read_at, :last), listed_at = min(listed_at, :last) WHERE read_at > :last OR listed_at > :last',
    )
    .run({ last });
  database
    .prepare(
      'UPDATE asset_sets SET read_at = min(read_at, :last), asked_at = min(asked_at, :last), changed_at = min(changed_at, :last) WHERE asked_at > :last OR changed_at > :last',
    )
    .run({ last });
}
