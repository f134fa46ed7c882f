import type { SQLOutputValue } from 'node:sqlite';
import { InventoryError } from '../../ports/errors.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

function unexpected(column: string): InventoryError {
  return new InventoryError(`the inventory holds something unexpected in column ${column}`, {
    hint: 'the file was changed by something else: move it away, the next run then starts afresh',
  });
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column);
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unexpected(column);
  return value;
}

export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column);
}
