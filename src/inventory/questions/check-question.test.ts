import { describe, expect, test } from 'vitest';
import { checkQuestion } from './check-question.ts';

describe('inventory, questions: a question is one SELECT over the views', () => {
  test.each([
    ['a table of the inventory', 'SELECT * FROM main.users', 'no such table: main.users'],
    ['a table that is no view', 'SELECT * FROM runs', 'no such table: runs'],
    [
      'a table behind the name of a view',
      'WITH users AS (SELECT * FROM main.run_state) SELECT * FROM users',
      'no such table: main.run_state',
    ],
    ['the schema', 'SELECT * FROM sqlite_master', 'it reads sqlite_master, which is no view'],
    ['the schema of temporary tables', 'SELECT * FROM sqlite_temp_schema', 'it reads sqlite_temp_master'],
    ['the schema, without a column of it', 'SELECT 1 AS uid FROM sqlite_schema', 'it reads sqlite_schema'],
    ['a pragma', 'PRAGMA table_info(users)', 'it is no SELECT'],
    ['a pragma as a table', "SELECT * FROM pragma_table_info('users')", 'it reads pragma_table_info'],
    [
      'a pragma as a table, counted',
      'SELECT count(*) FROM pragma_database_list',
      'it reads pragma_database_list',
    ],
    ["SQLite's own tables", 'SELECT count(*) FROM dbstat', 'dbstat'],
    ['another file', "ATTACH 'other.db' AS other", 'it is no SELECT'],
    ['code', "SELECT load_extension('x')", 'it loads code'],
    ['a change', 'DELETE FROM users', 'it is no SELECT'],
    ['a change after a question', 'SELECT 1 AS uid; DROP TABLE users', 'it is more than one statement'],
    ['a transaction', 'BEGIN', 'it is no SELECT'],
    ['a column that no view has', 'SELECT nope FROM users', 'no such column: nope'],
    ['two columns of one name', 'SELECT id, login AS id FROM users', 'it has two columns named id'],
    ['parameters without names', 'SELECT id FROM users WHERE id = ?', 'its parameters have no names'],
    ['nothing', '-- nothing', 'no statements'],
    ['a text without end', `SELECT '${'x'.repeat(1_000_000)}' AS uid`, 'it is longer than'],
  ])('refuses %s', (_, sql, problem) => {
    expect(() => checkQuestion(sql)).toThrow(problem);
  });

  test.each([
    ['nothing that may be unknown', 'SELECT id, login FROM users', []],
    ['a column that may be unknown', 'SELECT id FROM users WHERE has_mfa = 0', ['factors']],
    ['rows that may be unknown', 'SELECT count(*) AS n FROM rules', ['rules']],
    [
      'columns in a common table expression and a join',
      `WITH strong AS (SELECT id FROM users AS u WHERE u.strong_factors > 0)
       SELECT s.id, d.device_id FROM strong AS s JOIN device_users AS d ON d.user_id = s.id`,
      ['devices', 'device-users', 'factors'],
    ],
    [
      'JSON in a column',
      'SELECT u.id, f.value AS type FROM users AS u, json_each(u.factor_types) AS f',
      ['factors'],
    ],
  ])('knows what it depends on: %s', (_, sql, needs) => {
    expect([...checkQuestion(sql).needs].toSorted()).toEqual(needs.toSorted());
  });

  test('finds the parameters outside of texts and comments', () => {
    const sql = `SELECT id AS uid, ':text' AS a -- :comment
      FROM users /* :block */ WHERE login = :user OR email = :user AND created > :since`;

    expect(checkQuestion(sql)).toMatchObject({ parameters: ['user', 'since'], columns: ['uid', 'a'] });
  });
});
