import { inspect } from 'node:util';

export const HIDDEN = '[hidden]';

/** Shorter texts are everywhere by chance; no real key is that short. */
const SHORTEST_HIDDEN = 4;

/** A secret's text, given only to who asks for it by name. Printed, logged or serialised, it is `[hidden]`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
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
