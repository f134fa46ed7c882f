import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { AlertRow, AlertState, OpenAlerts } from '../../../ports/alerts.ts';
import { integer, text, type Row } from '../rows.ts';
import { hasAlertTables } from './tables.ts';

const cellsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** Reads the state of alerts; it is empty where no rule was ever kept. */
export class SqliteAlertReader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  state(id: string): AlertState | undefined {
    if (!hasAlertTables(this.#database)) return undefined;
    const row = this.#database.prepare('SELECT fingerprint, told FROM alert_rules WHERE id = ?').get(id);
    return row === undefined
      ? undefined
      : { fingerprint: text(row, 'fingerprint'), told: integer(row, 'told') };
  }

  rows(id: string): ReadonlyMap<string, AlertRow> {
    if (!hasAlertTables(this.#database)) return new Map();
    const rows = this.#database.prepare('SELECT * FROM alert_rows WHERE alert = ? ORDER BY uid').all(id);
    return new Map(rows.map((row) => [text(row, 'uid'), alertRow(row)]));
  }

  counts(): ReadonlyMap<string, OpenAlerts> {
    if (!hasAlertTables(this.#database)) return new Map();
    const rows = this.#database
      .prepare(
        `SELECT rules.id AS id, count(rows.uid) AS open,
           count(rows.uid) FILTER (WHERE rows.is_confirmed = 0) AS unconfirmed
         FROM alert_rules AS rules LEFT JOIN alert_rows AS rows ON rows.alert = rules.id
         GROUP BY rules.id`,
      )
      .all();
    const countsOf = (row: Row): OpenAlerts => ({
      open: integer(row, 'open'),
      unconfirmed: integer(row, 'unconfirmed'),
    });
    return new Map(rows.map((row) => [text(row, 'id'), countsOf(row)]));
  }
}

function alertRow(row: Row): AlertRow {
  return {
    uid: text(row, 'uid'),
    openedAt: integer(row, 'opened_at'),
    seenAt: integer(row, 'seen_at'),
    cells: cellsSchema.parse(JSON.parse(text(row, 'cells'))),
    isConfirmed: integer(row, 'is_confirmed') === 1,
    isSubject: integer(row, 'is_subject') === 1,
  };
}
