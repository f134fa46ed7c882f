import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The group store's SQL, prepared once. */
export function groupStatements(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    ...memberStatements(statement),
    ...gapStatements(statement),
    find: statement(`
      SELECT *, EXISTS (SELECT 1 FROM memberships WHERE group_id = groups.id) AS has_members
      FROM groups WHERE id = ?`),
    save: statement(`
      INSERT INTO groups (id, name, description, type, users_count, listed_at, members_stamp, created)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description, type = excluded.type,
        users_count = coalesce(excluded.users_count, users_count), members_stamp = excluded.members_stamp,
        listed_at = max(excluded.listed_at, coalesce(listed_at, 0)), created = coalesce(excluded.created, created)`),
    name: statement('INSERT OR IGNORE INTO groups (id) VALUES (?)'),
    saveRoles: statement(
      'UPDATE groups SET roles = ?, roles_read_at = ?, roles_asked_at = ?, roles_gap = NULL WHERE id = ?',
    ),
    saveRolesGap: statement('UPDATE groups SET roles_gap = ?, roles_asked_at = ? WHERE id = ?'),
    noteMembersRead: statement('UPDATE groups SET members_changed_at = ? WHERE id = ?'),
    noteAllMembersRead: statement(
      'UPDATE groups SET members_changed_at = members_stamp WHERE listed_at >= ? AND members_changed_at IS NOT members_stamp',
    ),
    readMembers: statement('UPDATE groups SET members_read_at = ?, members_changed_at = ? WHERE id = ?'),
    unlisted: statement('SELECT id FROM groups WHERE listed_at < ?'),
    forget: statement('DELETE FROM groups WHERE id = ?'),
    customRoleHolders: statement(`
      SELECT id FROM groups WHERE roles_gap IS NOT NULL
        OR EXISTS (SELECT 1 FROM json_each(groups.roles) WHERE json_extract(value, '$.type') = 'CUSTOM')`),
    roleHolders: statement("SELECT id FROM groups WHERE roles_gap IS NOT NULL OR roles <> '[]'"),
    withRoles: statement("SELECT id FROM groups WHERE roles_gap IS NULL AND roles <> '[]'"),
  };
}

/** Groups whose roles the last attempt did not bring. Where Okta was unavailable, there is a mark instead. */
function gapStatements(statement: (sql: string) => StatementSync) {
  return {
    unanswered: statement(`
      SELECT id FROM groups WHERE roles_gap IS NOT NULL AND roles_gap <> 'unavailable' AND roles_asked_at < ?
      ORDER BY roles_asked_at, id LIMIT ?`),
    answered: statement(`
      SELECT id FROM groups WHERE roles_gap IS NULL AND roles <> '[]' ORDER BY roles_asked_at LIMIT 1`),
    gap: statement('SELECT id FROM groups WHERE id = ? AND roles_gap IS NOT NULL'),
  };
}

/** Users whose own list of groups was asked for while a list of members was read. */
const OWN_LIST_SINCE = `SELECT id FROM users
  WHERE groups_way = 'own-list' AND groups_gap IS NULL AND groups_asked_at BETWEEN :readAt AND :now`;

function memberStatements(statement: (sql: string) => StatementSync) {
  return {
    // The first reading of members changes nobody's groups: it learns them. A row is written only when that changes it: a
    // user without an event so far gets one when the lookups are complete.
    moveStaged: statement(`
      UPDATE users SET needs_event = 1, factors_due = CASE
        WHEN factors_asked_at IS NOT NULL AND (SELECT members_read_at FROM groups WHERE id = :group) IS NOT NULL
        THEN coalesce(factors_due, :now)
        ELSE factors_due END
      WHERE ((needs_event = 0 AND evaluated_run IS NOT NULL)
        OR (factors_due IS NULL AND factors_asked_at IS NOT NULL
          AND (SELECT members_read_at FROM groups WHERE id = :group) IS NOT NULL)) AND id IN (
        SELECT user_id FROM (
          SELECT user_id FROM memberships WHERE group_id = :group
          EXCEPT SELECT user_id FROM members_being_read WHERE reading = :reading
        ) UNION SELECT user_id FROM (
          SELECT user_id FROM members_being_read WHERE reading = :reading
          EXCEPT SELECT user_id FROM memberships WHERE group_id = :group
        ))`),
    members: statement(
      'SELECT user_id AS id FROM memberships JOIN users ON users.id = user_id WHERE group_id = ? ORDER BY user_id',
    ),
    activeMembers: statement(`
      SELECT user_id AS id FROM memberships JOIN users ON users.id = user_id
      WHERE group_id = ? AND status IS NOT 'DEPROVISIONED'`),
    makeFactorsDue: statement(`
      UPDATE users SET factors_due = :since WHERE factors_due IS NULL AND factors_asked_at IS NOT NULL
        AND id IN (SELECT user_id FROM memberships WHERE group_id = :group)`),
    leaveGroup: statement('DELETE FROM memberships WHERE group_id = ?'),
    leaveUnstaged: statement(`
      DELETE FROM memberships WHERE group_id = :group
        AND user_id NOT IN (SELECT user_id FROM members_being_read WHERE reading = :reading)`),
    clearAllStaged: statement('DELETE FROM members_being_read'),
    clearStaged: statement('DELETE FROM members_being_read WHERE reading = ?'),
    stage: statement('INSERT OR IGNORE INTO members_being_read VALUES (?, ?)'),
    membersReadAt: statement('SELECT members_read_at FROM groups WHERE id = ?'),
    unstageOwn: statement(
      `DELETE FROM members_being_read WHERE reading = :reading AND user_id IN (${OWN_LIST_SINCE})`,
    ),
    stageOwn: statement(`
      INSERT OR IGNORE INTO members_being_read
      SELECT :reading, user_id FROM memberships WHERE group_id = :group AND user_id IN (${OWN_LIST_SINCE})`),
    takeStaged: statement(`
      INSERT OR IGNORE INTO memberships (user_id, group_id)
      SELECT user_id, :group FROM members_being_read WHERE reading = :reading`),
  };
}
