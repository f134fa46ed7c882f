import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { byName } from '../../enrich/by-name.ts';
import { USER_LOOKUPS, type UserLookup } from '../../ports/org.ts';
import { GROUPS_WAYS } from '../../ports/reader.ts';
import type { EventHashes, KnownUser, LastAsked, WaitingEvent } from '../../ports/reader.ts';
import { readDeadLetter } from './dead-letters.ts';
import { FacetReader } from './facets.ts';
import type { StillGood } from '../policy/answers.ts';
import { readGap } from './records.ts';
import { integer, optionalInteger, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';

const PAGE = 500;
const OF_USER = "sink = ? AND kind = 'user' AND id = ?";

/** All that the inventory has on single users, for code that only reads. */
export class UserViews {
  readonly #database: DatabaseSync;
  readonly #sink: string;
  readonly #facets: FacetReader;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync, sink: string, isStillGood: StillGood) {
    this.#sink = sink;
    this.#database = database;
    this.#facets = new FacetReader(database, isStillGood);
    this.#statements = prepare(database);
  }

  /** Finds a user by id, or by login in any case of letters. All of it is as of one instant. */
  find(idOrLogin: string): KnownUser | undefined {
    this.#database.exec('BEGIN');
    try {
      const row = this.#statements.byId.get(idOrLogin) ?? this.#statements.byLogin.get(idOrLogin);
      return row === undefined ? undefined : this.#view(row);
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #view(row: Row): KnownUser | undefined {
    const id = text(row, 'id');
    const view = this.#facets.read(id);
    if (view === undefined) return undefined;
    const { waiting, delivered, refused, marks } = this.#statements;
    return {
      facets: view.facets,
      groupsWay: wayOf(optionalText(row, 'groups_way')),
      asked: byName(USER_LOOKUPS, (lookup) => askedOf(row, lookup)),
      marks: marks.all(id).map((mark) => ({ question: text(mark, 'question'), cause: text(mark, 'cause') })),
      waiting: present(waiting.get(this.#sink, id), waitingOf),
      delivered: present(delivered.get(this.#sink, id), hashesOf),
      refused: present(refused.get(this.#sink, id), readDeadLetter),
    };
  }

  /** Ids of all known users, in order, a page at a time. */
  idsAfter(id: string): readonly string[] {
    return this.#statements.ids.all(id, PAGE).map((row) => text(row, 'id'));
  }
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    byId: statement('SELECT * FROM users WHERE id = ?'),
    byLogin: statement("SELECT * FROM users WHERE lower(json_extract(fields, '$.login')) = lower(?) LIMIT 1"),
    ids: statement('SELECT id FROM users WHERE id > ? ORDER BY id LIMIT ?'),
    marks: statement(
      "SELECT question, coalesce(brought_by, reason) AS cause FROM marks WHERE subject = 'user' AND id = ? ORDER BY version",
    ),
    waiting: statement(`SELECT * FROM outbox WHERE ${OF_USER} ORDER BY sequence DESC LIMIT 1`),
    delivered: statement(`SELECT * FROM delivered WHERE ${OF_USER}`),
    refused: statement(`SELECT * FROM dead_letters WHERE ${OF_USER}`),
  };
}

function present<T>(row: Row | undefined, read: (row: Row) => T): T | undefined {
  return row === undefined ? undefined : read(row);
}

function wayOf(way: string | undefined): KnownUser['groupsWay'] {
  return GROUPS_WAYS.find((each) => each === way);
}

function askedOf(row: Row, name: UserLookup): LastAsked {
  const gap = optionalText(row, `${name}_gap`);
  return { at: optionalInteger(row, `${name}_asked_at`), gap: gap === undefined ? undefined : readGap(gap) };
}

function hashesOf(row: Row): EventHashes {
  return { hash: text(row, 'hash'), hashWithoutSignIn: text(row, 'calm_hash') };
}

function waitingOf(row: Row): WaitingEvent {
  return { ...hashesOf(row), body: text(row, 'body'), isAttempted: integer(row, 'attempted') > 0 };
}
