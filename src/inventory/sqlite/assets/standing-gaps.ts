import type { DatabaseSync } from 'node:sqlite';
import { integer, text } from '../rows.ts';
import { hasAssetTables } from './tables.ts';

/** The questions about assets, as gaps name them, by kind of set; `list/...` is the list of a kind. */
const NAMES: Readonly<Record<string, string>> = {
  'list/app': 'apps',
  'list/rule': 'rules',
  'list/device': 'devices',
  'list/org': 'org',
  'list/role': 'org',
  'app-users': 'app-users',
  'app-groups': 'app-groups',
  'group-apps': 'app-groups',
  'device-users': 'devices',
};

/** A list that the org lacks (`missing`) is no gap. */
const GAPS = `
  SELECT CASE kind WHEN 'list' THEN 'list/' || owner ELSE kind END AS of, gap AS reason, count(*) AS count
  FROM asset_sets WHERE gap IS NOT NULL AND (gap <> 'missing' OR kind <> 'list') GROUP BY 1, 2`;

/** The lists and sets for which the last attempt brought no answer, by name and reason. */
export function assetGaps(
  database: DatabaseSync,
): readonly { readonly name: string; readonly reason: string; readonly count: number }[] {
  if (!hasAssetTables(database)) return [];
  return database
    .prepare(GAPS)
    .all()
    .map((row) => ({
      name: NAMES[text(row, 'of')] ?? text(row, 'of'),
      reason: text(row, 'reason'),
      count: integer(row, 'count'),
    }));
}
