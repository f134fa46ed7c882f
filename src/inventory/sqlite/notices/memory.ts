import type { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';
import { jsonIfAny } from '../records.ts';
import { text } from '../rows.ts';
import { hasNoticeTables, makeNoticeTables } from './tables.ts';

/** Remembers values beside the messages, by name. One that makes no sense counts as none. */
export class NoticeMemory {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  load<T>(name: string, schema: z.ZodType<T>): T | undefined {
    if (!hasNoticeTables(this.#database)) return undefined;
    const row = this.#database.prepare('SELECT value FROM notice_memory WHERE name = ?').get(name);
    const parsed = row === undefined ? undefined : schema.safeParse(jsonIfAny(text(row, 'value')));
    return parsed?.data;
  }

  save(name: string, value: unknown): void {
    makeNoticeTables(this.#database);
    this.#database
      .prepare('INSERT OR REPLACE INTO notice_memory (name, value) VALUES (?, ?)')
      .run(name, JSON.stringify(value));
  }

  forget(name: string): void {
    if (!hasNoticeTables(this.#database)) return;
    this.#database.prepare('DELETE FROM notice_memory WHERE name = ?').run(name);
  }
}
