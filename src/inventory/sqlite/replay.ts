import type { DatabaseSync } from 'node:sqlite';
import type { Replayed } from '../../ports/reader.ts';
import { byName } from '../../enrich/by-name.ts';
import { hasAssetTables } from './assets/tables.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { NAMELESS } from '../policy/subject.ts';
import { takeLock } from './lock.ts';
import type { LockHolder, TakeLock } from './lock.ts';
import { SqliteMarkStore } from './mark-store.ts';
import { requireInventory } from './open-read-only.ts';
import type { Sinks } from './reader.ts';
import { integer, text } from './rows.ts';
import { RunStateRow } from './run-state.ts';
import { orInventoryError, transactionOn } from './transaction.ts';

/**
 * Offers all dead letters of these sinks again. Events that they refused go back into the outbox unchanged; users without
 * an event are marked to be read again, and the events of such devices are due. The next run sends. A letter leaves the
 * list when its asset's event is accepted.
 * Throws `InventoryError`, also while a run has the inventory.
 */
export async function replayDeadLetters(
  stateDir: string,
  holder: LockHolder,
  sinks: Sinks,
  take: TakeLock = takeLock,
): Promise<Replayed> {
  requireInventory(stateDir);
  const lock = take(stateDir, holder);
  try {
    const database = openDatabase(stateDir);
    try {
      const each: Replayed[] = [];
      for (const sink of sinks) each.push(await replay(database, sink, Date.parse(holder.since)));
      return each.reduce(sumOf);
    } finally {
      closeDatabase(database, stateDir);
    }
  } finally {
    lock.release();
  }
}

const COUNTS = ['offered', 'marked', 'overtaken', 'nameless'] as const;

async function replay(database: DatabaseSync, sink: string, now: number): Promise<Replayed> {
  const transaction = transactionOn(database);
  const marks = new SqliteMarkStore(database, transaction, new RunStateRow(database));
  const { refused, offer, unmapped, nameless } = orInventoryError(() => statementsOn(database));
  const count = transaction(() => {
    const row = refused.get(sink);
    const all = row === undefined ? 0 : integer(row, 'count');
    const offered = Number(offer.run(now, sink, sink).changes);
    return { offered, overtaken: all - offered };
  });
  const users = orInventoryError(() => unmapped.all(sink).map((row) => text(row, 'id')));
  await marks.add(users.map((id) => ({ subject: 'user', id, question: 'record', reason: 'replay' })));
  const rest = orInventoryError(() => nameless.get(sink));
  const devices = transaction(() => dueDevices(database, sink));
  return {
    ...count,
    marked: users.length + devices,
    nameless: rest === undefined ? 0 : integer(rest, 'count'),
  };
}

/** The next run makes these events again. */
function dueDevices(database: DatabaseSync, sink: string): number {
  if (!hasAssetTables(database)) return 0;
  const due = database.prepare(`
    INSERT INTO device_events_due
    SELECT id FROM dead_letters WHERE sink = ? AND kind = 'device' AND refused_by = 'mapping' ON CONFLICT DO NOTHING`);
  return Number(due.run(sink).changes);
}

function sumOf(one: Replayed, other: Replayed): Replayed {
  return byName(COUNTS, (name) => one[name] + other[name]);
}

function statementsOn(database: DatabaseSync) {
  return {
    refused: database.prepare(
      "SELECT count(*) AS count FROM dead_letters WHERE sink = ? AND refused_by = 'sink'",
    ),
    // A newer event that waits says more than the one that was refused.
    offer: database.prepare(`
      INSERT INTO outbox (sink, kind, id, login, hash, calm_hash, body, entered_at)
      SELECT sink, kind, id, login, hash, calm_hash, body, ? FROM dead_letters
      WHERE sink = ? AND refused_by = 'sink'
        AND (kind, id) NOT IN (SELECT kind, id FROM outbox WHERE sink = ?) ORDER BY last_at`),
    unmapped: database.prepare(`
      SELECT id FROM dead_letters
      WHERE sink = ? AND kind = 'user' AND refused_by = 'mapping' AND id NOT LIKE '${NAMELESS}%'`),
    nameless: database.prepare(
      `SELECT count(*) AS count FROM dead_letters WHERE sink = ? AND id LIKE '${NAMELESS}%'`,
    ),
  };
}
