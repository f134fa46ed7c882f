import type { DatabaseSync } from 'node:sqlite';
import type { AssetRedaction } from '../../ports/assets.ts';
import type { User } from '../../ports/org.ts';
import type { KeptRedaction } from '../store.ts';
import { forgetAlertCells } from './alerts/tables.ts';
import { redactAssets } from './assets/redact-assets.ts';
import { hasAssetTables } from './assets/tables.ts';
import { readFactors, readUser } from './records.ts';
import { text } from './rows.ts';
import type { Transaction } from './transaction.ts';

/**
 * Runs before anything else is done with an inventory, and applies the present redaction to everything that was stored
 * under another one. Events that wait may hold what must not be sent any more, so all are made anew. The confirmed hash
 * of an asset with an event in flight counts as unknown.
 */
export function redactInventory(
  database: DatabaseSync,
  transaction: Transaction,
  { text: now, redactKept, keptAssets }: KeptRedaction,
): void {
  const before = redactionOf(database);
  if ((before ?? '') === now) return;
  if (now === '') {
    transaction(() => database.exec('DELETE FROM redaction'));
    return;
  }
  transaction(() => {
    rewriteUsers(database, (user) => redactKept(user, before));
    rewriteFactors(database, keptAssets(before));
    if (hasAssetTables(database)) redactAssets(database, keptAssets(before));
    forgetAlertCells(database);
    database.exec(`
      DELETE FROM delivered WHERE (sink, kind, id) IN (SELECT sink, kind, id FROM outbox);
      DELETE FROM outbox;
      DELETE FROM dead_letters;
      UPDATE users SET needs_event = 1`);
    database.prepare('INSERT OR REPLACE INTO redaction VALUES (1, ?)').run(now);
  });
  // Free pages and the write-ahead log still hold what was in them.
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
}

function redactionOf(database: DatabaseSync): string | undefined {
  const row = database.prepare('SELECT fingerprint FROM redaction').get();
  return row === undefined ? undefined : text(row, 'fingerprint');
}

function rewriteUsers(database: DatabaseSync, redact: (user: User) => User): void {
  const page = database.prepare('SELECT id, fields FROM users WHERE id > ? ORDER BY id LIMIT 500');
  const save = database.prepare('UPDATE users SET fields = ? WHERE id = ?');
  let after = '';
  for (let rows = page.all(after); rows.length > 0; rows = page.all(after)) {
    for (const row of rows) {
      after = text(row, 'id');
      save.run(JSON.stringify(redact(readUser(text(row, 'fields')))), after);
    }
  }
}

function rewriteFactors(database: DatabaseSync, { factor }: Pick<AssetRedaction, 'factor'>): void {
  const page = database.prepare(
    'SELECT id, factors FROM users WHERE id > ? AND factors LIKE \'%"details"%\' ORDER BY id LIMIT 500',
  );
  const save = database.prepare('UPDATE users SET factors = ? WHERE id = ?');
  let after = '';
  for (let rows = page.all(after); rows.length > 0; rows = page.all(after)) {
    for (const row of rows) {
      after = text(row, 'id');
      const kept = readFactors(text(row, 'factors')).map(({ details, ...rest }) =>
        details === undefined ? rest : { ...rest, details: factor(details) },
      );
      save.run(JSON.stringify(kept), after);
    }
  }
}
