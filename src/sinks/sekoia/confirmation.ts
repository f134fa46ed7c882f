import { plainExcerpt, withoutSecret } from './excerpt.ts';

/** Of a status word or a page's title, and of an error's code and message together. */
const EXCERPT_LENGTH = 160;
/** An answer's own envelope, its list of results and what a result says: deeper is what we sent, repeated. */
const DEEPEST = 4;

const BAD_WORD = /^(?:error|fail|reject|refus|denied|invalid|partial|unauthori[sz]ed|forbidden|unavailable)/i;
/** Names as they are compared: without case and separators. */
const ERROR = new Set(['error', 'errors', 'errormessage', 'exception', 'fault', 'faults']);
const LOST =
  /^(?:failed|failures?|rejected|refused|dropped|invalid|skipped|(?:failed|rejected|errors?)count|haserrors)$/;
const TAKEN = new Set(['accepted', 'acceptedcount', 'ingested', 'succeeded', 'acknowledged']);
const VERDICT = new Set(['status', 'statuscode', 'code', 'result', 'outcome', 'state', 'success', 'ok']);

export interface Confirmation {
  /** The body as text, at most as much as was read of it. */
  readonly text: string;
  /** Was all of the body read? */
  readonly isWhole: boolean;
  /** How many events were sent. */
  readonly sent: number;
  readonly secret: string;
}

/**
 * What the body of a 2xx says instead of a confirmation, in a few words; `undefined` where it confirms: it is empty, or
 * JSON that tells of no error (intake.md).
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

/** Only a title is quoted of a page: the rest of it may be anything. */
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

/** The first error that a value tells of. */
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

/** Only objects within an answer are looked into: a word or `false` there means what its name says. */
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

/** `{code, message}` is the intake's own way to say that something is wrong. */
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

/** Nothing went wrong: no list, an empty one, a count of 0, `"0"`, `null`, `false`. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '' || Number(value) === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === 0;
}

/** What a field says, as far as that is a word or a number, or an object with a message. */
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
