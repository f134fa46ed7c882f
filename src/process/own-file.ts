import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { InternalError } from '../ports/errors.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** Something else stands where a file of ours belongs. Somebody may have put it there to do harm. */
export class StrangeFileError extends InternalError {}

/**
 * Opens a file of our own for writing, and creates it for its owner alone when it is missing. Never follows a symbolic
 * link, and never waits, as opening a pipe would. Returns its descriptor; throws `StrangeFileError` or the system's
 * error.
 *
 * @param keeps leaves the file's content in place
 */
export function openOwn(path: string, { keeps }: { readonly keeps: boolean }): number {
  return openFile(path, O_WRONLY | O_CREAT | (keeps ? O_APPEND : O_TRUNC));
}

export function writeOwn(path: string, text: string): void {
  const file = openOwn(path, { keeps: false });
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Opened as carefully as for writing. */
export function readOwn(path: string): string {
  const file = openFile(path, O_RDONLY);
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Writes to a path that a person gave: a device or a pipe such as /dev/stdout is as good as a file of our own. */
export function writeGiven(path: string, text: string): void {
  if (leadsToDevice(path)) writeFileSync(path, text);
  else writeOwn(path, text);
}

function openFile(path: string, flags: number): number {
  let file: number;
  try {
    // Windows does not have these flags (they count as 0); links there need rights that others do not have.
    file = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ELOOP')
      throw new StrangeFileError(`${path} is a symbolic link, and what it leads to is not touched`, {
        hint: 'remove the link, or give the path it leads to',
      });
    // A pipe that nobody reads.
    if (code === 'ENXIO') throw notAFile(path);
    throw thrown;
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw notAFile(path);
}

function notAFile(path: string): StrangeFileError {
  return new StrangeFileError(`${path} is no file`, {
    hint: 'remove it, so that a file can be made in its place',
  });
}

function leadsToDevice(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
