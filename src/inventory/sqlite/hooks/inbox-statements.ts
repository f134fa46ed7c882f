/** The tables of the inbox of event hooks, and the statements on them. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openFile } from '../database.ts';
import { transactionOn, type Transaction } from '../transaction.ts';

/** More than Okta sends in a day. The oldest are forgotten first. */
const MOST_EVENTS = 500_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS inbox (
    sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, id TEXT NOT NULL, question TEXT NOT NULL,
    member TEXT NOT NULL, brought_by TEXT, received_at INTEGER NOT NULL, UNIQUE (subject, id, question, member)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    uuid TEXT PRIMARY KEY, says BLOB NOT NULL, received_at INTEGER NOT NULL, taken_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS events_waiting ON events (uuid) WHERE taken_at IS NULL;
  CREATE INDEX IF NOT EXISTS events_by_age ON events (received_at);
  CREATE TABLE IF NOT EXISTS hours (
    at INTEGER PRIMARY KEY, hooked INTEGER NOT NULL DEFAULT 0, logged INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS silence (
    one INTEGER PRIMARY KEY CHECK (one = 1), heard_at INTEGER NOT NULL DEFAULT 0,
    open_ms INTEGER NOT NULL DEFAULT 0, missed INTEGER NOT NULL DEFAULT 0, missed_since INTEGER
  ) STRICT;`;

export interface OpenedInbox {
  /** Of the file: another thread may make it anew. */
  readonly inode: number;
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  readonly statements: ReturnType<typeof prepare>;
}

/** @param waitMs the time that a statement waits for another thread */
export function openInbox(file: string, waitMs: number): OpenedInbox {
  const database = openFile(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`);
    database.exec(TABLES);
    return {
      inode: inodeOf(file),
      database,
      transaction: transactionOn(database, 'keep event hooks in hooks.db'),
      statements: prepare(database),
    };
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** 0: there is no file. */
export function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
}

function prepare(database: DatabaseSync) {
  return {
    // A mark that is renewed moves to the end, and has waited as long as before.
    add: database.prepare(`
      INSERT INTO inbox (sequence, subject, id, question, member, brought_by, received_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (subject, id, question, member)
        DO UPDATE SET brought_by = excluded.brought_by, sequence = excluded.sequence`),
    state: database.prepare(
      'SELECT coalesce(max(sequence), 0) AS sequence, count(*) AS marks, min(received_at) AS oldest FROM inbox',
    ),
    removeAll: database.prepare('DELETE FROM inbox'),
    first: database.prepare("SELECT *, 'changed' AS reason FROM inbox ORDER BY sequence LIMIT ?"),
    remove: database.prepare('DELETE FROM inbox WHERE sequence <= ?'),
    note: database.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?, NULL)'),
    noteLogged: database.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)'),
    event: database.prepare('SELECT says, taken_at FROM events WHERE uuid = ?'),
    take: database.prepare('UPDATE events SET taken_at = ? WHERE taken_at IS NULL'),
    forgetWaiting: database.prepare('DELETE FROM events WHERE taken_at IS NULL'),
    forgetEvents: database.prepare('DELETE FROM events WHERE received_at < ?'),
    forgetMost: database.prepare(`
      DELETE FROM events WHERE received_at < (
        SELECT received_at FROM events ORDER BY received_at DESC LIMIT 1 OFFSET ${MOST_EVENTS})`),
    count: database.prepare(`
      INSERT INTO hours VALUES (:at, :hooked, :logged)
      ON CONFLICT DO UPDATE SET hooked = hooked + :hooked, logged = logged + :logged`),
    traffic: database.prepare(`
      SELECT coalesce(sum(hooked), 0) AS hooked, coalesce(sum(logged), 0) AS logged FROM hours WHERE at >= ?`),
    // Each hook ends a silence, and another begins.
    heard: database.prepare('INSERT OR REPLACE INTO silence (one, heard_at) VALUES (1, ?)'),
    silence: database.prepare('SELECT heard_at, open_ms, missed, missed_since FROM silence'),
    grow: database.prepare(`
      INSERT INTO silence (one, open_ms) VALUES (1, ?)
      ON CONFLICT DO UPDATE SET open_ms = open_ms + excluded.open_ms`),
    miss: database.prepare(`
      INSERT INTO silence (one, missed, missed_since) VALUES (1, 1, ?)
      ON CONFLICT DO UPDATE SET missed = missed + 1, missed_since = coalesce(missed_since, excluded.missed_since)
        WHERE heard_at < excluded.missed_since`),
    forgetHours: database.prepare('DELETE FROM hours WHERE at < ?'),
  };
}
