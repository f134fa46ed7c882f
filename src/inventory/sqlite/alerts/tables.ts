import type { DatabaseSync } from 'node:sqlite';

/**
 * The tables of alerts, made on first use. `cells` is JSON. A row has been seen whenever its rule was evaluated while it
 * is confirmed; `seen_at` is of the last time. Instants are Unix milliseconds of this machine.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS alert_rules (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, told INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alert_rows (
    alert TEXT NOT NULL, uid TEXT NOT NULL, opened_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    cells TEXT NOT NULL, is_confirmed INTEGER NOT NULL, is_subject INTEGER NOT NULL,
    PRIMARY KEY (alert, uid)
  ) STRICT, WITHOUT ROWID;`;

export function makeAlertTables(database: DatabaseSync): void {
  database.exec(TABLES);
}

export function hasAlertTables(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA table_info(alert_rows)').get() !== undefined;
}

/** Columns may hold texts that must not be kept any more. The next evaluation writes them again. */
export function forgetAlertCells(database: DatabaseSync): void {
  if (hasAlertTables(database)) database.exec("UPDATE alert_rows SET cells = '{}'");
}
