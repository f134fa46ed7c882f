import type { DatabaseSync } from 'node:sqlite';

/**
 * The tables of messages to people. `notices` has those that wait, in the order of `sequence`; one that was refused for
 * what it is comes after the others. `notice_memory` has what is remembered of trouble and of the receiver, as JSON.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS notices (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, notice TEXT NOT NULL, refusals INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS notices_in_order ON notices (refusals, sequence);
  CREATE TABLE IF NOT EXISTS notice_memory (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

export function hasNoticeTables(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA table_info(notice_memory)').get() !== undefined;
}

export function makeNoticeTables(database: DatabaseSync): void {
  if (!hasNoticeTables(database)) database.exec(TABLES);
}
