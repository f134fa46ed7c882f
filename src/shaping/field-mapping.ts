import jsonata from 'jsonata';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { z } from 'zod';
import { findPath } from './event-paths.ts';
import { typeOf, unsteadyCall, type ValueType } from './expression-type.ts';

/** One value to take from the user as Okta has it, into the event. */
export interface MappingRule {
  /** A JSONata expression. */
  readonly from: string;
  /** A path of the event. */
  readonly to: string;
}

interface MappingFault {
  readonly line: number;
  readonly words: string;
}

export interface ParsedMapping {
  readonly rules: readonly MappingRule[];
  readonly faults: readonly MappingFault[];
}

interface Target {
  /** The schema of the dialect's events. */
  readonly schema: unknown;
  readonly isOfficial: boolean;
}

const MOST_RULES = 100;

/** Reads a mapping file, YAML or JSON, against the dialect's schema: its rules, and all its faults. */
export function parseMapping(text: string, target: Target): ParsedMapping {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const lineOf = (node: unknown): number => {
    const offset = isRanged(node) ? (node.range?.[0] ?? 0) : 0;
    return lines.linePos(offset).line;
  };
  if (parsed.errors.length > 0) {
    const faults = parsed.errors.map(({ pos }) => ({
      line: lines.linePos(pos[0]).line,
      words: 'is neither YAML nor JSON',
    }));
    return { rules: [], faults };
  }
  const { contents } = parsed;
  if (!isSeq(contents) || contents.items.length > MOST_RULES) {
    return {
      rules: [],
      faults: [{ line: 1, words: `is no list of at most ${MOST_RULES} entries {from, to}` }],
    };
  }
  const read = contents.items.map((item) => ({ line: lineOf(item), entry: readEntry(item, lineOf) }));
  const entries = read.flatMap(({ entry }) => ('rule' in entry ? [entry] : []));
  const faults = [
    ...read.flatMap(({ line, entry }) => ('problem' in entry ? [{ line, words: entry.problem }] : [])),
    ...entries.flatMap((entry) => checkEntry(entry, target)),
    ...findTwins(entries),
  ];
  return {
    rules: entries.map(({ rule }) => rule),
    faults: faults.toSorted((left, right) => left.line - right.line),
  };
}

interface MappingEntry {
  readonly rule: MappingRule;
  readonly fromLine: number;
  readonly toLine: number;
}

function isRanged(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}

function readEntry(
  item: unknown,
  lineOf: (node: unknown) => number,
): MappingEntry | { readonly problem: string } {
  const problem = 'must have from, an expression, and to, a path, and nothing else';
  if (!isMap(item)) return { problem };
  const nodes = new Map(item.items.map(({ key, value }) => [isScalar(key) ? key.value : undefined, value]));
  const [from, to] = [nodes.get('from'), nodes.get('to')];
  const isWhole = nodes.size === 2 && isScalar(from) && isScalar(to);
  if (!isWhole || typeof to.value !== 'string') return { problem };
  // A number or a truth value is an expression too.
  const text = typeof from.value === 'string' ? from.value : String(from.value);
  return { rule: { from: text, to: to.value }, fromLine: lineOf(from), toLine: lineOf(to) };
}

const syntaxError = z.object({ message: z.string(), position: z.number().optional() });

function checkEntry(
  { rule, fromLine, toLine }: MappingEntry,
  { schema, isOfficial }: Target,
): readonly MappingFault[] {
  const path = findPath(schema, rule.to, isOfficial);
  const faults = path.kind === 'wrong' ? [{ line: toLine, words: path.problem }] : [];
  const type = checkExpression(rule.from);
  if ('problem' in type) return [...faults, { line: fromLine, words: type.problem }];
  if (path.kind === 'known' && type.type !== undefined && !admits(path.schema, type.type)) {
    const words = `the expression gives a ${type.type}, which ${rule.to} cannot hold`;
    return [...faults, { line: fromLine, words }];
  }
  return faults;
}

function checkExpression(
  from: string,
): { readonly type: ValueType | undefined } | { readonly problem: string } {
  try {
    const ast = jsonata(from).ast();
    const unsteady = unsteadyCall(ast);
    if (unsteady !== undefined)
      return { problem: `$${unsteady} is not allowed: it gives another answer each time` };
    return { type: typeOf(ast) };
  } catch (thrown) {
    const { message, position } = syntaxError.parse(thrown);
    return {
      problem: `is no JSONata expression: ${message}${position === undefined ? '' : ` at character ${position}`}`,
    };
  }
}

const typed = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  anyOf: z.array(z.unknown()).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
});

/** May the schema hold a value of this type? */
function admits(schema: unknown, type: ValueType): boolean {
  const parsed = typed.safeParse(schema);
  if (!parsed.success) return true;
  const { type: named, anyOf, enum: values, const: only } = parsed.data;
  if (anyOf !== undefined) return anyOf.some((each) => admits(each, type));
  if (values !== undefined) return values.some((value) => typeof value === type);
  if (only !== undefined) return typeof only === type;
  const names = named === undefined ? [] : [named].flat();
  return names.length === 0 || names.includes(type) || (type === 'number' && names.includes('integer'));
}

function findTwins(entries: readonly MappingEntry[]): readonly MappingFault[] {
  return entries.flatMap(({ rule: { to }, toLine }, at) => {
    const isTwin = entries.slice(0, at).some(({ rule }) => {
      return rule.to === to || rule.to.startsWith(`${to}.`) || to.startsWith(`${rule.to}.`);
    });
    return isTwin ? [{ line: toLine, words: `${to} is mapped already` }] : [];
  });
}
