import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The store's SQL, prepared once. */
export function prepareStatements(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    org: statement('SELECT id, host FROM org'),
    saveOrg: statement('INSERT OR REPLACE INTO org VALUES (1, ?, ?)'),
    forgetListed: statement('DELETE FROM listed'),
    forgetStaged: statement('DELETE FROM members_being_read'),
    noteListed: statement('INSERT OR IGNORE INTO listed VALUES (?)'),
    ...groupStatements(statement),
    ...userStatements(statement),
    refused: statement('SELECT lookup FROM refused_lookups'),
    forgetRefused: statement('DELETE FROM refused_lookups'),
    addRefused: statement('INSERT INTO refused_lookups VALUES (?)'),
    stamp: statement('SELECT at FROM stamps WHERE name = ?'),
    saveStamp: statement('INSERT OR REPLACE INTO stamps VALUES (?, ?)'),
  };
}

function groupStatements(statement: (sql: string) => StatementSync) {
  return {
    saveGroup: statement(`
      INSERT INTO groups (id, name, description, type, users_count, admin_flag) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description, type = excluded.type,
        users_count = excluded.users_count, admin_flag = excluded.admin_flag`),
    // A user's own list names groups without sizes; only a change is written.
    nameGroup: statement(`
      INSERT INTO groups (id, name, description, type) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description, type = excluded.type
      WHERE excluded.name IS NOT NULL AND (name IS NOT excluded.name OR description IS NOT excluded.description
        OR type IS NOT excluded.type)`),
    saveRoles: statement('UPDATE groups SET roles = ?, roles_read_at = ?, roles_gap = NULL WHERE id = ?'),
    saveRolesGap: statement('UPDATE groups SET roles_gap = ? WHERE id = ?'),
    forgetMemberships: statement('DELETE FROM memberships'),
    clearStaged: statement('DELETE FROM members_being_read WHERE group_id = ?'),
    stage: statement('INSERT OR IGNORE INTO members_being_read VALUES (?, ?)'),
    leaveGroup: statement('DELETE FROM memberships WHERE group_id = ?'),
    takeStaged: statement(`
      INSERT OR IGNORE INTO memberships (user_id, group_id)
      SELECT user_id, group_id FROM members_being_read WHERE group_id = ?`),
  };
}

function userStatements(statement: (sql: string) => StatementSync) {
  return {
    saveUser: statement(`
      INSERT INTO users (id, fields, read_at) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET fields = excluded.fields, read_at = excluded.read_at`),
    saveFactors: statement('UPDATE users SET factors = ?, factors_read_at = ? WHERE id = ?'),
    saveUserRoles: statement('UPDATE users SET roles = ?, roles_read_at = ? WHERE id = ?'),
    leaveAll: statement('DELETE FROM memberships WHERE user_id = ?'),
    join: statement('INSERT OR IGNORE INTO memberships VALUES (?, ?)'),
  };
}
