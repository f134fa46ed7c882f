import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from './given.ts';
import { right, wrong, type Parsed } from './parsed.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * A UTF-16 file whose bytes are read as UTF-8: its mark is no character, and every ASCII letter has a zero beside it.
 */
const UTF_16 = /^(?:\uFFFD\uFFFD|.?\0)/s;

/** The words for a file in UTF-16, after its name. */
export const IS_UTF_16 = 'it is UTF-16; save it as UTF-8';

/** The beginning of a text as Windows programs may write it, without UTF-8's mark; `undefined` when it is UTF-16. */
export function decodedStart(text: string): string | undefined {
  if (UTF_16.test(text)) return undefined;
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** False for a pipe or a device, and where nothing is found. */
export function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Reads a text file. The problem is only the reason, in words. */
export function readTextFile(path: string): Parsed<string> {
  try {
    const text = decodedStart(readFileSync(path, 'utf8'));
    return text === undefined ? wrong(IS_UTF_16) : right(text);
  } catch (thrown) {
    return wrong(reasonOf(thrown));
  }
}
