import * as z from 'zod';

/** What became of a setting's text. `problem` completes "NAME ..." and never holds the text: it may be a secret. */
export type Parsed<T> =
  | { readonly kind: 'right'; readonly value: T }
  | { readonly kind: 'wrong'; readonly problem: string; readonly hint?: string };

export function right<T>(value: T): Parsed<T> {
  return { kind: 'right', value };
}

/** Without a hint of its own, a fault shows the setting's example. */
export function wrong(problem: string, hint?: string): Parsed<never> {
  return hint === undefined ? { kind: 'wrong', problem } : { kind: 'wrong', problem, hint };
}

/** A zod schema of a parser; its issue carries the hint in `params`. */
export function fromText<T>(parse: (text: string) => Parsed<T>) {
  return z.string().transform((text, context): T => {
    const parsed = parse(text);
    if (parsed.kind === 'right') return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.problem, params: { hint: parsed.hint } });
    return z.NEVER;
  });
}
