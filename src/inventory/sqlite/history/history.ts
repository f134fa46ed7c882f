import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { InventoryOptions } from '../../store.ts';
import { hasAssetTables } from '../assets/tables.ts';
import { optionalText, text } from '../rows.ts';
import type { RunStateReader } from '../run-state.ts';
import type { Transaction } from '../transaction.ts';
import { SetChanges } from './set-changes.ts';
import { changeTriggers, tell } from './triggers.ts';

const DAY_MS = 86_400_000;
/** So many rows are removed in one step: a health check or a signal waits no longer than that. */
const STEP = 250;
/** The end of one run removes no more steps than these; the next one goes on. */
const MOST_STEPS = 400;
const AFTER_ALL = '9999';

interface HistoryParts extends Pick<InventoryOptions, 'history' | 'runId' | 'clock'> {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  readonly state: Pick<RunStateReader, 'load'>;
}

/**
 * Decides whether changes are recorded: from the end of the first full run on, unless history is off. What triggers cannot
 * see is told here and in `SetChanges`.
 */
export class ChangeHistory {
  readonly #parts: HistoryParts;
  readonly #userGone;
  readonly #forget;
  #sets: SetChanges | undefined;
  readonly isRecording: boolean;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    const { database, transaction, clock, runId, history, state } = parts;
    database.function('change_at', () => new Date(clock.now()).toISOString());
    database.function('change_run', () => runId);
    const { fullEndedAt, usersCursor = fullEndedAt } = state.load();
    this.isRecording = history !== undefined && history.days > 0 && usersCursor !== undefined;
    const since = this.isRecording ? usersCursor : undefined;
    transaction(() => {
      keepSince(database, since, history?.asked ?? '');
      keepTriggers(database, this.isRecording);
    });
    const gone = tell('user-gone', 'id', { before: 'status', from: 'FROM users WHERE id = ?' });
    this.#userGone = database.prepare(gone);
    this.#forget = database.prepare(
      `DELETE FROM changes WHERE sequence IN (SELECT sequence FROM changes WHERE at < ? ORDER BY at LIMIT ${STEP})`,
    );
  }

  /** For sets of assets, whose tables must be there; absent where nothing is recorded. */
  sets(): SetChanges | undefined {
    if (this.isRecording) this.#sets ??= new SetChanges(this.#parts.database);
    return this.#sets;
  }

  /** Okta answered 404. Call it before the user is forgotten. */
  userGone(id: string): void {
    if (this.isRecording) this.#userGone.run(id);
  }

  /** Removes what is older than the history goes back. `now` is on this machine's clock. */
  async forgetOld(now: number): Promise<void> {
    const { history, transaction } = this.#parts;
    if (history === undefined) return;
    const before = history.days === 0 ? AFTER_ALL : new Date(now - history.days * DAY_MS).toISOString();
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (transaction(() => Number(this.#forget.run(before).changes)) < STEP) return;
      // Health checks, signals and pushes have their turn between two steps.
      await setImmediate();
    }
  }
}

/**
 * Users who were created before `since` and come later were left out by the settings, or could not be read. Where the
 * settings have changed, that is true of all who were there at the end of the last run.
 */
function keepSince(database: DatabaseSync, since: number | undefined, asked: string): void {
  const row = database.prepare('SELECT asked FROM history').get();
  if (since === undefined) {
    if (row !== undefined) database.exec('DELETE FROM history');
    return;
  }
  if (row !== undefined && optionalText(row, 'asked') === asked) return;
  database
    .prepare('INSERT OR REPLACE INTO history VALUES (1, ?, ?)')
    .run(new Date(since).toISOString(), asked);
}

function keepTriggers(database: DatabaseSync, isRecording: boolean): void {
  const wanted: ReadonlyMap<string, string> = isRecording
    ? changeTriggers(hasAssetTables(database))
    : new Map();
  const rows = database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'changes_*'")
    .all();
  const there = new Map(rows.map((row) => [text(row, 'name'), text(row, 'sql')]));
  for (const [name, sql] of there) if (wanted.get(name) !== sql) database.exec(`DROP TRIGGER ${name}`);
  for (const [name, sql] of wanted) if (there.get(name) !== sql) database.exec(sql);
}
