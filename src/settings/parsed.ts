import * as z from 'zod';

/**
 * The result of parsing a setting's text. `problem` completes "NAME ..." and never holds the text: it may be a secret.
 */
export type Parsed<T> =
  | { readonly kind: 'right'; readonly value: T }
  | { readonly kind: 'wrong'; readonly problem: string; readonly hint?: string };

/** The texts that a setting takes, where they can be counted: one of these values, several of them, or a number. */
export type Allowed =
  | { readonly kind: 'one' | 'several'; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly least: number; readonly most: number };

/** The texts that a schema made here allows. A parser without `allowed` is described in the setting's facts. */
export const allowedTexts = z.registry<Allowed>();

type Parse<T> = ((text: string) => Parsed<T>) & { readonly allowed?: Allowed | undefined };

/** A parser with the list of texts that it takes. */
export function allowing<T>(allowed: Allowed, parse: (text: string) => Parsed<T>): Parse<T> {
  return Object.assign(parse, { allowed });
}

export function right<T>(value: T): Parsed<T> {
  return { kind: 'right', value };
}

/** Without a hint of its own, a fault shows the setting's example. */
export function wrong(problem: string, hint?: string): Parsed<never> {
  return hint === undefined ? { kind: 'wrong', problem } : { kind: 'wrong', problem, hint };
}

/** The fault of a setting in quotes: `docker run --env-file` takes them as part of the value, unlike a shell. */
export const IN_QUOTES = {
  problem: 'is in quotes',
  hint: 'write the value without them: docker --env-file and similar files keep quotes as part of the value',
} as const;

export function isInQuotes(text: string): boolean {
  return /^(?:"[^"]*"|'[^']*')$/.test(text);
}

/** The same parser, but refusing quotes, which make no sense in nearly all settings. */
function unquoted<T>(parse: Parse<T>): Parse<T> {
  const { allowed } = parse;
  return Object.assign(
    (text: string) => (isInQuotes(text) ? wrong(IN_QUOTES.problem, IN_QUOTES.hint) : parse(text)),
    { allowed },
  );
}

/** A zod schema from a parser. Its issue carries the hint in `params`. */
export function fromText<T>(parse: Parse<T>) {
  return fromAnyText(unquoted(parse));
}

/** Like `fromText`, for a parser that takes quotes itself. */
export function fromAnyText<T>(parse: Parse<T>) {
  const schema = z.string().transform((text, context): T => {
    const parsed = parse(text);
    if (parsed.kind === 'right') return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.problem, params: { hint: parsed.hint } });
    return z.NEVER;
  });
  return parse.allowed === undefined ? schema : schema.register(allowedTexts, parse.allowed);
}
