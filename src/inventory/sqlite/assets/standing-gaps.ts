import type { DatabaseSync } from 'node:sqlite';
import type { Asset, AssetGap } from '../../../ports/assets.ts';
import { GAP_REASONS } from '../../../ports/org.ts';
import { integer, text } from '../rows.ts';
import { hasAssetTables } from './tables.ts';

/** The questions about assets, as gaps name them, by kind of set; `list/...` is the list of a kind, `mark/...` a mark. */
const NAMES: Readonly<Record<string, AssetGap>> = {
  'list/app': 'apps',
  'list/rule': 'rules',
  'list/device': 'devices',
  'list/org': 'org',
  'list/role': 'org',
  'app-users': 'app-users',
  'app-groups': 'app-groups',
  'group-apps': 'app-groups',
  'device-users': 'devices',
  'mark/app record': 'apps',
  'mark/app users': 'app-users',
  'mark/app groups': 'app-groups',
  'mark/device record': 'devices',
};

/** A list that the org lacks (`missing`) is no gap. A mark has a gap's reason after a question without an answer. */
const GAPS = `
  SELECT CASE kind WHEN 'list' THEN 'list/' || owner ELSE kind END AS of, gap AS reason, count(*) AS count
  FROM asset_sets WHERE gap IS NOT NULL AND (gap <> 'missing' OR kind <> 'list') GROUP BY 1, 2
  UNION ALL
  SELECT 'mark/' || subject || ' ' || question, reason, count(DISTINCT id) FROM main.marks
  WHERE subject IN ('app', 'device') AND reason IN (${GAP_REASONS.map((reason) => `'${reason}'`).join(', ')})
  GROUP BY 1, 2`;

/**
 * The lists, sets and records for which the last attempt brought no answer, by name and reason. Nobody asks for those of
 * an asset that is not in `wanted`, so that an earlier run's gap there does not count.
 */
export function assetGaps(
  database: DatabaseSync,
  wanted: ReadonlySet<Asset>,
): readonly { readonly name: string; readonly reason: string; readonly count: number }[] {
  if (!hasAssetTables(database)) return [];
  return database
    .prepare(GAPS)
    .all()
    .flatMap((row) => {
      const name = NAMES[text(row, 'of')];
      if (name === undefined || !wanted.has(name === 'app-groups' ? 'apps' : name)) return [];
      return [{ name, reason: text(row, 'reason'), count: integer(row, 'count') }];
    });
}
