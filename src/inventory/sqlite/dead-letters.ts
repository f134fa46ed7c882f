import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { AssetRef } from '../../ports/asset.ts';
import type { DeadLetter } from '../../ports/reader.ts';
import { assetOf, KEY } from './asset-rows.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';

export interface NewDeadLetter {
  readonly asset: AssetRef;
  readonly login: string | undefined;
  readonly refusedBy: DeadLetter['refusedBy'];
  readonly reasons: readonly string[];
  /** The event that the sink refused; absent where no event could be made. */
  readonly event?: { readonly hash: string; readonly calmHash: string; readonly body: string };
  readonly at: number;
}

/**
 * The events of one sink that were refused for what they are: the newest one of each asset, with the reason and how
 * often. Its methods run inside a transaction. A letter without an event also belongs to a sink, because the dialect
 * and the mapping that failed are that sink's. An asset has one letter, whichever of the two refused it last.
 */
export class DeadLetters {
  readonly #sink: string;
  readonly #add;
  readonly #forget;
  readonly #forgetMapping;
  readonly #forgetUnlisted;
  readonly #hash;

  constructor(database: DatabaseSync, sink: string) {
    this.#sink = sink;
    this.#add = database.prepare(`
      INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET
        login = excluded.login, refused_by = excluded.refused_by, reasons = excluded.reasons, hash = excluded.hash, calm_hash = excluded.calm_hash,
        body = excluded.body, last_at = excluded.last_at, times = times + 1`);
    this.#forget = database.prepare(`DELETE FROM dead_letters WHERE ${KEY}`);
    this.#forgetMapping = database.prepare(
      `DELETE FROM dead_letters WHERE ${KEY} AND refused_by = 'mapping'`,
    );
    this.#forgetUnlisted = database.prepare(`
      DELETE FROM dead_letters WHERE sink = ? AND kind = 'user' AND refused_by = 'mapping' AND last_at < ?
        AND NOT EXISTS (SELECT 1 FROM listed WHERE user_id = dead_letters.id)
        AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = dead_letters.id)`);
    this.#hash = database.prepare(`SELECT hash FROM dead_letters WHERE ${KEY} AND refused_by = 'sink'`);
  }

  add({ asset, login, refusedBy, reasons, event, at }: NewDeadLetter): void {
    this.#add.run(
      ...this.#key(asset),
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

  forget(asset: AssetRef): void {
    this.#forget.run(...this.#key(asset));
  }

  /**
   * Forgets a letter without an event, because the asset maps again. A refusal by the sink stands until the sink
   * accepts.
   */
  forgetMapping(asset: AssetRef): void {
    this.#forgetMapping.run(...this.#key(asset));
  }

  /** Forgets records that could not be read, are not listed any more and belong to no known user. */
  forgetUnlisted(before: number): void {
    this.#forgetUnlisted.run(this.#sink, before);
  }

  /** The hash of this asset's event that the sink refused last. */
  refusedHash(asset: AssetRef): string | undefined {
    const row = this.#hash.get(...this.#key(asset));
    return row === undefined ? undefined : optionalText(row, 'hash');
  }

  #key({ kind, id }: AssetRef): [sink: string, kind: string, id: string] {
    return [this.#sink, kind, id];
  }
}

const reasonsSchema = z.array(z.string());
const refusedBySchema = z.enum(['mapping', 'sink']);

export function readDeadLetter(row: Row): DeadLetter {
  return {
    asset: assetOf(row),
    login: optionalText(row, 'login'),
    refusedBy: refusedBySchema.parse(text(row, 'refused_by')),
    sink: text(row, 'sink'),
    reasons: reasonsSchema.parse(JSON.parse(text(row, 'reasons'))),
    body: optionalText(row, 'body'),
    firstAt: integer(row, 'first_at'),
    lastAt: integer(row, 'last_at'),
    times: integer(row, 'times'),
  };
}
