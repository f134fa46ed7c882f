import { realpathSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';

const OTHERS_MAY_READ = 0o004;
const OTHERS_MAY_PASS = 0o001;

/** Of these files, those that every user of this machine can read. On Windows modes say nothing, and nothing is told. */
export function exposedFiles(files: readonly string[]): readonly string[] {
  return platform() === 'win32' ? [] : files.filter(isExposed);
}

/** A pipe or a device is read once, by us. A file is as open as the folders on the way to it. */
function isExposed(file: string): boolean {
  try {
    const path = realpathSync(file);
    const found = statSync(path);
    return found.isFile() && (found.mode & OTHERS_MAY_READ) !== 0 && foldersAbove(path).every(mayBePassed);
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
