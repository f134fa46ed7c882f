import { readFileSync, realpathSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';

const OTHERS_MAY_READ = 0o004;
const OTHERS_MAY_WRITE = 0o002;
const OTHERS_MAY_PASS = 0o001;

/** The users of this user namespace: one range a line, with its length last. */
const UID_MAP = '/proc/self/uid_map';

/** The files among these that every user of this machine can read. Empty on Windows, where modes say nothing. */
export function exposedFiles(files: readonly string[], uidMap = UID_MAP): readonly string[] {
  return isEveryUserOne(uidMap) ? [] : files.filter((file) => isOpen(file, OTHERS_MAY_READ, 'file'));
}

/** The files and folders among these that every user of this machine can change. */
export function writableByAll(paths: readonly string[], uidMap = UID_MAP): readonly string[] {
  return isEveryUserOne(uidMap) ? [] : paths.filter((path) => isOpen(path, OTHERS_MAY_WRITE, 'any'));
}

/** A user namespace with a single user, as rootless containers may have, has no other users. */
function isEveryUserOne(uidMap: string): boolean {
  if (platform() === 'win32') return true;
  try {
    const lines = readFileSync(uidMap, 'utf8').trim().split('\n');
    return lines.length === 1 && /\s1$/.test(lines[0] ?? '');
  } catch {
    return false; // not Linux
  }
}

/** We alone read a pipe or a device, and once. A file is only as open as the folders above it. */
function isOpen(file: string, bit: number, kind: 'file' | 'any'): boolean {
  try {
    const path = realpathSync(file);
    const found = statSync(path);
    const isMeant = found.isFile() || (kind === 'any' && found.isDirectory());
    return isMeant && (found.mode & bit) !== 0 && foldersAbove(path).every(mayBePassed);
  } catch {
    return false; // it was read a moment ago and is gone now: nobody else reads it either
  }
}

function mayBePassed(folder: string): boolean {
  return (statSync(folder).mode & OTHERS_MAY_PASS) !== 0;
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}
