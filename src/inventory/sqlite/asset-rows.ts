import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ASSET_KINDS, type AssetRef } from '../../ports/asset.ts';
import { hasAssetTables } from './assets/tables.ts';
import { text, type Row } from './rows.ts';

const kindSchema = z.enum(ASSET_KINDS);

/** The key of the outbox, of `delivered` and of the dead letters, as a condition. */
export const KEY = 'sink = ? AND kind = ? AND id = ?';

/** The asset of a row of the outbox, of `delivered` or of the dead letters. */
export function assetOf(row: Row): AssetRef {
  return { kind: kindSchema.parse(text(row, 'kind')), id: text(row, 'id') };
}

/** Is an asset still kept? Devices have no table where nothing reads them. */
export function isKeptIn(database: DatabaseSync): (asset: AssetRef) => boolean {
  const users = database.prepare('SELECT id FROM users WHERE id = ?');
  const devices = hasAssetTables(database)
    ? database.prepare("SELECT id FROM assets WHERE kind = 'device' AND id = ?")
    : undefined;
  return ({ kind, id }) => (kind === 'user' ? users : devices)?.get(id) !== undefined;
}
