import type { DatabaseSync } from 'node:sqlite';
import { USER_LOOKUPS } from '../../ports/org.ts';
import { bringAssetsBack } from './assets/statements.ts';
import { hasAssetTables } from './assets/tables.ts';
import { IS_VERIFIED } from './user-statements.ts';

/**
 * Lets nothing be asked, or due, after `last`. It goes by the indexes that order answers by their age, so it costs nothing where
 * there is nothing to do. They leave out what is known from the org's lists alone, which full runs read each time.
 */
export function bringBack(database: DatabaseSync): (last: number) => void {
  const ofUsers = USER_LOOKUPS.flatMap((lookup) =>
    [IS_VERIFIED[lookup], `${lookup}_gap IS NOT NULL`].map((isAnswer) =>
      database.prepare(`
        UPDATE users SET ${lookup}_asked_at = :last, ${lookup}_read_at = min(${lookup}_read_at, :last)
        WHERE ${lookup}_asked_at > :last AND ${isAnswer}`),
    ),
  );
  const ofDue = database.prepare('UPDATE users SET factors_due = :last WHERE factors_due > :last');
  const ofGroups = database.prepare(`
    UPDATE groups SET roles_asked_at = min(roles_asked_at, :last), roles_read_at = min(roles_read_at, :last),
      members_read_at = min(members_read_at, :last), listed_at = min(listed_at, :last)
    WHERE roles_asked_at > :last OR members_read_at > :last OR listed_at > :last`);
  return (last) => {
    if (hasAssetTables(database)) bringAssetsBack(database, last);
    for (const statement of [...ofUsers, ofDue, ofGroups]) statement.run({ last });
  };
}
