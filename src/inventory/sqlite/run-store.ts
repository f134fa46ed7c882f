import { z } from 'zod';
import { InventoryError } from '../../ports/errors.ts';
import type { RunStore } from '../../ports/inventory.ts';
import type { Report } from '../../ports/report.ts';
import type { RunState, RunStateChange } from '../../ports/run-state.ts';
import { LOOKUPS } from '../../ports/org.ts';
import type { Lookup, OrgIdentity } from '../../ports/org.ts';
import { optionalText, text } from './rows.ts';
import { showsPosture } from '../policy/kept-runs.ts';
import { isSameOrg } from '../policy/same-org.ts';
import { PostureRows, type PostureParts } from './posture.ts';
import type { ChangeHistory } from './history/history.ts';
import { RunRows } from './run-history.ts';
import type { RunStateRow } from './run-state.ts';
import { orInventoryError } from './transaction.ts';
import type { Transaction } from './transaction.ts';

const lookupSchema = z.enum(LOOKUPS);

interface RunStoreParts extends PostureParts {
  readonly history: Pick<ChangeHistory, 'forgetOld'>;
  readonly transaction: Transaction;
  readonly state: RunStateRow;
}

/** The org of the inventory, the state of its runs, and what is remembered of them. */
export class SqliteRunStore implements RunStore {
  readonly #transaction: Transaction;
  readonly #state: RunStateRow;
  readonly #ended: RunRows;
  readonly #posture: PostureRows;
  readonly #history: RunStoreParts['history'];
  readonly #statements;

  constructor({ transaction, state, history, ...parts }: RunStoreParts) {
    const { database } = parts;
    this.#history = history;
    this.#transaction = transaction;
    this.#state = state;
    this.#ended = new RunRows(database);
    this.#posture = new PostureRows(parts);
    this.#statements = {
      org: database.prepare('SELECT id, host FROM org'),
      saveOrg: database.prepare('INSERT OR REPLACE INTO org VALUES (1, ?, ?)'),
      refused: database.prepare('SELECT lookup FROM refused_lookups'),
      forgetRefused: database.prepare('DELETE FROM refused_lookups'),
      addRefused: database.prepare('INSERT INTO refused_lookups VALUES (?)'),
    };
  }

  async bindOrg({ id, host }: OrgIdentity): Promise<void> {
    this.#transaction(() => {
      const row = this.#statements.org.get();
      const known = row === undefined ? undefined : { id: optionalText(row, 'id'), host: text(row, 'host') };
      if (known !== undefined && !isSameOrg(known, { id, host })) {
        throw new InventoryError(`this inventory is of ${known.host}, not of ${host}`, {
          hint: 'give each org its own STATE_DIR',
        });
      }
      this.#statements.saveOrg.run(id ?? known?.id ?? null, host);
    });
  }

  async orgHost(): Promise<string | undefined> {
    return orInventoryError(() => {
      const row = this.#statements.org.get();
      return row === undefined ? undefined : text(row, 'host');
    });
  }

  async state(): Promise<RunState> {
    return orInventoryError(() => this.#state.load());
  }

  async saveState(change: RunStateChange): Promise<void> {
    this.#transaction(() => this.#state.save(change));
  }

  async refusedLookups(): Promise<ReadonlySet<Lookup>> {
    const rows = orInventoryError(() =>
      this.#statements.refused.all().map((row) => lookupSchema.parse(text(row, 'lookup'))),
    );
    return new Set(rows);
  }

  async saveRefusedLookups(lookups: ReadonlySet<Lookup>): Promise<void> {
    this.#transaction(() => {
      this.#statements.forgetRefused.run();
      for (const lookup of lookups) this.#statements.addRefused.run(lookup);
    });
  }

  async noteEnd(report: Report, endedAt: number): Promise<void> {
    this.#transaction(() => {
      this.#ended.add(report, endedAt);
      if (showsPosture(report)) this.#posture.keep(endedAt);
    });
    await this.#history.forgetOld(endedAt);
  }
}
