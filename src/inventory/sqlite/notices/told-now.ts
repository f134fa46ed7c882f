import type { DatabaseSync } from 'node:sqlite';
import type { OpenAlert, WaitingNotices } from '../../../ports/reader.ts';
import { integer, text } from '../rows.ts';
import { SqliteNoticeOutbox } from './outbox.ts';

/** For a reader: the messages that wait. */
export function waitingNotices(database: DatabaseSync): WaitingNotices {
  const outbox = new SqliteNoticeOutbox(database);
  const { failure } = outbox;
  return {
    count: outbox.waiting,
    ...(failure === undefined ? {} : { failingSince: failure.since, what: failure.what }),
  };
}

/** The rules of alerts that have open rows. The table is made with the first rule. */
export function openAlerts(database: DatabaseSync): readonly OpenAlert[] {
  if (database.prepare('PRAGMA table_info(alert_rows)').get() === undefined) return [];
  const rows = database
    .prepare(
      `SELECT alert, count(*) AS open, count(*) FILTER (WHERE is_confirmed = 0) AS unconfirmed,
         min(opened_at) AS since
       FROM alert_rows GROUP BY alert ORDER BY alert`,
    )
    .all();
  return rows.map((row) => ({
    id: text(row, 'alert'),
    open: integer(row, 'open'),
    unconfirmed: integer(row, 'unconfirmed'),
    since: integer(row, 'since'),
  }));
}
