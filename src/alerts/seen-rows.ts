import { hash } from 'node:crypto';
import type { AlertCells } from '../ports/alerts.ts';
import type { SeenRows } from './decide.ts';

/** So many rows of one rule are kept. */
export const MOST_ROWS = 100_000;
/** A longer identity is hashed. In bytes. */
const LONGEST_UID = 1024;
/** A longer text is cut. In characters. */
const LONGEST_TEXT = 1000;
/** Columns that do not fit any more are left out. In characters of JSON. */
const LONGEST_CELLS = 4000;

/** Gathers the rows of an answer: one for each identity, and no more than are kept. */
export class RowGatherer {
  readonly #columns: readonly string[];
  readonly #rows = new Map<string, AlertCells>();
  /** Rows that have no identity. */
  nameless = 0;
  /** True: there are more rows than are kept. */
  isCut = false;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  get rows(): SeenRows {
    return this.#rows;
  }

  add(row: readonly AlertCells[string][]): void {
    const given = row[this.#columns.indexOf('uid')] ?? null;
    if (given === null || given === '') {
      this.nameless += 1;
      return;
    }
    const uid = uidOf(String(given));
    if (this.#rows.has(uid)) return;
    if (this.#rows.size < MOST_ROWS) this.#rows.set(uid, cellsOf(this.#columns, row));
    else this.isCut = true;
  }
}

function uidOf(given: string): string {
  return Buffer.byteLength(given) > LONGEST_UID ? `sha256:${hash('sha256', given)}` : given;
}

function cellsOf(columns: readonly string[], row: readonly AlertCells[string][]): AlertCells {
  const cells: [string, string | number | null][] = [];
  let size = 0;
  for (const [at, column] of columns.entries()) {
    if (column === 'uid') continue;
    const value = row[at] ?? null;
    const kept =
      typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
    size += JSON.stringify([column, kept]).length;
    if (size > LONGEST_CELLS) break;
    cells.push([column, kept]);
  }
  return Object.fromEntries(cells);
}
