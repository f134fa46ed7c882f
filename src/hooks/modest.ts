/** Okta's entries are some ten levels deep. */
const DEEPEST = 100;
/** 8 MiB of Okta's entries have some 60,000 lists and records. */
const MOST_NESTED = 200_000;

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_RECORD, CLOSE_LIST, CLOSE_RECORD] = [34, 92, 91, 123, 93, 125];

/** Is this JSON no deeper, and has it no more values, than what Okta sends? Parsing another could take all memory. */
export function isModest(json: Uint8Array): boolean {
  let depth = 0;
  let nested = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPEN_LIST || byte === OPEN_RECORD) {
      depth += 1;
      nested += 1;
      if (depth > DEEPEST || nested > MOST_NESTED) return false;
    } else if (byte === CLOSE_LIST || byte === CLOSE_RECORD) depth -= 1;
  }
  return true;
}
