import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readOwn, writeOwn } from '../../process/own-file.ts';

/** The note beside the inventory that its last writer has closed it: how its files looked then. */
const NOTE = 'inventory.closed';

/**
 * Takes the note away. Returns true where the files are as their last writer left them: it was not killed, and nothing
 * else has changed them since.
 */
export function takeCleanEnd(stateDir: string): boolean {
  const noted = readNote(stateDir);
  forgetCleanEnd(stateDir);
  return noted === looksOf(stateDir);
}

/** Notes a clean end. Without the note, the next opening reads the whole file, and nothing else is lost. */
export function noteCleanEnd(stateDir: string): void {
  try {
    writeOwn(join(stateDir, NOTE), looksOf(stateDir));
  } catch {
    forgetCleanEnd(stateDir);
  }
}

/** Lets the next opening read the whole file. */
export function forgetCleanEnd(stateDir: string): void {
  rmSync(join(stateDir, NOTE), { force: true });
}

function readNote(stateDir: string): string | undefined {
  try {
    return readOwn(join(stateDir, NOTE));
  } catch {
    return undefined;
  }
}

/** A reader leaves an empty write-ahead log behind, which says nothing. */
function looksOf(stateDir: string): string {
  const looks = ['inventory.db', 'inventory.db-wal'].map((name) => {
    const found = statSync(join(stateDir, name), { bigint: true, throwIfNoEntry: false });
    return found === undefined || found.size === 0n
      ? `${name} empty`
      : `${name} ${found.size} ${found.mtimeNs}`;
  });
  return looks.join('\n');
}
