import { z } from 'zod';
import type { User } from '../ports/org.ts';
import { createEngine, OUT_OF_TIME, type Evaluate, type Evaluated } from './expression-engine.ts';
import type { MappingRule } from './field-mapping.ts';
import { recordOf } from './okta-record.ts';

const LARGEST_VALUE = 4000;
/** After so many users in a row, an expression that runs out of time is given up: it would only hold up the others. */
const PATIENCE = 5;

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const mappedValue = z.union([scalar, z.array(scalar)]);
type MappedValue = z.output<typeof mappedValue>;

/**
 * Adds the values that the rules compute from a user's record. A rule that fails or gives nothing leaves its path out.
 */
export type MapFields = (user: User) => User;

/**
 * Evaluates the rules when a record is read; the inventory stores the results. Expressions see only the record, and may
 * take only so long.
 * @param library jsonata's own text
 * @param usedCpuMs CPU time that this thread has used, in milliseconds
 * @param onFailure called for each rule that fails, without the record
 */
export function createFieldMapper(
  { library, usedCpuMs }: { readonly library: string; readonly usedCpuMs: () => number },
  rules: readonly MappingRule[],
  onFailure: (rule: MappingRule, reason: string) => void,
): MapFields {
  const compile = createEngine(library, usedCpuMs);
  const compiled = rules.map((rule) => ({ rule, evaluate: patiently(compile(rule.from)) }));

  return (user) => {
    const record = recordOf(user);
    const entries = compiled.flatMap(({ rule, evaluate }): [string, MappedValue][] => {
      const found = readValue(evaluate(record));
      if (found.kind === 'failed') onFailure(rule, found.reason);
      return found.kind === 'value' ? [[rule.to, found.value]] : [];
    });
    return { ...user, mapped: entries.length === 0 ? undefined : Object.fromEntries(entries) };
  };
}

function patiently(evaluate: Evaluate): Evaluate {
  let inARow = 0;
  return (record) => {
    if (inARow >= PATIENCE) return { code: OUT_OF_TIME };
    const said = evaluate(record);
    inARow = 'code' in said && said.code === OUT_OF_TIME ? inARow + 1 : 0;
    return said;
  };
}

type ReadValue =
  | { readonly kind: 'value'; readonly value: MappedValue }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

function readValue(said: Evaluated): ReadValue {
  if ('code' in said) return { kind: 'failed', reason: `fails with ${said.code}` };
  const { value } = said;
  if (value === undefined || value === null || value === '') return { kind: 'absent' };
  const isLarge = JSON.stringify(value).length > LARGEST_VALUE;
  const parsed = isLarge ? undefined : mappedValue.safeParse(value);
  if (parsed?.success === true) return { kind: 'value', value: parsed.data };
  return { kind: 'failed', reason: 'gives no text, number, truth value or list of them, or a too large one' };
}
