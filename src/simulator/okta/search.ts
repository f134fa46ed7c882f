import { ExpressionError, parseExpression, UnsupportedError } from './expressions.ts';
import type { Condition, Expression, Operator } from './expressions.ts';
import type { Json } from '../json.ts';

/** The attributes that one endpoint lets a search compare. Dates are read as epoch milliseconds. */
export interface Searchable<T> {
  read(item: T, property: string): Json;
  isDate(property: string): boolean;
  allows(property: string, operator: Operator): boolean;
}

/** Throws ExpressionError for what Okta would answer with a 400. */
export function compileSearch<T>(text: string, searchable: Searchable<T>): (item: T) => boolean {
  return compile(parseExpression(text), searchable);
}

function compile<T>(expression: Expression, searchable: Searchable<T>): (item: T) => boolean {
  if (expression.kind === 'condition') return compileCondition(expression.condition, searchable);
  const terms = expression.terms.map((term) => compile(term, searchable));
  return expression.kind === 'and'
    ? (item) => terms.every((term) => term(item))
    : (item) => terms.some((term) => term(item));
}

function compileCondition<T>(
  { property, operator, value }: Condition,
  searchable: Searchable<T>,
): (item: T) => boolean {
  if (!searchable.allows(property, operator)) throw new UnsupportedError(`${property} ${operator}`);
  if (operator === 'pr') return (item) => isPresent(searchable.read(item, property));
  const wanted = searchable.isDate(property) ? readDate(value) : value.toLowerCase();
  return (item) => {
    const found = searchable.read(item, property);
    const candidates: readonly Json[] = Array.isArray(found) ? found : [found];
    return candidates.some((each) => matches(each, operator, wanted));
  };
}

function readDate(value: string): number {
  const instant = Date.parse(value);
  if (Number.isNaN(instant)) throw new ExpressionError(`not a date: ${value}`);
  return instant;
}

function isPresent(value: Json): boolean {
  return value !== undefined && value !== null && value !== '';
}

function matches(found: Json, operator: Operator, wanted: string | number): boolean {
  if (typeof wanted === 'number') return typeof found === 'number' && compare(found - wanted, operator);
  if (!isPresent(found) || typeof found === 'object') return false;
  const text = String(found).toLowerCase();
  if (operator === 'sw') return text.startsWith(wanted);
  if (operator === 'co') return text.includes(wanted);
  return compare(order(text, wanted), operator);
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function compare(difference: number, operator: Operator): boolean {
  const isMore = operator === 'gt' || operator === 'ge';
  const isLess = operator === 'lt' || operator === 'le';
  if (difference === 0) return operator === 'eq' || operator === 'ge' || operator === 'le';
  return difference > 0 ? isMore : isLess;
}
