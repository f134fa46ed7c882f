import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { AskedQuestions, GraphFacts, GraphSource, ViewRow } from '../../../ports/graph.ts';
import { openReadOnly } from '../open-read-only.ts';
import { optionalText, text } from '../rows.ts';
import { RunStateReader } from '../run-state.ts';
import { orInventoryError } from '../transaction.ts';
import { GRAPH_VIEWS } from './graph-views.ts';
import type { ViewColumn, PublicView } from './view.ts';
import { createViews } from './views.ts';

/** V8 lets the memory of so many rows grow before it looks for what is used no more. */
const ROWS_TO_FREE = 50_000;

/**
 * One state of the inventory in `stateDir` as the rows of its views, without a lock, while a worker may be running.
 * Throws `InventoryError`.
 */
export function openGraphSource(
  stateDir: string,
  maxAnswerAgeMs: number,
  freeMemory = (): void => undefined,
): GraphSource {
  let read = 0;
  const countRow = (): void => {
    read += 1;
    if (read % ROWS_TO_FREE === 0) freeMemory();
  };
  const database = openReadOnly(stateDir);
  const views = orInventoryError(() => {
    const made = createViews(database, maxAnswerAgeMs);
    for (const { name, sql } of GRAPH_VIEWS) database.exec(`CREATE TEMP VIEW "${name}" AS ${sql}`);
    // All rows are of one state.
    database.exec('BEGIN');
    return made;
  });
  return {
    facts: orInventoryError(() => factsOf(database)),
    *rows(view, order) {
      for (const row of rowsOf(database, view, order)) {
        countRow();
        yield row;
      }
    },
    snapshot: (file, meta) => orInventoryError(() => writeSnapshot(database, views, file, meta, countRow)),
    close: () => database.close(),
  };
}

function factsOf(database: DatabaseSync): GraphFacts {
  const org = database.prepare('SELECT id, host FROM main.org').get();
  const { endedAt, askedSettings } = new RunStateReader(database).load();
  const run = database.prepare('SELECT run_id FROM runs ORDER BY sequence DESC LIMIT 1').get();
  return {
    org: org === undefined ? undefined : optionalText(org, 'id'),
    host: org === undefined ? '' : text(org, 'host'),
    at: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    runId: run === undefined ? undefined : text(run, 'run_id'),
    redacted: redactedIn(database),
    asked: askedSettings === undefined ? undefined : askedBy(askedSettings),
  };
}

const settingsText = z.array(z.tuple([z.string(), z.unknown()]));
const listText = z.array(z.string()).catch([]);

/** The settings of the last run, as `compose/fingerprints.ts` writes them: each value of a set is JSON again, those of a list are not. */
function askedBy(settings: string): AskedQuestions {
  const values = new Map(settingsText.parse(JSON.parse(settings)));
  const listed = (name: string): ReadonlySet<string> =>
    new Set(listText.parse(values.get(name)).map((each) => String(JSON.parse(each))));
  const given = {
    OKTA_USER_SEARCH: z.string().nullish().parse(values.get('OKTA_USER_SEARCH')) ?? '',
    INCLUDE_GROUPS: listText.parse(values.get('INCLUDE_GROUPS')).join(','),
    EXCLUDE_GROUPS: listText.parse(values.get('EXCLUDE_GROUPS')).join(','),
    STATUSES: [...listed('STATUSES')].join(','),
  };
  const told = Object.entries(given).filter(([, value]) => value !== '');
  const selection = told.length === 0 ? undefined : told.map((each) => each.join('=')).join(' ');
  return { assets: listed('ASSETS'), lookups: listed('LOOKUPS'), selection };
}

const redaction = z.object({ rules: z.array(z.tuple([z.string()], z.unknown())) });

/** The inventory knows under which rules it was stored. */
function redactedIn(database: DatabaseSync): readonly string[] | undefined {
  const row = database.prepare('SELECT fingerprint FROM main.redaction').get();
  if (row === undefined) return undefined;
  return redaction.parse(JSON.parse(text(row, 'fingerprint'))).rules.map(([name]) => name);
}

function* rowsOf(database: DatabaseSync, view: string, order: readonly string[]): Generator<ViewRow> {
  const by = order.map((column) => `"${column}"`).join(', ');
  const statement = orInventoryError(() => database.prepare(`SELECT * FROM "${view}" ORDER BY ${by}`));
  const rows = statement.iterate();
  for (;;) {
    const next = orInventoryError(() => rows.next());
    if (next.done === true) return;
    yield cellsOf(next.value);
  }
}

function cellsOf(row: Readonly<Record<string, unknown>>): ViewRow {
  const cells: Record<string, string | number | null> = {};
  for (const [column, value] of Object.entries(row))
    cells[column] = typeof value === 'string' || typeof value === 'number' ? value : null;
  return cells;
}

/** Tables named and typed like the views, and `meta`. Not in WAL mode, so that any program reads it from a read-only place. */
function writeSnapshot(
  database: DatabaseSync,
  views: readonly PublicView[],
  file: string,
  meta: Readonly<Record<string, string>>,
  countRow: () => void,
): void {
  const target = new DatabaseSync(file);
  try {
    target.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
    for (const view of views) copyView(database, target, view, countRow);
    target.exec('CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) STRICT');
    const add = target.prepare('INSERT INTO meta VALUES (?, ?)');
    for (const [name, value] of Object.entries(meta)) add.run(name, value);
    target.exec('COMMIT');
  } finally {
    target.close();
  }
}

function copyView(
  database: DatabaseSync,
  target: DatabaseSync,
  { name, columns }: PublicView,
  countRow: () => void,
): void {
  const names = Object.keys(columns);
  const typed = Object.entries<ViewColumn>(columns).map(([column, { type }]) => `"${column}" ${type}`);
  target.exec(`CREATE TABLE "${name}" (${typed.join(', ')}) STRICT`);
  const add = target.prepare(`INSERT INTO "${name}" VALUES (${names.map(() => '?').join(', ')})`);
  const listed = names.map((column) => `"${column}"`).join(', ');
  for (const row of database.prepare(`SELECT ${listed} FROM "${name}" ORDER BY ${listed}`).iterate()) {
    countRow();
    add.run(...Object.values(row));
  }
}
