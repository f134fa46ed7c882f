import type { DatabaseSync } from 'node:sqlite';
import type { Asset } from '../../ports/assets.ts';
import { GAP_REASONS, type Lookup } from '../../ports/org.ts';
import type { Standing } from '../../ports/reader.ts';
import { standsIn, type LastAnswer, type StillGood } from '../policy/answers.ts';
import { assetGaps } from './assets/standing-gaps.ts';
import { integer, optionalInteger, text } from './rows.ts';
import type { Row } from './rows.ts';

/** Counts the gaps and the dead letters of these sinks that are in the inventory now, whichever run caused them. */
export class StandingTrouble {
  readonly #database: DatabaseSync;
  readonly #sinks: readonly string[];
  readonly #isStillGood: StillGood;
  readonly #ofUsers;
  readonly #ofGroups;
  readonly #unread;
  readonly #deadLetters;
  readonly #ofMemberships;

  constructor(database: DatabaseSync, sinks: readonly string[], isStillGood: StillGood) {
    this.#database = database;
    this.#sinks = sinks;
    this.#isStillGood = isStillGood;
    this.#ofUsers = database.prepare(`
      SELECT value AS reason, key AS lookup, count(*) AS count
      FROM users INDEXED BY users_with_gaps, json_each(users.gaps) WHERE gaps IS NOT NULL GROUP BY key, value`);
    // No user holds a role through an empty group, so the next full run does not ask for its roles.
    this.#ofGroups = database.prepare(`
      SELECT roles_gap, roles_read_at, roles_asked_at FROM groups
      WHERE roles_gap IS NOT NULL AND users_count IS NOT 0`);
    const isGap = `reason IN (${GAP_REASONS.map((reason) => `'${reason}'`).join(', ')})`;
    this.#ofMemberships = database.prepare(`
      SELECT reason, count(*) AS count FROM marks
      WHERE ${isGap} AND (
        (subject = 'group' AND question = 'members') OR
        (subject = 'user' AND question = 'groups' AND NOT EXISTS (
          SELECT 1 FROM users WHERE users.id = marks.id AND json_extract(users.gaps, '$.groups') IS NOT NULL)))
      GROUP BY reason`);
    this.#unread = database.prepare(`
      SELECT record_gap AS reason, count(*) AS count FROM users WHERE record_gap IS NOT NULL GROUP BY record_gap`);
    this.#deadLetters = database.prepare('SELECT count(*) AS count FROM dead_letters WHERE sink = ?');
  }

  /** A lookup or asset that is not wanted is switched off, so an earlier run's gap in it does not count. */
  read(lookups: ReadonlySet<Lookup>, assets: ReadonlySet<Asset>): Standing {
    const gaps: Record<string, Record<string, number>> = {};
    const add = (lookup: string, reason: string, count: number): void => {
      const reasons = (gaps[lookup] ??= {});
      reasons[reason] = (reasons[reason] ?? 0) + count;
    };
    const wanted = new Set<string>(lookups);
    for (const row of this.#ofUsers.all()) {
      if (wanted.has(text(row, 'lookup')))
        add(text(row, 'lookup'), text(row, 'reason'), integer(row, 'count'));
    }
    for (const row of this.#unread.all()) add('users', text(row, 'reason'), integer(row, 'count'));
    // A group whose members could not be listed is one gap, because it is unknown which users it concerns.
    const memberships = wanted.has('groups') ? 'groups' : 'roles';
    for (const row of wanted.has(memberships) ? this.#ofMemberships.all() : [])
      add(memberships, text(row, 'reason'), integer(row, 'count'));
    if (wanted.has('group-roles')) {
      for (const row of this.#ofGroups.all()) {
        if (!standsIn(rolesOf(row), this.#isStillGood)) add('group-roles', text(row, 'roles_gap'), 1);
      }
    }
    for (const { name, reason, count } of assetGaps(this.#database, assets)) add(name, reason, count);
    const letters = this.#sinks.map((sink) => this.#deadLetters.get(sink)).filter((row) => row !== undefined);
    return { gaps, deadLetters: letters.reduce((sum, row) => sum + integer(row, 'count'), 0) };
  }
}

function rolesOf(row: Row): Pick<LastAnswer, 'readAt' | 'askedAt'> {
  return { readAt: optionalInteger(row, 'roles_read_at'), askedAt: optionalInteger(row, 'roles_asked_at') };
}
