import { plainExcerpt, withoutSecret } from './excerpt.ts';

/** The longest quotation of a status word, of a page's title, or of an error's code and message together. */
const EXCERPT_LENGTH = 160;
/**
 * How deep an answer is searched: its envelope, its list of results and each result. Anything deeper is a copy of what
 * we sent.
 */
const DEEPEST = 4;

const BAD_WORD = /^(?:error|fail|reject|refus|denied|invalid|partial|unauthori[sz]ed|forbidden|unavailable)/i;
/** Names in the form in which they are compared: without case and separators. */
const ERROR = new Set(['error', 'errors', 'errormessage', 'exception', 'fault', 'faults']);
const LOST =
  /^(?:failed|failures?|rejected|refused|dropped|invalid|skipped|(?:failed|rejected|errors?)count|haserrors)$/;
const TAKEN = new Set(['accepted', 'acceptedcount', 'ingested', 'succeeded', 'acknowledged']);
const VERDICT = new Set(['status', 'statuscode', 'code', 'result', 'outcome', 'state', 'success', 'ok']);

export interface Confirmation {
  /** The body as text, as far as it was read. */
  readonly text: string;
  /** Was all of the body read? */
  readonly isWhole: boolean;
  /** The number of events sent. */
  readonly sent: number;
  readonly secret: string;
}

/**
 * The reason, in a few words, why the body of a 2xx is no confirmation; `undefined` where it is one: an empty body, or
 * JSON without an error (intake.md).
 */
export function doubtOf({ text, isWhole, sent, secret }: Confirmation): string | undefined {
  const body = text.trim(); // a byte order mark counts as white space
  if (!isWhole) return 'an answer too long to be read whole';
  if (body === '') return undefined;
  const parsed = parseJson(body);
  const doubt = parsed === undefined ? kindOf(body) : errorIn(parsed.value, sent, 0);
  return doubt === undefined ? undefined : plainExcerpt(withoutSecret(doubt, secret), EXCERPT_LENGTH);
}

function parseJson(body: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return { value };
  } catch {
    return undefined; // a page, plain text, half of an object: each confirms nothing
  }
}

/** Only the title of a page is quoted, since the rest may be anything. */
function kindOf(body: string): string {
  const head = body.slice(0, 10_000);
  if (/<(?:!doctype html|html|head|body|title|h1)\b/i.test(head)) {
    const title = /<title[^<>]*>([^<]+)/i.exec(head)?.[1]?.trim();
    return title === undefined ? 'an HTML page' : `an HTML page with the title "${title}"`;
  }
  if (head.startsWith('<')) return 'XML instead of JSON';
  if (/^[[{]/.test(head)) return 'JSON that is broken or cut off';
  return `a text that is not JSON: "${plainExcerpt(head, 40)}"`;
}

/** The first error that a value reports. */
function errorIn(value: unknown, sent: number | undefined, depth: number): string | undefined {
  if (value === false) return 'the JSON value false';
  if (typeof value === 'string' && depth === 0)
    return isBadWord(value) ? `a JSON error: ${value}` : undefined;
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) return undefined;
  if (Array.isArray(value)) return firstOf(value, (each) => errorIn(objectOnly(each), undefined, depth + 1));
  const entries = Object.entries(value);
  const fields = new Map(entries.map(([name, field]): [string, unknown] => [plainName(name), field]));
  const own = errorBody(fields) ?? firstOf(entries, ([name, field]) => errorField(name, field, sent));
  return own ?? firstOf(entries, ([, field]) => errorIn(objectOnly(field), sent, depth + 1));
}

/** Only objects are searched: a plain word, or `false`, means what its field's name says. */
function objectOnly(value: unknown): unknown {
  return typeof value === 'object' ? value : undefined;
}

function firstOf<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** With `{code, message}` the intake itself reports an error. */
function errorBody(fields: ReadonlyMap<string, unknown>): string | undefined {
  const code = scalarOf(fields.get('code'));
  const message = scalarOf(fields.get('message'));
  return code === undefined || message === undefined ? undefined : `a JSON error: ${code}: ${message}`;
}

function errorField(name: string, value: unknown, sent: number | undefined): string | undefined {
  const plain = plainName(name);
  if (ERROR.has(plain) || LOST.test(plain)) {
    return isNothing(value) ? undefined : `a JSON error: ${name}${said(value)}`;
  }
  if (TAKEN.has(plain)) return shortfall(name, value, sent);
  return VERDICT.has(plain) && isBad(value) ? `a JSON error: ${name}${said(value)}` : undefined;
}

function shortfall(name: string, value: unknown, sent = 0): string | undefined {
  if (value === false) return `a JSON error: ${name} false`;
  const count = Array.isArray(value) ? value.length : Number(value ?? Number.NaN);
  const isShort = typeof value !== 'boolean' && count < sent;
  return isShort ? `${name} ${count} of ${sent} ${sent === 1 ? 'event' : 'events'}` : undefined;
}

function isBad(value: unknown): boolean {
  if (typeof value === 'string') return isBadWord(value) || isBadStatus(Number(value));
  return value === false || (typeof value === 'number' && isBadStatus(value));
}

function isBadWord(text: string): boolean {
  return BAD_WORD.test(text.trim());
}

function isBadStatus(status: number): boolean {
  return status >= 300 && status <= 599;
}

/** Does the value mean that nothing went wrong? No list, an empty one, a count of 0, `"0"`, `null` and `false` do. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '' || Number(value) === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === 0;
}

/** The content of a field in words, where it is a word, a number, or an object with a message. */
function said(value: unknown): string {
  if (Array.isArray(value)) return ` (${value.length})${said(value[0])}`;
  if (typeof value !== 'object' || value === null) return value === true ? '' : ` ${String(value)}`;
  const fields = new Map(Object.entries(value).map(([name, field]): [string, unknown] => [name, field]));
  const words = ['code', 'type', 'message', 'reason'].map((name) => scalarOf(fields.get(name)));
  const told = words.filter((word) => word !== undefined).join(': ');
  return told === '' ? '' : ` ${told}`;
}

function scalarOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}
