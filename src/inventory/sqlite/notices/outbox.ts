import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  NOTICE_TYPES,
  SEVERITIES,
  type Notice,
  type NoticeFailure,
  type NoticeOutbox,
  type NoticeQueue,
  type NoticeStore,
} from '../../../ports/notices.ts';
import { NoticeMemory } from './memory.ts';
import { integer, text } from '../rows.ts';
import { orInventoryError, type Transaction } from '../transaction.ts';
import { hasNoticeTables, makeNoticeTables } from './tables.ts';

/** So many messages wait at most; nobody reads more, and the newest tell the state of now. */
const MOST_WAITING = 10_000;

const NOTICE = z.object({
  id: z.string(),
  type: z.enum(NOTICE_TYPES),
  time: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  data: z.record(z.string(), z.unknown()),
});

const FAILURE = z.object({ at: z.number(), since: z.number(), what: z.string() });

/** Since when the receiver takes nothing, and what it said last. */
export interface StandingFailure {
  readonly since: number;
  readonly at: number;
  readonly what: string;
}

/** The messages that wait. Its tables are made with the first message, so that who wants none has no table more. */
export class SqliteNoticeOutbox implements NoticeOutbox {
  readonly #database: DatabaseSync;
  readonly #memory: NoticeMemory;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#memory = new NoticeMemory(database);
  }

  add(notices: readonly Notice[]): void {
    if (notices.length === 0) return;
    makeNoticeTables(this.#database);
    const insert = this.#database.prepare('INSERT INTO notices (id, notice) VALUES (?, ?)');
    for (const notice of notices) insert.run(notice.id, JSON.stringify(notice));
    this.#dropOldest();
  }

  next(): Notice | undefined {
    if (!hasNoticeTables(this.#database)) return undefined;
    const row = this.#database
      .prepare('SELECT notice FROM notices ORDER BY refusals, sequence LIMIT 1')
      .get();
    return row === undefined ? undefined : NOTICE.parse(JSON.parse(text(row, 'notice')));
  }

  delivered(id: string): void {
    this.#database.prepare('DELETE FROM notices WHERE id = ?').run(id);
    this.#memory.forget('failure');
  }

  failed(id: string, { at, what, isOfMessage }: NoticeFailure): void {
    if (isOfMessage) {
      this.#database.prepare('UPDATE notices SET refusals = refusals + 1 WHERE id = ?').run(id);
    }
    this.#memory.save('failure', { at, since: this.failure?.since ?? at, what });
  }

  takeDropped(): number {
    const dropped = this.#memory.load('dropped', z.number()) ?? 0;
    if (dropped > 0) this.#memory.forget('dropped');
    return dropped;
  }

  get waiting(): number {
    if (!hasNoticeTables(this.#database)) return 0;
    const row = this.#database.prepare('SELECT count(*) AS waiting FROM notices').get();
    return row === undefined ? 0 : integer(row, 'waiting');
  }

  get failure(): StandingFailure | undefined {
    return this.#memory.load('failure', FAILURE);
  }

  #dropOldest(): void {
    const dropped = this.waiting - MOST_WAITING;
    if (dropped <= 0) return;
    this.#database
      .prepare(
        'DELETE FROM notices WHERE sequence IN (SELECT sequence FROM notices ORDER BY sequence LIMIT ?)',
      )
      .run(dropped);
    this.#memory.save('dropped', (this.#memory.load('dropped', z.number()) ?? 0) + dropped);
  }
}

/** The same for a sender and for the trouble that operators are told of; each step is a transaction of its own. */
export function noticeStoreOn(
  database: DatabaseSync,
  transaction: Transaction,
  outbox: SqliteNoticeOutbox = new SqliteNoticeOutbox(database),
): NoticeStore {
  const memory = new NoticeMemory(database);
  const queue: NoticeQueue = {
    next: () => orInventoryError(() => outbox.next()),
    delivered: (id) => transaction(() => outbox.delivered(id)),
    failed: (id, failure) => transaction(() => outbox.failed(id, failure)),
    takeDropped: () => orInventoryError(() => outbox.takeDropped()),
    get waiting() {
      return orInventoryError(() => outbox.waiting);
    },
  };
  return {
    queue,
    memory: () => orInventoryError(() => memory.load(TOLD, z.unknown())),
    remember: (told, notices) =>
      transaction(() => {
        memory.save(TOLD, told);
        outbox.add(notices);
      }),
  };
}

const TOLD = 'told';
