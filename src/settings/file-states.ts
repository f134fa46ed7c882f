import { statSync } from 'node:fs';

/** A text that differs as soon as one of these files is written, replaced, made or deleted. */
export function fileStates(paths: readonly string[]): string {
  return JSON.stringify(paths.map((path) => stateOf(path)));
}

function stateOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return [ino, size, mtimeNs].join(' ');
  } catch {
    return 'unreadable';
  }
}
