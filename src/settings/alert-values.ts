import { statSync } from 'node:fs';
import { right, wrong, type Parsed } from './parsed.ts';
import { isRegular, readTextFile } from './text-file.ts';

/** Fifty rules with long queries fit. Nothing larger is parsed. */
const LARGEST_BYTES = 128 * 1024;

/** The file of alerts, and its text. */
export interface AlertsFile {
  readonly path: string;
  readonly text: string;
}

export function alertsFile(path: string): Parsed<AlertsFile> {
  if (isRegular(path) && statSync(path).size > LARGEST_BYTES)
    return wrong(`names a file that is larger than ${LARGEST_BYTES / 1024} KiB: ${path}`);
  const read = readTextFile(path);
  if (read.kind === 'wrong') return wrong(`names a file that cannot be read: ${read.problem}`);
  // A pipe has no size beforehand.
  if (Buffer.byteLength(read.value) > LARGEST_BYTES)
    return wrong(`names a file that is larger than ${LARGEST_BYTES / 1024} KiB: ${path}`);
  return right({ path, text: read.value });
}
