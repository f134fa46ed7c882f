import * as z from 'zod';

/** The kinds of things that the rows' `uid` may name. */
export const SUBJECTS = ['user', 'group', 'app', 'rule', 'device', 'org'] as const;
type QuerySubject = (typeof SUBJECTS)[number];

/** A question as a file: a head of comments, then one SELECT. */
export interface SavedQuery {
  /** The file's name without `.sql`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly subject: QuerySubject;
  /** The lookups that must be known before a row may count as gone, by their names in the view `unknown`. */
  readonly needs: readonly string[];
  /** The assets that `ASSETS` must name. Without them there is no answer. */
  readonly requires: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly says: string }[];
  readonly sql: string;
}

interface QueryFault {
  readonly line: number;
  readonly problem: string;
}

export type ParsedQuery = { readonly query: SavedQuery } | { readonly faults: readonly QueryFault[] };

const KEYS = ['title', 'description', 'subject', 'needs', 'requires', 'param'];
const LINE = new RegExp(`^--\\s*(${KEYS.join('|')}):\\s*(.*?)\\s*$`, 'u');
const PARAMETER = /^([A-Za-z_]\w*)(?:\s+(.*))?$/u;

/** A line of the head; `text` goes on over comment lines without a key. */
interface HeadLine {
  readonly line: number;
  readonly key: string;
  text: string;
}

/** Reads the text of a file. */
export function parseQuery(name: string, sql: string): ParsedQuery {
  const { head, faults } = readHead(sql);
  const textOf = (key: string): string => head.find((each) => each.key === key)?.text ?? '';
  for (const key of ['title', 'description', 'subject'])
    if (textOf(key) === '') faults.push({ line: 1, problem: `its head has no line "-- ${key}: ..."` });
  const subject = z.enum(SUBJECTS).safeParse(textOf('subject'));
  if (!subject.success && textOf('subject') !== '')
    faults.push({ line: 1, problem: `its subject is none of ${SUBJECTS.join(', ')}` });
  const parameters = head
    .filter(({ key }) => key === 'param')
    .map(({ line, text }) => {
      const [, parameter, says = ''] = PARAMETER.exec(text) ?? [];
      if (parameter === undefined) faults.push({ line, problem: 'a parameter begins with its name' });
      return { name: parameter ?? '', says };
    });
  if (!subject.success || faults.length > 0) return { faults };
  return {
    query: {
      name,
      title: textOf('title'),
      description: textOf('description'),
      subject: subject.data,
      needs: listed(textOf('needs')),
      requires: listed(textOf('requires')),
      parameters,
      sql,
    },
  };
}

function readHead(sql: string): { readonly head: readonly HeadLine[]; readonly faults: QueryFault[] } {
  const head: HeadLine[] = [];
  const faults: QueryFault[] = [];
  for (const [at, text] of sql.split(/\r?\n/u).entries()) {
    if (text.trim() === '') continue;
    if (!text.startsWith('--')) break;
    const line = at + 1;
    const [, key, value = ''] = LINE.exec(text) ?? [];
    const before = head.at(-1);
    if (key !== undefined) {
      if (key !== 'param' && head.some((each) => each.key === key))
        faults.push({ line, problem: `${key} is there twice` });
      head.push({ line, key, text: value });
    } else if (before === undefined)
      faults.push({ line, problem: `it begins with none of ${KEYS.join(', ')}` });
    else before.text = `${before.text} ${text.replace(/^--\s*/u, '')}`.trim();
  }
  return { head, faults };
}

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
