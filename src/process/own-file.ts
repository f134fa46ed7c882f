import { closeSync, constants, openSync, statSync, writeFileSync } from 'node:fs';
import { InternalError } from '../ports/errors.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

/** There is a link where a file of ours belongs. Somebody may have put it there to have another file overwritten. */
export class LinkError extends InternalError {}

/**
 * Opens a file of our own for writing, and creates it for its owner alone when it is missing. Never follows a symbolic
 * link, unless to a device or a pipe such as /dev/stdout. Returns its descriptor; throws `LinkError` or the system's
 * error.
 *
 * @param keeps leaves the file's content in place
 */
export function openOwn(path: string, { keeps }: { readonly keeps: boolean }): number {
  const flags = O_WRONLY | O_CREAT | (keeps ? O_APPEND : O_TRUNC);
  try {
    // Windows does not have this flag (it counts as 0); links there need rights that others do not have.
    return openSync(path, flags | O_NOFOLLOW, 0o600);
  } catch (thrown) {
    if (!isLoop(thrown)) throw thrown;
    if (leadsToDevice(path)) return openSync(path, flags, 0o600);
    throw new LinkError(`${path} is a symbolic link, and what it leads to is not overwritten`, {
      hint: 'remove the link, or give the path it leads to',
    });
  }
}

export function writeOwn(path: string, text: string): void {
  const file = openOwn(path, { keeps: false });
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

function isLoop(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ELOOP';
}

function leadsToDevice(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
