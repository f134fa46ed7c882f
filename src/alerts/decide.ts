import type { AlertCells, AlertRow } from '../ports/alerts.ts';

/** Of a row that the query does not have any more: was it asked well enough to say so? */
type Absence = 'known' | 'unknown';

/** Rows by their `uid`, as the query has them now. */
export type SeenRows = ReadonlyMap<string, AlertCells>;

/** The rows of one rule, by what has become of them. */
export interface DecidedRows {
  readonly opened: readonly AlertRow[];
  /** Still there; `isMoved` where the columns are others, or where it was not confirmed before. */
  readonly stayed: readonly { readonly row: AlertRow; readonly isMoved: boolean }[];
  /** Not there, but nobody can say that they are gone: they stay open. */
  readonly unconfirmed: readonly AlertRow[];
  readonly closed: readonly AlertRow[];
}

/** The rows that were open and that the query does not have now. */
export function absentRows(before: ReadonlyMap<string, AlertRow>, seen: SeenRows): readonly string[] {
  return [...before.keys()].filter((uid) => !seen.has(uid));
}

/** The facts beside the rows of an answer. */
export interface Knowledge {
  readonly absenceOf: (uid: string) => Absence;
  /** Is it the id of what the query is about? */
  readonly isSubject: (uid: string) => boolean;
  /** The time of the evaluation. */
  readonly at: number;
}

/** Decides over one evaluation. A row is closed only where its absence is known. */
export function decideRows(
  before: ReadonlyMap<string, AlertRow>,
  seen: SeenRows,
  { absenceOf, isSubject, at }: Knowledge,
): DecidedRows {
  const opened: AlertRow[] = [];
  const stayed: { row: AlertRow; isMoved: boolean }[] = [];
  for (const [uid, cells] of seen) {
    const known = before.get(uid);
    const row = { uid, openedAt: known?.openedAt ?? at, seenAt: at, cells, isConfirmed: true };
    if (known === undefined) opened.push({ ...row, isSubject: isSubject(uid) });
    else
      stayed.push({
        row: { ...row, isSubject: known.isSubject },
        isMoved: !known.isConfirmed || !haveSameCells(known.cells, cells),
      });
  }
  const absent = absentRows(before, seen).flatMap((uid) => before.get(uid) ?? []);
  return {
    opened,
    stayed,
    unconfirmed: absent
      .filter(({ uid }) => absenceOf(uid) === 'unknown')
      .map((row) => ({ ...row, isConfirmed: false })),
    closed: absent.filter(({ uid }) => absenceOf(uid) === 'known'),
  };
}

/** The rows that must be written. */
export function savedRows({ opened, stayed, unconfirmed }: DecidedRows): readonly AlertRow[] {
  return [...opened, ...stayed.flatMap(({ row, isMoved }) => (isMoved ? [row] : [])), ...unconfirmed];
}

function haveSameCells(before: AlertCells, now: AlertCells): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}
