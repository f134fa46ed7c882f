import { z } from 'zod';
import { ASSET_KINDS, type AssetKind, type AssetRef } from '../../ports/asset.ts';
import { text, type Row } from './rows.ts';

const kindSchema = z.enum(ASSET_KINDS);

/** The key of the outbox, of `delivered` and of the dead letters, as a condition. */
export const KEY = 'sink = ? AND kind = ? AND id = ?';

/** The asset of a row of the outbox, of `delivered` or of the dead letters. */
export function assetOf(row: Row): AssetRef {
  return { kind: kindSchema.parse(text(row, 'kind')), id: text(row, 'id') };
}

/** The table in which assets of a kind are kept. */
export function tableOf(kind: AssetKind): string {
  return `${kind}s`;
}
