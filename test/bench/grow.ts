/** Makes an inventory large by SQL: every user is copied with all that is kept of one. */
import { DatabaseSync } from 'node:sqlite';

interface Grown {
  readonly users: number;
  readonly members: ReadonlyMap<string, number>;
}

const TABLES = ['users', 'memberships', 'delivered'];

/**
 * `-7` behind a user's id is the seventh copy. Rows are inserted in the order of their keys and indexes are made at the
 * end, since pages would be written again and again otherwise. Returns the numbers of users and of each group's members.
 */
export function grow(file: string, copies: number): Grown {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  const indexes = database
    .prepare(
      `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (${TABLES.map((name) => `'${name}'`).join(', ')})`,
    )
    .all();
  database.exec('BEGIN');
  for (const { name } of indexes) database.exec(`DROP INDEX ${String(name)}`);
  database.exec(`
    CREATE TEMP TABLE copies (label TEXT PRIMARY KEY, copy INTEGER NOT NULL) WITHOUT ROWID;
    WITH RECURSIVE every (copy) AS (SELECT 0 UNION ALL SELECT copy + 1 FROM every WHERE copy + 1 < ${copies})
    INSERT INTO copies SELECT CASE copy WHEN 0 THEN '' ELSE '-' || copy END, copy FROM every;
    CREATE TEMP TABLE seed AS SELECT * FROM users ORDER BY id;
    CREATE TEMP TABLE seed_memberships (user_id TEXT, group_id TEXT, PRIMARY KEY (user_id, group_id)) WITHOUT ROWID;
    INSERT INTO seed_memberships SELECT * FROM memberships;
    CREATE TEMP TABLE seed_delivered AS SELECT * FROM delivered ORDER BY sink, kind, id;
    DELETE FROM users; DELETE FROM memberships; DELETE FROM delivered;
    INSERT INTO users SELECT ${columnsOf(database).join(', ')} FROM seed CROSS JOIN copies;
    INSERT INTO memberships SELECT seed.id || label, group_id
      FROM seed CROSS JOIN copies CROSS JOIN seed_memberships ON user_id = seed.id;
    INSERT INTO delivered SELECT sink, kind, id || label, hash, calm_hash FROM seed_delivered CROSS JOIN copies`);
  for (const { sql } of indexes) database.exec(String(sql));
  database.exec('COMMIT; PRAGMA journal_mode = WAL');
  const seedUsers = database.prepare('SELECT count(*) AS users FROM seed').get();
  const seedMembers = database
    .prepare('SELECT group_id, count(*) AS members FROM seed_memberships GROUP BY group_id')
    .all();
  database.close();
  const members = seedMembers.map(
    (row) => [String(row['group_id']), Number(row['members']) * copies] as const,
  );
  return { users: Number(seedUsers?.['users']) * copies, members: new Map(members) };
}

/** The seed's own answers stay the oldest. */
function columnsOf(database: DatabaseSync): readonly string[] {
  const rows = database.prepare("SELECT name FROM pragma_table_info('users')").all();
  return rows.map(({ name }) => {
    const column = String(name);
    if (column === 'id') return 'id || label';
    if (column === 'fields') return 'replace(fields, id, id || label)';
    return column.endsWith('_asked_at') ? `${column} + copy` : column;
  });
}
