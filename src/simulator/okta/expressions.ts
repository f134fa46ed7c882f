/** Okta's search and filter language: `property operator "value"`, `pr`, `and`, `or`, brackets. */
export type Operator = 'eq' | 'sw' | 'co' | 'pr' | 'gt' | 'ge' | 'lt' | 'le';

export interface Condition {
  readonly property: string;
  readonly operator: Operator;
  readonly value: string;
}

export type Expression =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] };

const OPERATORS: readonly Operator[] = ['eq', 'sw', 'co', 'pr', 'gt', 'ge', 'lt', 'le'];

/** Not an expression of this language: Okta answers 400. */
export class ExpressionError extends Error {}

/** Well formed, but with a property or an operator that may not be used here. */
export class UnsupportedError extends ExpressionError {}

export function parseExpression(text: string): Expression {
  const tokens = tokenise(text);
  const parsed = parseOr(tokens);
  if (tokens.length > 0) throw new ExpressionError(`unexpected ${tokens.join(' ')}`);
  return parsed;
}

function tokenise(text: string): string[] {
  const tokens = text.match(/[()]|"(?:[^"\\]|\\.)*"|[^\s()"]+/g) ?? [];
  const isWhole = tokens.join('').replaceAll(/\s/g, '') === text.replaceAll(/\s/g, '');
  if (!isWhole) throw new ExpressionError('a quote is not closed');
  return tokens;
}

function parseOr(tokens: string[]): Expression {
  return parseChain(tokens, 'or', (rest) => parseChain(rest, 'and', parseTerm));
}

function parseChain(
  tokens: string[],
  word: 'and' | 'or',
  parsePart: (tokens: string[]) => Expression,
): Expression {
  const first = parsePart(tokens);
  const terms = [first];
  while (tokens[0]?.toLowerCase() === word) {
    tokens.shift();
    terms.push(parsePart(tokens));
  }
  return terms.length === 1 ? first : { kind: word, terms };
}

function parseTerm(tokens: string[]): Expression {
  if (tokens[0] !== '(') return { kind: 'condition', condition: parseCondition(tokens) };
  tokens.shift();
  const inner = parseOr(tokens);
  if (tokens.shift() !== ')') throw new ExpressionError('a bracket is not closed');
  return inner;
}

function parseCondition(tokens: string[]): Condition {
  const property = tokens.shift() ?? '';
  const word = tokens.shift()?.toLowerCase();
  const operator = OPERATORS.find((each) => each === word);
  const isProperty = /^[A-Za-z_][\w.-]*$/.test(property);
  if (isProperty && (word === 'ne' || word === 'ew')) throw new UnsupportedError(`${property} ${word}`);
  if (!isProperty || operator === undefined) throw new ExpressionError(`cannot read ${property}`);
  return { property, operator, value: operator === 'pr' ? '' : parseValue(tokens.shift() ?? '') };
}

function parseValue(token: string): string {
  if (/^(true|false|-?\d+(\.\d+)?)$/.test(token)) return token;
  if (!token.startsWith('"')) throw new ExpressionError(`not a value: ${token}`);
  return token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
