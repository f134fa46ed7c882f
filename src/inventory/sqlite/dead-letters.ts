import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { DeadLetter } from '../../ports/reader.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';

/** What subjects begin with where Okta's record has no id. */
export const NAMELESS = 'without-id:';

export interface NewDeadLetter {
  /** The user's id, or what stands for one where Okta's record has none. */
  readonly subject: string;
  readonly login: string | undefined;
  readonly refusedBy: 'mapping' | 'intake';
  readonly reasons: readonly string[];
  /** The event that the intake refused; absent where none could be made. */
  readonly event?: { readonly hash: string; readonly calmHash: string; readonly body: string };
  readonly at: number;
}

/** Events refused for what they are, one a user, with the reason and how often. Its methods run inside a transaction. */
export class DeadLetters {
  readonly #add;
  readonly #forget;
  readonly #forgetMapping;
  readonly #forgetUnlisted;
  readonly #hash;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(`
      INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET
        login = excluded.login, refused_by = excluded.refused_by, reasons = excluded.reasons, hash = excluded.hash, calm_hash = excluded.calm_hash,
        body = excluded.body, last_at = excluded.last_at, times = times + 1`);
    this.#forget = database.prepare('DELETE FROM dead_letters WHERE subject = ?');
    this.#forgetMapping = database.prepare(
      "DELETE FROM dead_letters WHERE subject = ? AND refused_by = 'mapping'",
    );
    this.#forgetUnlisted = database.prepare(`
      DELETE FROM dead_letters WHERE refused_by = 'mapping' AND last_at < ?
        AND NOT EXISTS (SELECT 1 FROM listed WHERE user_id = subject)
        AND NOT EXISTS (SELECT 1 FROM users WHERE id = subject)`);
    this.#hash = database.prepare(
      "SELECT hash FROM dead_letters WHERE subject = ? AND refused_by = 'intake'",
    );
  }

  add({ subject, login, refusedBy, reasons, event, at }: NewDeadLetter): void {
    this.#add.run(
      subject,
      login ?? null,
      refusedBy,
      JSON.stringify(reasons),
      event?.hash ?? null,
      event?.calmHash ?? null,
      event?.body ?? null,
      at,
      at,
    );
  }

  forget(subject: string): void {
    this.#forget.run(subject);
  }

  /** The user maps again; a refusal by the intake stands until it accepts. */
  forgetMapping(subject: string): void {
    this.#forgetMapping.run(subject);
  }

  /** Records that could not be read, are not listed any more and belong to nobody who is known. */
  forgetUnlisted(before: number): void {
    this.#forgetUnlisted.run(before);
  }

  /** Hash of the event of this user that the intake refused last. */
  refusedHash(subject: string): string | undefined {
    const row = this.#hash.get(subject);
    return row === undefined ? undefined : optionalText(row, 'hash');
  }
}

const reasonsSchema = z.array(z.string());
const refusedBySchema = z.enum(['mapping', 'intake']);

export function readDeadLetter(row: Row): DeadLetter {
  return {
    userId: text(row, 'subject'),
    login: optionalText(row, 'login'),
    refusedBy: refusedBySchema.parse(text(row, 'refused_by')),
    reasons: reasonsSchema.parse(JSON.parse(text(row, 'reasons'))),
    body: optionalText(row, 'body'),
    firstAt: integer(row, 'first_at'),
    lastAt: integer(row, 'last_at'),
    times: integer(row, 'times'),
  };
}
