import type { DatabaseSync } from 'node:sqlite';
import { InventoryError } from '../../ports/errors.ts';

/**
 * The inventory's versions, forwards only: entry n leads from version n to n + 1. An entry that was released is never
 * changed. Instants are Unix milliseconds on Okta's clock; `fields`, `factors`, `roles`, `gaps`, `stale` and `record` are JSON.
 * `members_stamp` is Okta's stamp of the last membership change as last listed, `members_changed_at` the one at which members
 * were read. `calm_hash` is the hash of an event without the last sign-in.
 * Of each answer there is what was last known (with `_read_at`), when it was last asked for (`_asked_at`), and why that
 * brought nothing (`_gap`, null when it did). `factors_due`: since when the user's groups are others than when factors
 * were asked for. `moved_groups` are groups whose members' events are to be made anew, each with the last member who is marked
 * (an empty `group_id`: all users). `record_gap` is why Okta gave no record when the user was last read alone.
 * `entered_at` is on this machine's clock. `outbox_sizes` counts the events of each sink, so that nobody has to walk
 * through all of them; triggers keep it.
 * `posture` is what the user's newest event says in short: the row of `posture_cells` that says the same of others, the first
 * one where no event was made yet. `signed_in_day` is the day of the last sign-in of users who may sign in, in days since
 * 1970. Triggers keep the counts of both.
 * `changes` is the history, see `history/`; its `at` is on this machine's clock, as text. `history` is there while it is
 * recorded: `since` is when what is not known yet may be new, `asked` the settings for which that is so.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE org (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), id TEXT, host TEXT NOT NULL) STRICT;
  CREATE TABLE run_state (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), record TEXT NOT NULL,
    evaluated_at INTEGER GENERATED ALWAYS AS (record ->> '$.evaluatedAt')
  ) STRICT;
  CREATE TABLE redaction (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), fingerprint TEXT NOT NULL) STRICT;
  CREATE TABLE refused_lookups (lookup TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE users (
    id TEXT PRIMARY KEY, status TEXT, fields TEXT NOT NULL, read_at INTEGER NOT NULL, record_gap TEXT,
    listed_at INTEGER, finished_at INTEGER,
    factors TEXT, factors_read_at INTEGER, factors_asked_at INTEGER, factors_gap TEXT,
    factors_due INTEGER,
    roles TEXT, roles_read_at INTEGER, roles_asked_at INTEGER, roles_gap TEXT,
    groups_way TEXT, groups_read_at INTEGER, groups_asked_at INTEGER, groups_gap TEXT,
    needs_event INTEGER NOT NULL DEFAULT 0, evaluated_run TEXT, gaps TEXT, stale TEXT,
    posture INTEGER NOT NULL DEFAULT 1, signed_in_day INTEGER
  ) STRICT;
  CREATE INDEX users_needing_event ON users (id) WHERE needs_event = 1 AND evaluated_run IS NOT NULL;
  CREATE INDEX users_with_factors_due ON users (factors_due) WHERE factors_due IS NOT NULL;
  CREATE INDEX users_by_listing ON users (listed_at);
  CREATE INDEX users_unfinished ON users (listed_at, id) WHERE finished_at IS NOT listed_at;
  CREATE INDEX users_with_roles ON users (id) WHERE json_array_length(roles, '$.roles') > 0;
  CREATE INDEX users_with_gaps ON users (evaluated_run) WHERE gaps IS NOT NULL;
  CREATE INDEX users_unread ON users (record_gap) WHERE record_gap IS NOT NULL;
  CREATE INDEX users_with_stale ON users (evaluated_run) WHERE stale IS NOT NULL;
  CREATE INDEX users_by_login ON users (lower(json_extract(fields, '$.login')));
  CREATE INDEX users_deactivated ON users (id) WHERE status = 'DEPROVISIONED';
  CREATE INDEX users_by_factors_age ON users (factors_asked_at) WHERE factors IS NOT NULL OR factors_gap IS NOT NULL;
  CREATE INDEX users_by_groups_age ON users (groups_asked_at) WHERE groups_way = 'own-list';
  CREATE INDEX users_by_roles_age ON users (roles_asked_at) WHERE json_extract(roles, '$.includesGroups');
  CREATE INDEX users_without_factors ON users (factors_asked_at) WHERE factors_gap IS NOT NULL;
  CREATE INDEX users_without_groups ON users (groups_asked_at) WHERE groups_gap IS NOT NULL;
  CREATE INDEX users_without_roles ON users (roles_asked_at) WHERE roles_gap IS NOT NULL;
  CREATE INDEX users_spared ON users (id) WHERE roles IS NULL AND roles_gap IS NULL AND roles_asked_at IS NOT NULL;

  CREATE TABLE posture_cells (id INTEGER PRIMARY KEY, says TEXT NOT NULL UNIQUE, users INTEGER NOT NULL DEFAULT 0) STRICT;
  INSERT INTO posture_cells (id, says) VALUES (1, '');
  CREATE TABLE signed_in_days (day INTEGER PRIMARY KEY, users INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TRIGGER users_come AFTER INSERT ON users BEGIN
    UPDATE posture_cells SET users = users + 1 WHERE id = new.posture;
  END;
  CREATE TRIGGER users_change_posture AFTER UPDATE OF posture ON users WHEN old.posture <> new.posture BEGIN
    UPDATE posture_cells SET users = users - 1 WHERE id = old.posture;
    UPDATE posture_cells SET users = users + 1 WHERE id = new.posture;
  END;
  CREATE TRIGGER users_sign_in AFTER UPDATE OF signed_in_day ON users
  WHEN old.signed_in_day IS NOT new.signed_in_day BEGIN
    UPDATE signed_in_days SET users = users - 1 WHERE day = old.signed_in_day;
    INSERT INTO signed_in_days (day, users) SELECT new.signed_in_day, 1 WHERE new.signed_in_day IS NOT NULL
      ON CONFLICT DO UPDATE SET users = users + 1;
    DELETE FROM signed_in_days WHERE day = old.signed_in_day AND users = 0;
  END;
  CREATE TRIGGER users_go AFTER DELETE ON users BEGIN
    UPDATE posture_cells SET users = users - 1 WHERE id = old.posture;
    UPDATE signed_in_days SET users = users - 1 WHERE day = old.signed_in_day;
    DELETE FROM signed_in_days WHERE day = old.signed_in_day AND users = 0;
  END;

  CREATE TABLE runs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL UNIQUE, mode TEXT NOT NULL, outcome TEXT NOT NULL,
    is_quiet INTEGER NOT NULL, report TEXT NOT NULL
  ) STRICT;
  CREATE TABLE run_hours (
    at INTEGER NOT NULL, mode TEXT NOT NULL, is_quiet INTEGER NOT NULL, runs INTEGER NOT NULL, seconds REAL NOT NULL,
    longest REAL NOT NULL, PRIMARY KEY (at, mode, is_quiet)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE posture (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, span TEXT NOT NULL, at INTEGER NOT NULL, says TEXT NOT NULL,
    UNIQUE (span, at)
  ) STRICT;

  CREATE TABLE groups (
    id TEXT PRIMARY KEY, name TEXT, description TEXT, type TEXT, users_count INTEGER, listed_at INTEGER,
    members_read_at INTEGER, members_changed_at TEXT, members_stamp TEXT, created TEXT,
    roles TEXT, roles_read_at INTEGER, roles_asked_at INTEGER, roles_gap TEXT
  ) STRICT;
  CREATE INDEX groups_everyone ON groups (id) WHERE type = 'BUILT_IN' AND name = 'Everyone';
  CREATE INDEX groups_by_listing ON groups (listed_at);
  CREATE INDEX groups_with_roles ON groups (id) WHERE roles_gap IS NOT NULL OR roles <> '[]';
  CREATE INDEX groups_never_asked ON groups (id) WHERE roles IS NULL AND roles_gap IS NULL;

  CREATE TABLE memberships (
    user_id TEXT NOT NULL, group_id TEXT NOT NULL, PRIMARY KEY (user_id, group_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memberships_by_group ON memberships (group_id);
  CREATE TABLE members_being_read (
    reading INTEGER NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (reading, user_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE moved_groups (group_id TEXT PRIMARY KEY, up_to TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE listed (user_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE marks (
    subject TEXT NOT NULL, id TEXT NOT NULL, question TEXT NOT NULL, member TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL, brought_by TEXT, version INTEGER NOT NULL, PRIMARY KEY (subject, id, question, member)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    login TEXT, hash TEXT NOT NULL, calm_hash TEXT NOT NULL, body TEXT NOT NULL, attempted INTEGER NOT NULL DEFAULT 0,
    entered_at INTEGER NOT NULL,
    UNIQUE (sink, kind, id, attempted)
  ) STRICT;
  CREATE INDEX outbox_by_turn ON outbox (sink, attempted DESC, sequence);
  CREATE TABLE outbox_sizes (sink TEXT PRIMARY KEY, events INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TRIGGER outbox_grows AFTER INSERT ON outbox BEGIN
    INSERT INTO outbox_sizes VALUES (NEW.sink, 1) ON CONFLICT (sink) DO UPDATE SET events = events + 1;
  END;
  CREATE TRIGGER outbox_shrinks AFTER DELETE ON outbox BEGIN
    UPDATE outbox_sizes SET events = events - 1 WHERE sink = OLD.sink;
  END;
  CREATE TABLE delivered (
    sink TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, calm_hash TEXT NOT NULL,
    PRIMARY KEY (sink, kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE dead_letters (
    sink TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, login TEXT, refused_by TEXT NOT NULL, reasons TEXT NOT NULL,
    hash TEXT, calm_hash TEXT, body TEXT, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (sink, kind, id)
  ) STRICT;
  CREATE INDEX dead_letters_by_age ON dead_letters (sink, first_at);

  CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, run_id TEXT NOT NULL, what TEXT NOT NULL,
    subject_id TEXT NOT NULL, object_id TEXT, before TEXT, after TEXT
  ) STRICT;
  CREATE INDEX changes_by_time ON changes (at);
  CREATE INDEX changes_by_subject ON changes (subject_id, what);
  CREATE TABLE history (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), since TEXT NOT NULL, asked TEXT NOT NULL
  ) STRICT;
  `,
];

export function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.['user_version'] ?? 0);
}

export function refuseNewer(database: DatabaseSync, newest = MIGRATIONS.length): void {
  const version = versionOf(database);
  if (version <= newest) return;
  throw new InventoryError(`the inventory is of version ${version}, this okta-ocsf knows ${newest}`, {
    hint: 'use the newer okta-ocsf that wrote it, or another STATE_DIR',
  });
}

/** Brings a database to the newest version. Refuses one that a newer okta-ocsf has written. */
export function migrate(database: DatabaseSync, migrations = MIGRATIONS): void {
  refuseNewer(database, migrations.length);
  const version = versionOf(database);
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${statements}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}
