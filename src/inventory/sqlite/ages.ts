import type { DatabaseSync } from 'node:sqlite';
import { USER_LOOKUPS } from '../../ports/org.ts';
import type { OldestAnswers } from '../../ports/reader.ts';
import { integer, optionalInteger } from './rows.ts';
import { IS_VERIFIED } from './user-statements.ts';

/** When the oldest event of a sink entered the outbox, on this machine's clock; `undefined` where none waits. */
export function oldestWaiting(database: DatabaseSync, sink: string): () => number | undefined {
  // Sequences are given in the order of time, so the first of each kind is the oldest of its kind.
  const oldest = [0, 1].map((attempted) =>
    database.prepare(
      `SELECT entered_at FROM outbox WHERE sink = ? AND attempted = ${attempted} ORDER BY sequence LIMIT 1`,
    ),
  );
  return () => {
    const rows = oldest.map((statement) => statement.get(sink)).filter((row) => row !== undefined);
    return rows.length === 0 ? undefined : Math.min(...rows.map((row) => integer(row, 'entered_at')));
  };
}

/** How many dead letters a sink has, and when the oldest came. */
export function refusedEvents(
  database: DatabaseSync,
  sink: string,
): { readonly events: number; readonly oldestAt: number | undefined } {
  const row = database
    .prepare('SELECT count(*) AS events, min(first_at) AS oldest_at FROM dead_letters WHERE sink = ?')
    .get(sink);
  if (row === undefined) return { events: 0, oldestAt: undefined };
  return { events: integer(row, 'events'), oldestAt: optionalInteger(row, 'oldest_at') };
}

/** Of users, an index by age holds each lookup's answers. Groups are few, and read whole. */
export function oldestAnswers(database: DatabaseSync): OldestAnswers {
  const ofUsers = USER_LOOKUPS.map((lookup) => {
    const asked = `${lookup}_asked_at`;
    const isOne = `${asked} > 0 AND ${IS_VERIFIED[lookup]}`;
    return [lookup, `SELECT ${asked} AS at FROM users WHERE ${isOne} ORDER BY ${asked} LIMIT 1`] as const;
  });
  const ofGroups = 'SELECT min(roles_asked_at) AS at FROM groups WHERE roles IS NOT NULL';
  return Object.fromEntries(
    [...ofUsers, ['group-roles', ofGroups] as const].flatMap(([lookup, sql]) => {
      const row = database.prepare(sql).get();
      const at = row === undefined ? undefined : optionalInteger(row, 'at');
      return at === undefined ? [] : [[lookup, at] as const];
    }),
  );
}
