import type { DatabaseSync } from 'node:sqlite';
import { standInForAssetTables } from '../assets/tables.ts';
import { ASSET_VIEWS } from './asset-views.ts';
import { CHANGES_VIEW } from './changes-view.ts';
import { groupViews } from './group-views.ts';
import { unknownView } from './unknown-view.ts';
import { userViews } from './user-views.ts';
import type { PublicView } from './view.ts';

/**
 * The public views over the inventory (org-graph section 4.1). NULL is unknown. A last known answer counts as known while
 * it is not older than `MAX_ANSWER_AGE`.
 */
export function publicViews(maxAnswerAgeMs: number): readonly PublicView[] {
  return [
    ...userViews(maxAnswerAgeMs),
    ...groupViews(maxAnswerAgeMs),
    ...ASSET_VIEWS,
    unknownView(maxAnswerAgeMs),
    CHANGES_VIEW,
  ];
}

/** Makes the views for this connection alone, which may be read-only. They are there where no assets were read, too. */
export function createViews(database: DatabaseSync, maxAnswerAgeMs: number): readonly PublicView[] {
  standInForAssetTables(database);
  const views = publicViews(maxAnswerAgeMs);
  for (const { name, sql } of views) database.exec(`CREATE TEMP VIEW "${name}" AS ${sql}`);
  return views;
}
