import type { DatabaseSync } from 'node:sqlite';
import type { AlertChange, AlertRow, AlertState, AlertStore, OpenAlerts } from '../../../ports/alerts.ts';
import type { NoticeOutbox } from '../../../ports/notices.ts';
import { orInventoryError, type Transaction } from '../transaction.ts';
import { SqliteAlertReader } from './alert-reader.ts';
import { hasAlertTables, makeAlertTables } from './tables.ts';

interface AlertStoreParts {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  /** Takes the messages in the transaction that stores what they tell. */
  readonly outbox: NoticeOutbox;
}

/** The state of alerts in SQLite. Its tables are made when a rule is first kept. */
export class SqliteAlertStore implements AlertStore {
  readonly #parts: AlertStoreParts;
  readonly #reader: SqliteAlertReader;

  constructor(parts: AlertStoreParts) {
    this.#parts = parts;
    this.#reader = new SqliteAlertReader(parts.database);
  }

  async state(id: string): Promise<AlertState | undefined> {
    return orInventoryError(() => this.#reader.state(id));
  }

  async rows(id: string): Promise<ReadonlyMap<string, AlertRow>> {
    return orInventoryError(() => this.#reader.rows(id));
  }

  async counts(): Promise<ReadonlyMap<string, OpenAlerts>> {
    return orInventoryError(() => this.#reader.counts());
  }

  async keep(change: AlertChange): Promise<void> {
    const { database, transaction, outbox } = this.#parts;
    transaction(() => {
      makeAlertTables(database);
      keepRows(database, change);
      outbox.add(change.notices);
    });
  }

  async keepOnly(ids: readonly string[]): Promise<void> {
    const { database, transaction } = this.#parts;
    if (!orInventoryError(() => hasAlertTables(database))) return;
    const kept = JSON.stringify(ids);
    transaction(() => {
      const others = 'NOT IN (SELECT value FROM json_each(?))';
      database.prepare(`DELETE FROM alert_rows WHERE alert ${others}`).run(kept);
      database.prepare(`DELETE FROM alert_rules WHERE id ${others}`).run(kept);
    });
  }
}

function keepRows(database: DatabaseSync, { id, state, startsAfresh, saved, closed, at }: AlertChange): void {
  if (startsAfresh) database.prepare('DELETE FROM alert_rows WHERE alert = ?').run(id);
  database
    .prepare('INSERT OR REPLACE INTO alert_rules VALUES (?, ?, ?)')
    .run(id, state.fingerprint, state.told);
  const save = database.prepare('INSERT OR REPLACE INTO alert_rows VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const { uid, openedAt, seenAt, cells, isConfirmed, isSubject } of saved) {
    const flags = [Number(isConfirmed), Number(isSubject)];
    save.run(id, uid, openedAt, seenAt, JSON.stringify(cells), ...flags);
  }
  const close = database.prepare('DELETE FROM alert_rows WHERE alert = ? AND uid = ?');
  for (const uid of closed) close.run(id, uid);
  database.prepare('UPDATE alert_rows SET seen_at = ? WHERE alert = ? AND is_confirmed = 1').run(at, id);
}
