import type { DatabaseSync } from 'node:sqlite';
import type { StampName, Stamps } from '../../ports/reader.ts';
import { text } from './rows.ts';

/** Where runs stand, by name. */
export class StampReader {
  readonly #load;

  constructor(database: DatabaseSync) {
    this.#load = database.prepare('SELECT value FROM stamps WHERE name = ?');
  }

  load(name: StampName): string | undefined {
    const row = this.#load.get(name);
    return row === undefined ? undefined : text(row, 'value');
  }
}

/** To be written inside the caller's transaction. */
export class StampRows extends StampReader {
  readonly #save;
  readonly #forget;

  constructor(database: DatabaseSync) {
    super(database);
    this.#save = database.prepare('INSERT OR REPLACE INTO stamps VALUES (?, ?)');
    this.#forget = database.prepare('DELETE FROM stamps WHERE name = ?');
  }

  save(stamps: Stamps): void {
    for (const [name, value] of Object.entries(stamps)) {
      if (value === undefined) this.#forget.run(name);
      else this.#save.run(name, String(value));
    }
  }
}
