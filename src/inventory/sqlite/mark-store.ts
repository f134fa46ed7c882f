import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { MARK_REASONS } from '../../ports/inventory.ts';
import type {
  GroupQuestion,
  Mark,
  MarkReason,
  MarkStore,
  StoredMark,
  UserQuestion,
} from '../../ports/inventory.ts';
import type { Stamps } from '../../ports/reader.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import type { StampRows } from './stamps.ts';
import { reading } from './transaction.ts';
import type { Transaction } from './transaction.ts';

const why = { reason: z.enum(MARK_REASONS), from: z.string().exactOptional() };
const markSchema = z.discriminatedUnion('subject', [
  z.object({
    subject: z.literal('user'),
    id: z.string(),
    question: z.enum(['record', 'presence', 'groups', 'factors', 'roles']),
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
    question: z.enum(['role-holders', 'custom-role-holders']),
    ...why,
  }),
]);

/** Marks in SQLite. A mark that is renewed gets a newer version, so that an answer asked for before does not take it. */
export class SqliteMarkStore implements MarkStore {
  readonly #transaction: Transaction;
  readonly #stamps: StampRows;
  readonly #statements;
  #version: number;

  constructor(database: DatabaseSync, transaction: Transaction, stamps: StampRows) {
    this.#transaction = transaction;
    this.#stamps = stamps;
    this.#statements = {
      add: database.prepare(`
        INSERT INTO marks (subject, id, question, member, reason, brought_by, version) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET reason = excluded.reason, brought_by = excluded.brought_by, version = excluded.version`),
      ofGroup: database.prepare("SELECT * FROM marks WHERE subject = 'group' AND id = ? ORDER BY version"),
      list: database.prepare('SELECT * FROM marks ORDER BY version'),
      clear: database.prepare(
        'DELETE FROM marks WHERE subject = ? AND id = ? AND question = ? AND version <= ?',
      ),
      clearOne: database.prepare(
        'DELETE FROM marks WHERE subject = ? AND id = ? AND question = ? AND member = ? AND version <= ?',
      ),
      newest: database.prepare('SELECT coalesce(max(version), 0) AS version FROM marks'),
    };
    const row = this.#statements.newest.get();
    this.#version = row === undefined ? 0 : integer(row, 'version');
  }

  async version(): Promise<number> {
    return this.#version;
  }

  async add(marks: readonly Mark[], stamps: Stamps = {}): Promise<void> {
    this.#transaction(() => {
      for (const mark of marks) this.#add(mark);
      this.#stamps.save(stamps);
    });
  }

  #add(mark: Mark): void {
    const { subject, id, question, reason, from } = mark;
    const member = mark.subject === 'group' ? (mark.member ?? '') : '';
    this.#version += 1;
    this.#statements.add.run(subject, id, question, member, reason, from ?? null, this.#version);
  }

  async list(): Promise<readonly StoredMark[]> {
    return reading(() => this.#statements.list.all().map(storedMark));
  }

  async ofGroup(groupId: string): Promise<readonly StoredMark[]> {
    return reading(() => this.#statements.ofGroup.all(groupId).map(storedMark));
  }

  async clear(marks: readonly StoredMark[]): Promise<void> {
    this.#transaction(() => {
      for (const { mark, version } of marks) {
        const member = mark.subject === 'group' ? (mark.member ?? '') : '';
        this.#statements.clearOne.run(mark.subject, mark.id, mark.question, member, version);
      }
    });
  }

  /** Inside a transaction, like the methods below. */
  settleGroup(id: string, question: GroupQuestion, upTo: number): void {
    this.#statements.clear.run('group', id, question, upTo);
  }

  settleUser(id: string, question: UserQuestion, upTo: number): void {
    this.#statements.clear.run('user', id, question, upTo);
  }

  markUser(id: string, question: UserQuestion, reason: MarkReason): void {
    this.#add({ subject: 'user', id, question, reason });
  }

  mark(mark: Mark): void {
    this.#add(mark);
  }
}

function storedMark(row: Row): StoredMark {
  const fields = { subject: text(row, 'subject'), id: text(row, 'id'), question: text(row, 'question') };
  const member = text(row, 'member') === '' ? {} : { member: text(row, 'member') };
  const event = optionalText(row, 'brought_by');
  const from = event === undefined ? {} : { from: event };
  const mark = markSchema.parse({ ...fields, ...member, ...from, reason: text(row, 'reason') });
  return { mark, version: integer(row, 'version') };
}
