import type { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { DeadLetters } from './dead-letters.ts';
import { openTemporaryDatabase } from './database.ts';
import { FacetReader } from './facets.ts';
import { SqliteOutbox } from './outbox.ts';
import { prepareStatements } from './statements.ts';
import { transactionOn } from './transaction.ts';

/** Read whole on purpose: one row, four rows, a count over an index, or all that there is. */
const WHOLE = [
  'SELECT id, host FROM org',
  'SELECT lookup FROM refused_lookups',
  'SELECT count(*) AS pending FROM outbox',
];

/** Every statement that the inventory prepares, with its query plan. */
function listPlans(): { readonly sql: string; readonly plan: string }[] {
  const database = openTemporaryDatabase();
  onTestFinished(() => database.close());
  const prepared: string[] = [];
  const spy = new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (name === 'prepare') prepared.push(String(given[0]));
        return Reflect.apply(value, target, given);
      };
    },
  });
  const clock = { now: () => 0, sleep: async () => undefined };
  prepareStatements(spy);
  const owners = [
    new FacetReader(spy),
    new SqliteOutbox(spy, transactionOn(database), new DeadLetters(spy), clock),
  ];
  expect(owners).toHaveLength(2);
  return prepared.map((sql) => ({ sql: sql.replaceAll(/\s+/g, ' ').trim(), plan: planOf(database, sql) }));
}

function planOf(database: DatabaseSync, sql: string): string {
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return rows.map((row) => String(row['detail'])).join('; ');
}

test('no statement reads a whole table to find a part of it', () => {
  const plans = listPlans().filter(({ sql }) => !WHOLE.includes(sql) && !/^DELETE FROM \w+$/.test(sql));

  expect(plans.length).toBeGreaterThan(30);
  expect(plans.filter(({ plan }) => /SCAN (?!.*USING (COVERING )?INDEX)/.test(plan))).toEqual([]);
});

test('the next batch is found without sorting all that waits', () => {
  const plan = listPlans().find(({ sql }) => sql.includes('ORDER BY attempted DESC, sequence'))?.plan;

  expect(plan).toBe('SCAN outbox USING INDEX outbox_by_turn');
});

test("a user's groups are found by index", () => {
  const plan = listPlans().find(({ sql }) => sql.includes('UNION ALL'))?.plan;

  expect(plan).toMatch(/SEARCH memberships USING PRIMARY KEY \(user_id=\?\)/);
  expect(plan).not.toMatch(/SCAN (memberships|groups(?! USING (COVERING )?INDEX groups_everyone))/);
});
