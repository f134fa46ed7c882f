import { inspect } from 'node:util';

export const HIDDEN = '[hidden]';

/** Shorter texts occur everywhere by chance, and no real key is that short. */
const SHORTEST_HIDDEN = 4;
/**
 * Shorter secrets, such as a proxy's password, are parts of longer words by chance, so they count only as whole words.
 */
const SURELY_SECRET = 8;

/** A secret's text, which only a call of `reveal` returns. Printed, logged or serialised, it is `[hidden]`. */
export class Secret {
  readonly #text: string;
  readonly #parts: readonly string[];

  /** @param parts texts that are secret by themselves, such as the password in a URL */
  constructor(text: string, parts: readonly string[] = []) {
    this.#text = text;
    this.#parts = parts;
  }

  reveal(): string {
    return this.#text;
  }

  /** Every text that must never be printed. */
  traces(): string[] {
    return [this.#text, ...this.#parts];
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/**
 * Returns a function that replaces all these secrets in a text, also in the form that URLs give them. All are searched
 * for in the original text: the replacement of one is not searched for another.
 */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(
    secrets
      .filter((secret) => secret.length >= SHORTEST_HIDDEN)
      .flatMap((secret) => [secret, encodeURIComponent(secret)]),
  );
  return (text) => {
    const places = [...forms].flatMap((form) => placesOf(form, text));
    return places.length === 0 ? text : withoutPlaces(text, places);
  };
}

/** The scrubber of the texts as they are at each call. It is made anew only for another list. */
export function scrubberOf(secrets: () => readonly string[]): () => (text: string) => string {
  let made: { readonly of: readonly string[]; readonly scrub: (text: string) => string } | undefined;
  return () => {
    const now = secrets();
    if (now !== made?.of) made = { of: now, scrub: createScrubber(now) };
    return made.scrub;
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function placesOf(form: string, text: string): Span[] {
  const places: Span[] = [];
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
    const end = start + form.length;
    if (form.length >= SURELY_SECRET || isWholeWord(text, start, end)) places.push({ start, end });
  }
  return places;
}

/**
 * A letter that ends an escape, as in %2F or
 * , is no part of a word.
 */
function isWholeWord(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 6), start);
  const isBegun = /[\p{L}\p{N}]$/u.test(before) && !/(%[\da-f]{2}|\\[a-z]|\\u[\da-f]{4})$/i.test(before);
  return !isBegun && !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 2));
}

/** Merges places that overlap. */
function withoutPlaces(text: string, places: readonly Span[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of places.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start >= from || parts.length === 0) parts.push(text.slice(from, start), HIDDEN);
    from = Math.max(from, end);
  }
  return [...parts, text.slice(from)].join('');
}
