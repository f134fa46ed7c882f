import type { ViewRow } from '../ports/graph.ts';

/** The text under a column of a row; `undefined` where there is none. */
export function text(row: ViewRow, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** For columns that are never NULL, such as ids. */
export function key(row: ViewRow, column: string): string {
  return String(row[column] ?? '');
}

export function count(row: ViewRow, column: string): number | undefined {
  const value = row[column];
  return typeof value === 'number' ? value : undefined;
}

export function flag(row: ViewRow, column: string): boolean | undefined {
  const value = count(row, column);
  return value === undefined ? undefined : value === 1;
}

/** A stamp of Okta's as milliseconds since 1970. */
export function instant(row: ViewRow, column: string): number | undefined {
  const at = Date.parse(text(row, column) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** A list of texts that is kept as JSON. */
export function texts(row: ViewRow, column: string): readonly string[] | undefined {
  const json = text(row, column);
  if (json === undefined) return undefined;
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
}

/** One named value of an object that is kept as JSON. */
export function member(row: ViewRow, column: string, name: string): string | undefined {
  const json = text(row, column);
  if (json === undefined) return undefined;
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([each]) => each === name)?.[1];
  return typeof found === 'string' && found !== '' ? found : undefined;
}
