import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The group store's SQL, prepared once. */
export function groupStatements(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    find: statement('SELECT * FROM groups WHERE id = ?'),
    save: statement(`
      INSERT INTO groups (id, name, description, type, users_count, listed_at) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description, type = excluded.type,
        users_count = coalesce(excluded.users_count, users_count), listed_at = coalesce(excluded.listed_at, listed_at)`),
    name: statement('INSERT OR IGNORE INTO groups (id) VALUES (?)'),
    saveRoles: statement(
      'UPDATE groups SET roles = ?, roles_read_at = ?, roles_asked_at = ?, roles_gap = NULL WHERE id = ?',
    ),
    saveRolesGap: statement('UPDATE groups SET roles_gap = ?, roles_asked_at = ? WHERE id = ?'),
    readMembers: statement('UPDATE groups SET members_read_at = ?, members_changed_at = ? WHERE id = ?'),
    moveMembers: statement(
      'UPDATE users SET needs_event = 1 WHERE id IN (SELECT user_id FROM memberships WHERE group_id = ?)',
    ),
    moveAll: statement('UPDATE users SET needs_event = 1'),
    moveStaged: statement(`
      UPDATE users SET needs_event = 1 WHERE id IN (
        SELECT user_id FROM (
          SELECT user_id FROM memberships WHERE group_id = ?
          EXCEPT SELECT user_id FROM members_being_read WHERE group_id = ?
        ) UNION SELECT user_id FROM (
          SELECT user_id FROM members_being_read WHERE group_id = ?
          EXCEPT SELECT user_id FROM memberships WHERE group_id = ?
        ))`),
    leaveGroup: statement('DELETE FROM memberships WHERE group_id = ?'),
    clearStaged: statement('DELETE FROM members_being_read WHERE group_id = ?'),
    stage: statement('INSERT OR IGNORE INTO members_being_read VALUES (?, ?)'),
    takeStaged: statement(`
      INSERT OR IGNORE INTO memberships (user_id, group_id)
      SELECT user_id, group_id FROM members_being_read WHERE group_id = ?`),
    mergedMembers: statement(`
      SELECT id FROM users JOIN memberships ON user_id = id
      WHERE group_id = ? AND json_extract(roles, '$.includesGroups')`),
    unlisted: statement('SELECT id FROM groups WHERE listed_at < ?'),
    forget: statement('DELETE FROM groups WHERE id = ?'),
    forgetMarks: statement("DELETE FROM marks WHERE subject = 'group' AND id = ?"),
    roleHolders: statement(
      "SELECT id FROM groups WHERE roles_gap IS NOT NULL OR (roles IS NOT NULL AND roles <> '[]')",
    ),
  };
}
