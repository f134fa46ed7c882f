import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createScene } from '../../src/inventory/sqlite/inventory.fixture.ts';
import { openReadOnly } from '../../src/inventory/sqlite/open-read-only.ts';
import { createViews } from '../../src/inventory/sqlite/views/views.ts';
import { EVERYBODY, plantOrg } from './planted-org.fixture.ts';

const QUERIES = fileURLToPath(new URL('../../queries/', import.meta.url));
const NAMES = readdirSync(QUERIES).map((file) => file.replace(/\.sql$/u, ''));
const DAY_MS = 86_400_000;

interface Case {
  readonly parameters?: Readonly<Record<string, string>>;
  /** The `uid` of every row. */
  readonly found: readonly string[];
  /** Rows that would be there if what is not known were so. */
  readonly unknown: readonly string[];
  /** Rows that are nearly there. */
  readonly nearly: readonly string[];
}

/** Nobody knows whether they are administrators. */
const PERHAPS_ADMINS = ['roles-unknown', 'group-roles-unknown', 'groups-unknown', 'robot-roles-unknown'];
const ASSIGNED = [
  'assigned',
  'came-to-payers',
  'groups-unknown',
  'member-of-payers',
  'nobody',
  'scope-unknown',
  'unexplained',
];

const CASES: Readonly<Record<string, Case>> = {
  'admins-without-mfa': {
    found: ['admin-without-mfa', 'admin-pending-mfa', 'admin-locked-out', 'admin-by-group'],
    unknown: [...PERHAPS_ADMINS, 'admin-factors-unknown', 'admin-status-unknown'],
    nearly: ['admin-with-mfa', 'admin-suspended', 'former-admin', 'without-mfa'],
  },
  'admins-mfa-unknown': {
    found: ['admin-factors-unknown'],
    unknown: PERHAPS_ADMINS,
    nearly: ['admin-without-mfa', 'user-factors-unknown'],
  },
  admins: {
    found: [
      'admin-age-unknown',
      'admin-by-group',
      'admin-factors-unknown',
      'admin-locked-out',
      'admin-pending-mfa',
      'admin-status-unknown',
      'admin-suspended',
      'admin-with-mfa',
      'admin-without-mfa',
      'came-to-admins',
      'dormant-admin',
      'in-group-that-gets-a-role',
      'new-admin-never',
      'old-admin-never',
      'promoted',
      'resting-admin',
      'roles-known-late',
      'robot-admin',
    ],
    unknown: [...PERHAPS_ADMINS, 'type-unjudged'],
    nearly: ['former-admin', 'nobody'],
  },
  'new-admins': {
    parameters: { since: '2026-07-31T00:00:00.000Z' },
    found: ['promoted', 'came-to-admins', 'in-group-that-gets-a-role'],
    unknown: ['roles-known-late', 'came-to-roles-refused'],
    nearly: ['came-to-payers', 'admin-by-group', 'admin-with-mfa'],
  },
  'users-without-mfa': {
    found: [
      'admin-by-group',
      'admin-locked-out',
      'admin-pending-mfa',
      'admin-without-mfa',
      'former-admin',
      'roles-unknown',
      'without-mfa',
    ],
    unknown: ['admin-factors-unknown', 'user-factors-unknown', 'admin-status-unknown'],
    nearly: ['admin-suspended', 'weak-mfa', 'nobody'],
  },
  'access-to-app': {
    parameters: { app: 'PAYROLL' },
    found: ASSIGNED,
    // An assignment that was not read names nobody.
    unknown: [],
    nearly: ['without-mail', 'dormant'],
  },
  'access-of-user': {
    parameters: { user: 'Member-Of-Payers@example.com' },
    found: ['payroll', 'for-everyone', 'for-everyone-inactive'],
    unknown: ['everyone-unknown', 'users-unread', 'groups-unread'],
    nearly: ['unused', 'members-unread'],
  },
  'not-a-person': {
    found: ['robot', 'robot-admin', 'robot-roles-unknown', 'without-mail'],
    unknown: ['type-unjudged'],
    nearly: ['robot-gone', 'employee', 'nobody'],
  },
  'service-accounts-with-admin': {
    found: ['robot-admin'],
    unknown: ['robot-roles-unknown', 'type-unjudged'],
    nearly: ['robot', 'without-mail', 'admin-with-mfa'],
  },
  'apps-nobody-uses': {
    found: ['unused', 'unused-inactive'],
    unknown: ['users-unread', 'groups-unread', 'everyone-unknown'],
    nearly: ['unused-but-by-stranger', 'unused-but-by-gone-group', 'without-assignment', 'for-everyone'],
  },
  'apps-assigned-to-everyone': {
    found: ['for-everyone', 'without-assignment'],
    unknown: ['everyone-unknown', 'groups-unread'],
    nearly: ['for-everyone-inactive', 'payroll'],
  },
  'stale-rules': {
    found: ['rule-inactive', 'rule-invalid', 'rule-of-gone-group'],
    unknown: ['rule-status-unknown'],
    nearly: ['rule', 'rule-into-roles-refused'],
  },
  'rule-made-admins': {
    found: ['rule-into-admins'],
    unknown: ['rule-into-roles-refused', 'rule-status-unknown'],
    nearly: ['rule', 'rule-inactive', 'rule-of-gone-group'],
  },
  'empty-groups': {
    found: ['nobodys-group'],
    unknown: ['unread-group'],
    nearly: ['payers', 'strangers-group', '00gEVERY'],
  },
  'groups-with-roles': {
    found: ['app-admins', 'gets-a-role'],
    unknown: ['roles-refused'],
    nearly: ['payers', 'unread-group'],
  },
  'inactive-with-admin': {
    found: ['admin-suspended', 'admin-locked-out'],
    unknown: ['admin-status-unknown', 'group-roles-unknown'],
    nearly: ['admin-with-mfa', 'old-password-suspended'],
  },
  'never-signed-in': {
    found: ['never-signed-in', 'old-admin-never', 'new-admin-never', 'admin-age-unknown'],
    unknown: ['admin-status-unknown'],
    nearly: ['never-signed-in-staged', 'dormant'],
  },
  'stale-admins': {
    found: ['dormant-admin', 'old-admin-never'],
    unknown: ['roles-unknown', 'admin-age-unknown', 'admin-status-unknown'],
    nearly: ['resting-admin', 'new-admin-never', 'never-signed-in'],
  },
  'dormant-users': {
    found: ['dormant', 'dormant-admin', 'resting-admin', 'roles-unknown'],
    unknown: ['admin-status-unknown'],
    nearly: ['resting', 'never-signed-in'],
  },
  'weak-mfa-only': {
    found: ['weak-mfa'],
    unknown: ['user-factors-unknown', 'admin-factors-unknown'],
    nearly: ['weak-and-strong-mfa', 'without-mfa', 'admin-pending-mfa'],
  },
  'inactive-devices-of-active-users': {
    found: ['device-deactivated'],
    unknown: ['device-status-unknown', 'device-users-unread', 'device-of-status-unknown'],
    nearly: ['device', 'device-of-suspended'],
  },
  'old-passwords': {
    found: ['old-password'],
    unknown: ['password-unknown'],
    nearly: ['young-password', 'old-password-suspended'],
  },
  'assigned-but-no-group-explains': {
    found: ['unexplained'],
    unknown: ['groups-unknown', 'scope-unknown', 'dormant', 'resting'],
    nearly: ['assigned', 'member-of-payers', 'nobody'],
  },
};

test('questions, saved queries: every file has its case here, and every case its file', () => {
  expect(Object.keys(CASES).sort()).toEqual(NAMES.toSorted());
});

test('questions, saved queries: each finds what was seen, and nothing that is not known', async () => {
  const { folder } = await plantOrg();
  const database = openReadOnly(folder);
  onTestFinished(() => database.close());
  createViews(database, DAY_MS);

  const newAdmins = database.prepare(readFileSync(`${QUERIES}new-admins.sql`, 'utf8'));
  expect(newAdmins.all({ since: '2026-08-02T00:00:00.000Z' })).toEqual([]);
  const given = Object.entries(CASES).map(([name, { parameters = {} }]) => {
    const rows = database.prepare(readFileSync(`${QUERIES}${name}.sql`, 'utf8')).all(parameters);
    return [name, rows.map(({ uid }) => String(uid)).sort()] as const;
  });
  const expected = Object.entries(CASES).map(([name, { found }]) => [name, found.toSorted()] as const);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(expected));
});

test('questions, saved queries: none makes all rows of access to find those of one application or user', () => {
  const database = openReadOnly(createScene().folder);
  onTestFinished(() => database.close());
  createViews(database, DAY_MS);
  const asking = NAMES.map((name) => readFileSync(`${QUERIES}${name}.sql`, 'utf8')).filter((sql) =>
    sql.includes('access AS'),
  );

  expect(asking).toHaveLength(2);
  for (const sql of asking) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    expect(plan.map(({ detail }) => detail)).not.toContain('MATERIALIZE access');
  }
});

test('questions, saved queries: what must not be found is there to be found', () => {
  for (const { found, unknown, nearly } of Object.values(CASES)) {
    const named = [...found, ...unknown, ...nearly];
    expect(EVERYBODY).toEqual(expect.arrayContaining(named));
    expect(named).toHaveLength(new Set(named).size);
    expect(nearly).not.toEqual([]);
  }
});
