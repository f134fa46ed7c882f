import { inspect } from 'node:util';

export const HIDDEN = '[hidden]';

/** Shorter texts are everywhere by chance; no real key is that short. */
const SHORTEST_HIDDEN = 4;

/** A secret's text, given only to who asks for it by name. Printed, logged or serialised, it is `[hidden]`. */
export class Secret {
  readonly #text: string;
  readonly #parts: readonly string[];

  /** @param parts what is secret by itself, such as the password in a URL */
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

/** A function that replaces every one of these secrets in a text, also where it is written as part of a URL. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_HIDDEN)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, HIDDEN), text);
}
