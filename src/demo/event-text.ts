import { plainText } from '../process/log.ts';

/** `path` names a value from the top, as `user.groups.1.privileges`; items of a list are named by their position. */
export interface MarkedEvent {
  readonly event: unknown;
  /** The values whose first lines carry a mark. */
  readonly marked: ReadonlySet<string>;
}

interface Line {
  readonly text: string;
  readonly path: string;
}

const WIDTH = 92;
const MARK = '>';

/** Writes JSON with everything on one line that fits there, and a mark before the lines that matter. */
export function eventLines({ event, marked }: MarkedEvent): string[] {
  return linesOf(event, { path: '', indent: 4, label: '', comma: '' }).map(({ text, path }) => {
    const isMarked = marked.has(path);
    return plainText(isMarked ? ` ${MARK}${text.slice(2)}` : text);
  });
}

interface LinePlace {
  readonly path: string;
  readonly indent: number;
  /** The key, in front of the value. */
  readonly label: string;
  readonly comma: string;
}

function linesOf(value: unknown, { path, indent, label, comma }: LinePlace): Line[] {
  const space = ' '.repeat(indent);
  const short = `${space}${label}${compact(value)}${comma}`;
  const entries = entriesOf(value);
  if (entries.length === 0 || (short.length <= WIDTH && path !== '')) return [{ text: short, path }];
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const inner = entries.flatMap(([key, each], position) =>
    linesOf(each, {
      path: path === '' ? key : `${path}.${key}`,
      indent: indent + 2,
      label: Array.isArray(value) ? '' : `${JSON.stringify(key)}: `,
      comma: position === entries.length - 1 ? '' : ',',
    }),
  );
  return [
    { text: `${space}${label}${open}`, path },
    ...inner,
    { text: `${space}${close}${comma}`, path: `${path}.` },
  ];
}

function compact(value: unknown): string {
  const entries = entriesOf(value);
  if (entries.length === 0) return JSON.stringify(value);
  const inner = entries.map(([key, each]) =>
    Array.isArray(value) ? compact(each) : `${JSON.stringify(key)}: ${compact(each)}`,
  );
  return Array.isArray(value) ? `[${inner.join(', ')}]` : `{ ${inner.join(', ')} }`;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
