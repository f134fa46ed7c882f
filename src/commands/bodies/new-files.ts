import { closeSync, mkdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../ports/errors.ts';
import { StrangeFileError, openOwn } from '../../process/own-file.ts';

/** A file is made beside its place and moved there when it is whole, so that nobody reads half of it. */
export function makeNewFile(path: string, make: (file: string) => void): void {
  const own = `${path}.part`;
  orWrongOut(() => {
    rmSync(own, { force: true });
    closeSync(openOwn(own, { keeps: false }));
    try {
      make(own);
      renameSync(own, path);
    } catch (error) {
      rmSync(own, { force: true });
      throw error;
    }
  });
}

export function writeNewFile(path: string, texts: Iterable<string>): void {
  makeNewFile(path, (file) => {
    const descriptor = openOwn(file, { keeps: false });
    try {
      for (const text of texts) writeSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Files by their names, in a folder that is made where it is missing. */
export function makeNewFolder(
  path: string,
  files: Iterable<{ readonly name: string; readonly lines: Iterable<string> }>,
): void {
  orWrongOut(() => mkdirSync(path, { recursive: true, mode: 0o700 }));
  for (const { name, lines } of files) writeNewFile(join(path, name), lines);
}

function orWrongOut(write: () => void): void {
  try {
    write();
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause || cause instanceof StrangeFileError)) throw cause;
    const hint = cause instanceof StrangeFileError ? cause.hint : undefined;
    throw new ConfigError([
      {
        name: '--out',
        problem: `cannot be written: ${cause.message}`,
        hint: hint ?? 'give a path in a folder that exists and is writable',
      },
    ]);
  }
}
