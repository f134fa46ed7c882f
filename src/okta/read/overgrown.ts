/** Honest pages have some ten thousand values; each takes up to a hundred bytes of memory once it is parsed. */
const MOST_VALUES = 2_000_000;
const [QUOTE, BACKSLASH, COMMA, LIST, OBJECT] = ['"', '\\', ',', '[', '{'].map((sign) => sign.charCodeAt(0));

/**
 * Does a JSON text hold more values than any answer of Okta? Ask before parsing: 64 MiB of brackets become gigabytes,
 * and block everything else for many seconds.
 */
export function isOvergrown(text: string): boolean {
  if (text.length <= MOST_VALUES) return false;
  let values = 0;
  let isInText = false;
  for (let at = 0; at < text.length && values <= MOST_VALUES; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInText = !isInText;
    else if (isInText) at += code === BACKSLASH ? 1 : 0;
    else if (code === COMMA || code === LIST || code === OBJECT) values += 1;
  }
  return values > MOST_VALUES;
}
