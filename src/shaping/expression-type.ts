import { PROFILE_FIELDS } from './okta-record.ts';

/** A node of jsonata's syntax tree. Its own type declarations leave some out. */
interface ExpressionNode {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly ExpressionNode[];
  readonly procedure?: ExpressionNode;
}

export type ValueType = 'string' | 'number' | 'boolean';

/**
 * Functions that give another result each time, though the same user must always give the same event. `eval` would hide
 * them.
 */
const UNSTEADY: ReadonlySet<string> = new Set(['now', 'millis', 'random', 'shuffle', 'eval']);

const NUMBERS = new Set(
  'number abs floor ceil round power sqrt sum max min average count length toMillis'.split(' '),
);
const BOOLEANS = new Set(['boolean', 'not', 'exists', 'contains']);
const TEXTS = new Set(
  'string substring substringBefore substringAfter uppercase lowercase trim pad join replace base64encode fromMillis formatNumber'.split(
    ' ',
  ),
);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);
const COMPARISONS = new Set(['=', '!=', '<', '<=', '>', '>=', 'in', 'and', 'or']);
const TEXT_ATTRIBUTES: ReadonlySet<string> = new Set(PROFILE_FIELDS);

/** The type of an expression's value; `undefined`: it depends on the user. */
export function typeOf(node: ExpressionNode): ValueType | undefined {
  const { type, value } = node;
  if (type === 'string' || type === 'number') return type;
  if (type === 'value') return typeof value === 'boolean' ? 'boolean' : undefined;
  if (type === 'binary') return typeOfOperator(String(value));
  if (type === 'function') return typeOfCall(String(node.procedure?.value));
  return type === 'path' ? typeOfPath(node.steps ?? []) : undefined;
}

function typeOfOperator(operator: string): ValueType | undefined {
  if (operator === '&') return 'string';
  if (ARITHMETIC.has(operator)) return 'number';
  return COMPARISONS.has(operator) ? 'boolean' : undefined;
}

function typeOfCall(name: string): ValueType | undefined {
  if (TEXTS.has(name)) return 'string';
  if (NUMBERS.has(name)) return 'number';
  return BOOLEANS.has(name) ? 'boolean' : undefined;
}

/** Okta's own attributes are texts; those of the org may be anything. */
function typeOfPath(steps: readonly ExpressionNode[]): ValueType | undefined {
  if (steps.some((step) => step.type !== 'name')) return undefined;
  const [first, second, ...rest] = steps.map((step) => String(step.value));
  if (first === 'profile') return second !== undefined && TEXT_ATTRIBUTES.has(second) ? 'string' : undefined;
  return second === undefined && rest.length === 0 ? 'string' : undefined;
}

/** The first function in an expression whose result does not depend on the user alone. */
export function unsteadyCall(node: unknown): string | undefined {
  if (Array.isArray(node)) return firstOf(node);
  if (typeof node !== 'object' || node === null) return undefined;
  const name = 'type' in node && node.type === 'variable' && 'value' in node ? String(node.value) : '';
  return UNSTEADY.has(name) ? name : firstOf(Object.values(node));
}

function firstOf(nodes: readonly unknown[]): string | undefined {
  for (const node of nodes) {
    const found = unsteadyCall(node);
    if (found !== undefined) return found;
  }
  return undefined;
}
