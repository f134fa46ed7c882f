import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { ConfigError, type SettingFault } from '../ports/errors.ts';
import { joinNames } from '../shaping/selection.ts';
import { nearestName } from './nearest.ts';
import type { Texts } from './given.ts';
import { SETTING_ROWS } from './table.ts';
import { readTextFile } from './text-file.ts';

const CONFIG = '--config';
const EXAMPLE = 'write one NAME: value a line, for example OKTA_BASE_URL: https://acme.okta.com';

/**
 * Reads YAML, and JSON, which is YAML too. A file that is neither throws `ConfigError`, since nothing is known about
 * its settings then.
 */
export function readConfigFile(path: string): { texts: Texts; faults: SettingFault[] } {
  const content = parseFile(path);
  const entries = isMap(content) ? content.items : [];
  const texts: Record<string, string | undefined> = {};
  const faults: SettingFault[] = [];
  for (const { key, value } of entries) {
    const name = textOf(key) ?? '';
    const text = textOf(value);
    if (!KNOWN_NAMES.includes(name)) faults.push(unknownName(name));
    else if (text === undefined) faults.push(notText(name));
    texts[name] = text;
  }
  return { texts, faults };
}

const KNOWN_NAMES: readonly string[] = SETTING_ROWS.flatMap(({ name, isSecret }) =>
  isSecret === true ? [name, `${name}_FILE`] : [name],
);

function parseFile(path: string): Document['contents'] {
  const { contents, errors } = readDocument(path);
  const [error] = errors;
  // The parser's own message quotes the file, which may contain secrets.
  if (error !== undefined) refuse(`${error.problem} near line ${error.line}: ${path}`);
  if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
    refuse(`holds no list of names and values: ${path}`);
  }
  return contents;
}

interface Flaw {
  readonly line: number;
  readonly problem: string;
}

function readDocument(path: string): { contents: Document['contents']; errors: Flaw[] } {
  const lines = new LineCounter();
  const parsed = parseDocument(readText(path), { prettyErrors: false, lineCounter: lines });
  const errors = parsed.errors.map(({ pos, code }) => ({
    line: lines.linePos(pos[0]).line,
    problem: code === 'DUPLICATE_KEY' ? 'gives a name twice' : 'is neither YAML nor JSON',
  }));
  return { contents: parsed.contents, errors };
}

function readText(path: string): string {
  const read = readTextFile(path);
  if (read.kind === 'right') return read.value;
  return refuse(`cannot read ${path}: ${read.problem}`, 'give the path of a file that this user may read');
}

function refuse(problem: string, hint = EXAMPLE): never {
  throw new ConfigError([{ name: CONFIG, problem, hint }]);
}

/**
 * The text as it was written: a number keeps its digits, a list becomes comma-separated (see `readNames`), null is
 * empty.
 */
function textOf(node: unknown): string | undefined {
  if (node === null) return '';
  if (isSeq(node)) {
    const texts = node.items.map(textOf);
    return texts.every((text) => text !== undefined) ? joinNames(texts) : undefined;
  }
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? '' : node.source;
}

function notText(name: string): SettingFault {
  return {
    name,
    problem: 'must be a text, a number, true or false, or a list of texts',
    hint: `in ${CONFIG}, for example ${name}: ${exampleOf(name)}`,
  };
}

function exampleOf(name: string): string {
  const row = SETTING_ROWS.find((each) => each.name === name);
  return row?.example ?? `/run/secrets/${name.replace(/_FILE$/, '').toLowerCase()}`;
}

/** Node reads this variable when it starts, before any file of settings. */
const OF_NODE = 'NODE_EXTRA_CA_CERTS';

function unknownName(name: string): SettingFault {
  if (name === OF_NODE) {
    return {
      name,
      problem: `cannot be set in ${CONFIG}`,
      hint: 'set it in the environment: Node reads it as it starts',
    };
  }
  const nearest = nearestName(name, KNOWN_NAMES);
  const hint = nearest === undefined ? 'leave it out' : `did you mean ${nearest}?`;
  return { name: name === '' ? CONFIG : name, problem: `is not a setting (in ${CONFIG})`, hint };
}
