import fc from 'fast-check';

/** One way in for what others send: an input, and what must hold for each. */
export interface Target<T> {
  readonly name: string;
  readonly input: fc.Arbitrary<T>;
  /** Throws when an input does what no input may. */
  readonly tryOne: (input: T) => Promise<void> | void;
  readonly close?: () => void;
}

export interface Tried {
  readonly inputs: number;
  /** The smallest input found that does it, and what it does. */
  readonly finding: string | undefined;
}

/** For so long, or until something is found; the same seed tries the same inputs. */
export async function tryFor<T>(
  { input, tryOne, close }: Target<T>,
  ms: number,
  seed: number,
): Promise<Tried> {
  const property = fc.asyncProperty(input, async (given) => tryOne(given));
  const done = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: ms,
    markInterruptAsFailure: false,
  });
  close?.();
  const found = done.failed
    ? `${fc.stringify(done.counterexample)}\n${String(done.errorInstance)}`
    : undefined;
  return { inputs: done.numRuns, finding: found };
}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Texts as they come from anywhere, and those that have broken programs before. */
export const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    '..',
    '%2e%2e',
    'a/b',
    '\r\nx: y',
    '\u001B[2J',
    '\uD800',
    '',
  ),
);
export const text = fc.oneof(
  name,
  fc.string({ unit: 'binary', maxLength: 2000 }),
  fc.json(),
  fc.integer({ min: 1, max: 50_000 }).map((levels) => '['.repeat(levels) + ']'.repeat(levels)),
  fc.integer({ min: 1, max: 50_000 }).map((levels) => '{"a":'.repeat(levels)),
  fc.constantFrom(
    '',
    'null',
    '{}',
    '[]',
    '<html>',
    '[{"id":"00u1"}]',
    '{"errorCode":"E0000015"}',
    '\uFEFF{}',
    '1e999',
  ),
);
