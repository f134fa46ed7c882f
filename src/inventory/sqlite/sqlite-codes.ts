import * as z from 'zod';

const sqliteError = z.object({ errcode: z.number() });

/** SQLite's result code with its details, where the error is SQLite's: https://sqlite.org/rescode.html */
export function extendedCodeOf(error: unknown): number | undefined {
  return sqliteError.safeParse(error).data?.errcode;
}

/** SQLite's primary result code, where the error is SQLite's. */
export function sqliteCodeOf(error: unknown): number | undefined {
  const code = extendedCodeOf(error);
  return code === undefined ? undefined : code % 256;
}

/** CORRUPT and NOTADB. */
export function isDamage(error: unknown): boolean {
  return [11, 26].includes(sqliteCodeOf(error) ?? 0);
}
