/** Where a value may begin: not amid the digits of a text, such as the hashes in nearly every entry of the System Log. */
const LONG_NUMBER = /(?:^|[\s:,[-])\d{16}/u;
const INTEGER = /^-?\d+$/u;

/** An integer that no double can hold becomes the text of its digits: docs/decisions/0015. */
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const digits = context?.source ?? '';
  return INTEGER.test(digits) ? digits : value;
}

/** Parses JSON without losing a digit. A reviver is slow, so only texts with a long run of digits get one. */
export function parseExactly(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exact) : JSON.parse(text);
}
