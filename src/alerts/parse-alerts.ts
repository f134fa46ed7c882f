import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import {
  ALERT_TARGETS,
  ALERT_WHENS,
  type AlertDefinition,
  type AlertParams,
  type AlertTarget,
} from '../ports/alerts.ts';
import { SEVERITIES } from '../ports/notices.ts';

/** Each rule has a series in the metrics, and its query is asked after every run. */
const MOST_ALERTS = 50;

const MOST_PARAMS = 20;
/** A list may name one twice. */
const MOST_TARGETS = 10;

export interface AlertFault {
  readonly line: number;
  readonly words: string;
}

/** A rule with the lines at which its query and its parameters stand. */
export interface AlertEntry {
  readonly rule: AlertDefinition;
  readonly queryLine: number;
  readonly paramsLine: number;
}

interface ParsedAlerts {
  /** The rules that ask something. Their queries are worth a check even where there are faults. */
  readonly entries: readonly AlertEntry[];
  readonly faults: readonly AlertFault[];
}

/** Reads the text of `ALERTS_FILE`, YAML or JSON: its rules, and all mistakes of its form. */
export function parseAlerts(text: string): ParsedAlerts {
  const lines = new LineCounter();
  const document = parsedOrNothing(text, lines);
  if (document === undefined || document.errors.length > 0) {
    const at = (document?.errors ?? []).map(({ pos, code }) => ({
      line: lines.linePos(pos[0]).line,
      words: code === 'DUPLICATE_KEY' ? 'gives a key twice' : 'is neither YAML nor JSON',
    }));
    return { entries: [], faults: at.length > 0 ? at : [{ line: 1, words: 'is neither YAML nor JSON' }] };
  }
  const reader = new AlertsReader(document, lines);
  const entries = reader.readAll();
  return { entries, faults: reader.faults.toSorted((left, right) => left.line - right.line) };
}

/** The parser's own stack may end in text that nests without end. */
function parsedOrNothing(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { prettyErrors: false, lineCounter });
  } catch {
    return undefined;
  }
}

const KEYS = ['id', 'query', 'sql', 'params', 'severity', 'when', 'to', 'baseline'] as const;
type Key = (typeof KEYS)[number];

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

/**
 * Reads only the nodes at the places where the format has them, and no deeper: an anchor that holds itself leads
 * nowhere.
 */
class AlertsReader {
  readonly faults: AlertFault[] = [];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #ids = new Map<string, number>();

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  readAll(): readonly AlertEntry[] {
    const top = this.#document.contents;
    const form = 'must be alerts: and a list of rules, each with id, query or sql, and severity';
    if (!isMap(top)) return this.#wrong(top, form);
    for (const { key } of top.items) {
      if (this.#textOf(key) !== 'alerts') this.#unknownKey(key, ['alerts']);
    }
    const list = this.#resolve(top.get('alerts', true));
    if (!isSeq(list)) return this.#wrong(list ?? top, form);
    if (list.items.length > MOST_ALERTS) {
      return this.#wrong(list, `has ${list.items.length} rules; at most ${MOST_ALERTS} are allowed`);
    }
    return list.items.flatMap((item) => {
      const node = this.#resolve(item);
      return isMap(node) ? this.#readRule(node) : this.#wrong(item, form);
    });
  }

  #readRule(map: YAMLMap): readonly AlertEntry[] {
    const keyed = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const name = this.#textOf(key);
      if (name === undefined || !isKey(name)) this.#unknownKey(key, KEYS);
      else keyed.set(name, this.#resolve(value));
    }
    const node = (key: Key): unknown => keyed.get(key);
    const id = this.#readId(map, node('id'));
    const ask = this.#readAsk(map, node('query'), node('sql'));
    const rest = {
      params: this.#readParams(node('params')),
      severity: this.#oneOf('severity', node('severity'), SEVERITIES, 'medium'),
      when: this.#oneOf('when', node('when'), ALERT_WHENS, 'appears'),
      to: this.#readTargets(node('to')),
      baseline: this.#oneOf('baseline', node('baseline'), ['summary', 'silent'] as const, 'summary'),
    };
    if (ask === undefined) return [];
    const lineOf = (key: Key, otherwise: unknown): number => this.#lineOf(node(key) ?? otherwise);
    const queryLine = lineOf('query' in ask ? 'query' : 'sql', map);
    return [
      { rule: { id: id ?? '', ask, ...rest }, queryLine, paramsLine: lineOf('params', node('query') ?? map) },
    ];
  }

  #readId(map: YAMLMap, node: unknown): string | undefined {
    if (node === undefined) return this.#refuse(map, 'has no id');
    const id = this.#textOf(node) ?? '';
    if (!ID.test(id)) {
      return this.#refuse(node, 'id must be at most 64 letters, digits, dots, hyphens and underscores');
    }
    const twin = this.#ids.get(id);
    if (twin !== undefined) return this.#refuse(node, `id ${id} is given twice, first in line ${twin}`);
    this.#ids.set(id, this.#lineOf(node));
    return id;
  }

  #readAsk(map: YAMLMap, query: unknown, sql: unknown): AlertDefinition['ask'] | undefined {
    if (query !== undefined && sql !== undefined) {
      return this.#refuse(sql, 'has both query and sql: keep one of the two');
    }
    const given = query ?? sql;
    if (given === undefined) return this.#refuse(map, 'has neither query, the name of a saved one, nor sql');
    const text = this.#textOf(given)?.trim() ?? '';
    const name = query === undefined ? 'sql' : 'query';
    if (text === '') return this.#refuse(given, `${name} must be a text`);
    return query === undefined ? { sql: text } : { query: text };
  }

  #readParams(node: unknown): AlertParams {
    if (node === undefined) return {};
    if (!isMap(node) || node.items.length > MOST_PARAMS) {
      this.#refuse(node, `params must be a list of at most ${MOST_PARAMS} names and values`);
      return {};
    }
    const entries = node.items.map(({ key, value }): readonly [string, string | number] => {
      const name = this.#textOf(key) ?? '';
      const held = this.#resolve(value);
      const given: unknown = isScalar(held) ? held.value : undefined;
      if (name !== '' && (typeof given === 'string' || typeof given === 'number')) return [name, given];
      this.#refuse(key, `the value of params ${name} must be a text or a number`);
      return [name, ''];
    });
    return Object.fromEntries(entries);
  }

  #readTargets(node: unknown): readonly AlertTarget[] {
    if (node === undefined) return [];
    const items = isSeq(node) ? node.items.slice(0, MOST_TARGETS) : [node];
    const found = items.map((item) => {
      const name = this.#textOf(this.#resolve(item));
      const target = ALERT_TARGETS.find((each) => each === name);
      if (target === undefined) this.#refuse(item, `to must be some of ${ALERT_TARGETS.join(', ')}`);
      return target;
    });
    return ALERT_TARGETS.filter((target) => found.includes(target));
  }

  #oneOf<T extends string>(key: Key, node: unknown, values: readonly T[], otherwise: T): T {
    if (node === undefined) return otherwise;
    const name = this.#textOf(node);
    const found = values.find((value) => value === name);
    if (found === undefined) this.#refuse(node, `${key} must be one of ${values.join(', ')}`);
    return found ?? otherwise;
  }

  #unknownKey(key: unknown, known: readonly string[]): void {
    const name = this.#textOf(key)?.slice(0, 64) ?? '';
    this.#refuse(key, `unknown key ${name}; known are ${known.join(', ')}`);
  }

  /** An alias stands for the node of its anchor. */
  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #textOf(node: unknown): string | undefined {
    if (!isScalar(node)) return undefined;
    return typeof node.value === 'string' ? node.value : node.source;
  }

  #lineOf(node: unknown): number {
    return this.#lines.linePos(isRanged(node) ? (node.range?.[0] ?? 0) : 0).line;
  }

  #wrong(node: unknown, words: string): readonly [] {
    this.#refuse(node, words);
    return [];
  }

  #refuse(node: unknown, words: string): undefined {
    this.faults.push({ line: this.#lineOf(node), words });
  }
}

function isKey(name: string): name is Key {
  return KEYS.some((key) => key === name);
}

function isRanged(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}
