import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { MARK_REASONS, USER_QUESTIONS } from '../../ports/inventory.ts';
import type {
  Answered,
  Mark,
  MarkFilter,
  MarkReason,
  MarkStore,
  StoredMark,
  UserQuestion,
} from '../../ports/inventory.ts';
import type { RunStateChange } from '../../ports/run-state.ts';
import { isAnswered } from '../policy/marks.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import type { RunStateRow } from './run-state.ts';
import { orInventoryError } from './transaction.ts';
import type { Transaction } from './transaction.ts';

const why = { reason: z.enum(MARK_REASONS), from: z.string().exactOptional() };
const markSchema = z.discriminatedUnion('subject', [
  z.object({
    subject: z.literal('user'),
    id: z.string(),
    question: z.enum(USER_QUESTIONS),
    ...why,
  }),
  z.object({
    subject: z.literal('group'),
    id: z.string(),
    question: z.enum(['record', 'members', 'roles']),
    ...why,
    member: z.string().exactOptional(),
  }),
  z.object({
    subject: z.literal('org'),
    id: z.literal('org'),
    question: z.enum(['role-holders', 'custom-role-holders', 'factors']),
    ...why,
  }),
  z.object({
    subject: z.literal('app'),
    id: z.string(),
    question: z.enum(['record', 'users', 'groups']),
    ...why,
    member: z.string().exactOptional(),
  }),
  z.object({ subject: z.literal('device'), id: z.string(), question: z.literal('record'), ...why }),
]);

/** Marks in SQLite. A renewed mark gets a newer version, so that an answer to an earlier request does not remove it. */
export class SqliteMarkStore implements MarkStore {
  readonly #transaction: Transaction;
  readonly #state: RunStateRow;
  readonly #statements;
  #version: number;

  constructor(database: DatabaseSync, transaction: Transaction, state: RunStateRow) {
    this.#transaction = transaction;
    this.#state = state;
    this.#statements = {
      add: database.prepare(`
        INSERT INTO marks (subject, id, question, member, reason, brought_by, version) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET reason = excluded.reason, brought_by = excluded.brought_by, version = excluded.version`),
      of: database.prepare('SELECT * FROM marks WHERE subject = ? AND id = ? ORDER BY version'),
      list: database.prepare('SELECT * FROM marks ORDER BY version'),
      listSome: database.prepare(`
        SELECT * FROM marks WHERE subject = :subject AND (:reason IS NULL OR reason = :reason) ORDER BY version`),
      settle: database.prepare(
        'DELETE FROM marks WHERE subject = ? AND id = ? AND question = ? AND member = ?',
      ),
      newest: database.prepare('SELECT coalesce(max(version), 0) AS version FROM marks'),
    };
    const row = this.#statements.newest.get();
    this.#version = row === undefined ? 0 : integer(row, 'version');
  }

  async version(): Promise<number> {
    return this.#version;
  }

  async add(marks: readonly Mark[], change?: RunStateChange): Promise<void> {
    this.#transaction(() => {
      for (const mark of marks) this.#add(mark);
      if (change !== undefined) this.#state.save(change);
    });
  }

  #add(mark: Mark): void {
    const { subject, id, question, reason, from } = mark;
    this.#version += 1;
    this.#statements.add.run(subject, id, question, memberOf(mark), reason, from ?? null, this.#version);
  }

  async list(only?: MarkFilter): Promise<readonly StoredMark[]> {
    const { list, listSome } = this.#statements;
    return orInventoryError(() => {
      const rows = only === undefined ? list.all() : listSome.all({ reason: null, ...only });
      return rows.map(storedMark);
    });
  }

  async ofGroup(groupId: string): Promise<readonly StoredMark[]> {
    return orInventoryError(() => this.#statements.of.all('group', groupId).map(storedMark));
  }

  async answered(answers: readonly Answered[]): Promise<void> {
    this.#transaction(() => {
      for (const each of answers) this.settle(each);
    });
  }

  /** Call it inside the transaction that stores the answer, like the methods below. */
  settle(answered: Answered): void {
    const marks = this.#statements.of.all(answered.subject, answered.id).map(storedMark);
    for (const { mark } of marks.filter((stored) => isAnswered(stored, answered)))
      this.#statements.settle.run(mark.subject, mark.id, mark.question, memberOf(mark));
  }

  /** Settles all marks of a user or group that is gone or forgotten, since nothing more can be asked of it. */
  settleAll(subject: 'user' | 'group', id: string): void {
    this.settle({ subject, id, questions: 'all', marksUpTo: this.#version });
  }

  markUser(id: string, question: UserQuestion, reason: MarkReason): void {
    this.#add({ subject: 'user', id, question, reason });
  }

  mark(mark: Mark): void {
    this.#add(mark);
  }
}

export function memberOf(mark: Mark): string {
  return mark.subject === 'group' || mark.subject === 'app' ? (mark.member ?? '') : '';
}

function storedMark(row: Row): StoredMark {
  return { mark: markOf(row), version: integer(row, 'version') };
}

export function markOf(row: Row): Mark {
  const fields = { subject: text(row, 'subject'), id: text(row, 'id'), question: text(row, 'question') };
  const member = text(row, 'member') === '' ? {} : { member: text(row, 'member') };
  const event = optionalText(row, 'brought_by');
  const from = event === undefined ? {} : { from: event };
  return markSchema.parse({ ...fields, ...member, ...from, reason: text(row, 'reason') });
}
