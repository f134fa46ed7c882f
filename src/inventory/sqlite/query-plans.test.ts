import type { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { POSTURE_RULES } from '../../enrich/facets.fixture.ts';
import { createJudge } from '../../enrich/posture.ts';
import { USER_LOOKUPS } from '../../ports/org.ts';
import { oldestAnswers, refusedEvents } from './ages.ts';
import { assetStatements } from './assets/statements.ts';
import { makeAssetTables } from './assets/tables.ts';
import { openTemporaryDatabase } from './database.ts';
import { assemble } from './open.ts';
import { UserViews } from './user-views.ts';

/** Read whole on purpose: one row, four rows, the first row of few, a count over an index, a few groups, or all that there is. */
const WHOLE = [
  'SELECT id, host FROM org',
  'SELECT lookup FROM refused_lookups',
  'SELECT * FROM marks ORDER BY version',
  'SELECT group_id, up_to FROM moved_groups ORDER BY group_id LIMIT 1',
  'SELECT coalesce(max(version), 0) AS version FROM marks',
  'SELECT count(*) AS users FROM users',
  'SELECT count(*) AS count FROM groups',
  'SELECT asked FROM history',
  "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'changes_*'",
  'SELECT says, users FROM posture_cells WHERE users > 0',
  'SELECT count(*) AS count FROM dead_letters WHERE sink = ?',
  'SELECT roles_read_at, roles_asked_at FROM groups WHERE roles_gap IS NOT NULL AND roles IS NOT NULL',
  'SELECT count(*) AS count FROM assets WHERE kind = ?',
  'SELECT id FROM assets WHERE kind = ? ORDER BY id',
];

interface Plan {
  readonly sql: string;
  readonly plan: string;
}

/** Every statement that the inventory prepares, with its query plan. */
function listPlans(): Plan[] {
  const database = openTemporaryDatabase();
  onTestFinished(() => database.close());
  makeAssetTables(database);
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
  assemble(
    spy,
    {
      sink: '',
      makeEvent: () => ({ kind: 'dead-letter', reasons: [], gaps: new Map() }),
      stampEvent: (body) => body,
      isStillGood: () => true,
      decidesAdmin: undefined,
      judge: createJudge(POSTURE_RULES),
      runId: '',
      clock: { now: () => 0, sleep: async () => undefined },
    },
    () => undefined,
  );
  assetStatements(spy);
  new UserViews(spy, '', () => true).idsAfter('');
  oldestAnswers(spy);
  refusedEvents(spy, '');
  return [...new Set(prepared)].map((sql) => ({
    sql: sql.replaceAll(/\s+/g, ' ').trim(),
    plan: planOf(database, sql),
  }));
}

function planOf(database: DatabaseSync, sql: string): string {
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return rows.map((row) => String(row['detail'])).join('; ');
}

function planWith(start: string): string {
  const found = listPlans().filter(({ sql }) => sql.startsWith(start));
  expect(found).toHaveLength(1);
  return found[0]?.plan ?? '';
}

/**
 * Asked for seldom, each answer worth a walk through all: when a custom role or the roles of Everyone changed, once a run
 * for the gaps and ages of group roles and for instants of groups that lie ahead, once a run for assets that a list left
 * out and for groups with applications, and at the end of a full run. What is remembered of
 * runs is few rows, tidied up at the end of a run.
 */
const RARE = [
  /^SELECT users\.id FROM users WHERE \(json_extract\(users\.roles, '\$\.includesGroups'\)/,
  /FROM groups WHERE roles_gap IS NOT NULL OR EXISTS/,
  /^UPDATE groups SET roles_asked_at = min/,
  /^DELETE FROM dead_letters WHERE sink = \? AND kind = 'user' AND refused_by = 'mapping' AND last_at/,
  /^DELETE FROM (runs|run_hours) WHERE/,
  /FROM groups WHERE \w+_gap IS (NOT )?NULL AND .* LIMIT/,
  /^SELECT min\(roles_asked_at\) AS at FROM groups/,
  /^SELECT id FROM assets WHERE kind = :kind AND coalesce\(listed_at, -1\) < :at/,
  /^SELECT assets.id AS id, json_extract\(record, '\$\.appsCount'\) AS apps/,
  /^SELECT EXISTS \( SELECT 1 FROM asset_sets WHERE \(kind = 'list' AND owner = 'group' OR kind = 'group-apps'\)/,
];

/** Indexes that hold only what is looked for, or what is taken from their beginning. */
const NARROW =
  /^(\(subquery-|json_each|\w+ USING (COVERING )?INDEX \w+_(everyone|with_roles|never_asked|with_gaps|needing_event|with_factors_due|by_turn|deactivated|spared|by_\w+_age)\b)/;

function scansOf(plan: string): string[] {
  const steps = plan.split('; ').filter((step) => step.startsWith('SCAN ') && step !== 'SCAN CONSTANT ROW');
  // All devices, or all who have an application, are as good as a whole table.
  const ofOneKind = plan.split('; ').filter((step) => step.endsWith(' USING PRIMARY KEY (kind=?)'));
  return [...steps.filter((step) => !NARROW.test(step.slice('SCAN '.length))), ...ofOneKind];
}

test('inventory, query plans: no statement reads a whole table to find a part of it', () => {
  const isMeant = (sql: string): boolean => WHOLE.includes(sql) || RARE.some((rare) => rare.test(sql));
  const plans = listPlans().filter(({ sql }) => !isMeant(sql) && !/^DELETE FROM \w+$/.test(sql));

  expect(plans.length).toBeGreaterThan(60);
  expect(plans.filter(({ plan }) => scansOf(plan).length > 0)).toEqual([]);
});

test.each([
  ['SELECT id FROM users WHERE needs_event = 1', /users_needing_event/],
  ['SELECT id FROM users WHERE (listed_at IS NULL', /users_by_listing .*users_by_listing/],
  [
    'SELECT users.id FROM users JOIN memberships',
    /^SEARCH memberships USING .*memberships_by_group .*SEARCH users/,
  ],
  ['SELECT id FROM groups WHERE listed_at <', /groups_by_listing/],
  ["SELECT id FROM groups WHERE roles_gap IS NOT NULL OR roles <> '[]'", /groups_with_roles/],
  ['SELECT key AS lookup, value AS reason', /users_with_gaps \(evaluated_run=\?\)/],
  ['SELECT value AS reason, key AS lookup', /SCAN users USING INDEX users_with_gaps/],
  ['SELECT factors_asked_at AS at', /USING (COVERING )?INDEX users_by_factors_age/],
  ['SELECT groups_asked_at AS at', /USING (COVERING )?INDEX users_by_groups_age/],
  ['SELECT roles_asked_at AS at', /USING (COVERING )?INDEX users_by_roles_age/],
  ['SELECT events AS pending FROM outbox_sizes', /^SEARCH outbox_sizes USING PRIMARY KEY/],
  ['SELECT entered_at FROM outbox WHERE sink = ? AND attempted = 0', /outbox_by_turn/],
  ['SELECT count(*) AS events, min(first_at)', /USING COVERING INDEX dead_letters_by_age/],
  ['SELECT roles_gap, roles_read_at', /SCAN groups USING INDEX groups_with_roles/],
  ['SELECT key AS lookup, count(*) AS count, min', /users_with_stale \(evaluated_run=\?\)/],
  ["SELECT count(*) AS users FROM users WHERE status = 'DEPROVISIONED'", /users_deactivated/],
  ['SELECT id FROM users WHERE roles IS NULL', /users_spared/],
  ["SELECT id FROM users WHERE json_array_length(roles, '$.roles') > 0 AND", /users_with_roles/],
  ["SELECT * FROM users WHERE lower(json_extract(fields, '$.login'))", /users_by_login/],
])('inventory, query plans: %s... goes by its index', (start, index) => {
  expect(planWith(start)).toMatch(index);
});

test('inventory, query plans: users that a run did not finish are found in their order, without sorting all of them', () => {
  const asked = USER_LOOKUPS.map((lookup) => `${lookup}_asked_at`).join(', ');
  const plans = listPlans().filter(
    ({ sql }) =>
      sql.startsWith(`SELECT id, fields, read_at, listed_at, finished_at, ${asked}`) &&
      sql.includes('LIMIT ?'),
  );

  expect(plans.map(({ plan }) => plan)).toEqual([
    expect.stringMatching(
      /^SEARCH users USING INDEX users_unfinished \(listed_at=\? AND id>\?\)(?!.*(B-TREE|SCAN users))/,
    ),
  ]);
});

test.each(USER_LOOKUPS)(
  'inventory, query plans: the oldest answers to %s, their number and those that failed go by their age',
  (lookup) => {
    const plans = listPlans().filter(({ sql }) => sql.includes(`WHERE ${lookup}_asked_at < :before`));
    const failed = listPlans().filter(({ sql }) =>
      sql.startsWith(`SELECT id FROM users WHERE ${lookup}_gap IS NOT NULL AND`),
    );

    expect(plans.map(({ plan }) => plan)).toEqual([
      expect.stringMatching(`^SEARCH users USING INDEX users_by_${lookup}_age (?!.*B-TREE)`),
      expect.stringMatching(`^SEARCH users USING (COVERING )?INDEX users_by_${lookup}_age`),
      expect.stringMatching(/^SEARCH users USING INDEX sqlite_autoindex_users_1 \(id=\?\)/),
    ]);
    expect(failed.map(({ plan }) => plan)).toEqual([
      expect.stringMatching(`^SEARCH users USING INDEX users_without_${lookup} `),
    ]);
  },
);

test('inventory, query plans: the next batch is found without sorting all that waits', () => {
  expect(planWith('SELECT sequence, kind, id, body FROM outbox')).toBe(
    'SEARCH outbox USING INDEX outbox_by_turn (sink=?)',
  );
});

test("inventory, query plans: a user's groups are found by index", () => {
  const found = listPlans().filter(({ sql }) => sql.includes('INDEXED BY groups_everyone'));

  expect(found).toHaveLength(1);
  expect(found[0]?.plan).toMatch(/SEARCH memberships USING PRIMARY KEY \(user_id=\?\)/);
  expect(found[0]?.plan).not.toMatch(/SCAN (memberships|groups(?! USING (COVERING )?INDEX groups_everyone))/);
});

test('inventory, query plans: members of a group are moved by index', () => {
  const plans = listPlans().filter(({ sql }) =>
    /^(UPDATE users|DELETE FROM memberships) (?!WHERE user_id = ).*(group_id)/.test(sql),
  );

  expect(plans.length).toBeGreaterThanOrEqual(4);
  expect(plans.filter(({ plan }) => !/memberships_by_group/.test(plan))).toEqual([]);
});
