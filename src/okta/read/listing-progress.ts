import { hash } from 'node:crypto';
import { z } from 'zod';
import { OktaResponseError } from '../../ports/errors.ts';

/**
 * No honest listing is longer: 100,000 pages of 200 users are 20 million. A listing may have a lower limit of its own.
 */
const MOST_PAGES = 100_000;
/** The longest path with its query. Okta's own links have some hundred characters. */
const LONGEST_PATH = 8192;
/** The most pages in a row that repeat earlier ones, whatever their cursor says. */
const MOST_REPEATED_PAGES = 20;
/**
 * The most empty pages in a row, each under a new cursor: users that a credential may not see are left out of the
 * pages, not refused (okta-api section 7). So many pages hide two million users.
 */
const MOST_EMPTY_PAGES = 10_000;

/** A list is an array, or stands in `value` where the body holds the next link. */
const entries = z.union([z.array(z.unknown()), z.object({ value: z.array(z.unknown()) })]);
/** Events of the log have a `uuid`. */
const identified = z.union([
  z.object({ id: z.string() }),
  z.object({ uuid: z.string() }).transform(({ uuid }) => ({ id: uuid })),
]);

/**
 * Tells a page from others by its length, first and last entry. Stored as a digest, because the sender decides how long
 * they are.
 */
function contentOf(body: unknown): string {
  const parsed = entries.safeParse(body);
  const found = parsed.success ? parsed.data : [];
  const list = Array.isArray(found) ? found : found.value;
  if (list.length === 0) return '';
  return digest(JSON.stringify([list.length, idOf(list[0]), idOf(list.at(-1))]));
}

function digest(text: string): string {
  return hash('sha256', text, 'base64');
}

function idOf(entry: unknown): string | undefined {
  const parsed = identified.safeParse(entry);
  return parsed.success ? parsed.data.id : undefined;
}

export interface ListingLimits {
  /** No honest listing of this kind has more pages; absent: the limit of the longest one, that of users. */
  readonly mostPages?: number | undefined;
  /** Empty pages in a row that are progress all the same; absent: as many as may hide users. */
  readonly mostEmptyPages?: number | undefined;
}

/** Does a listing still get anywhere? Throws `OktaResponseError` when it does not. */
export class ListingProgress {
  readonly #template: string;
  readonly #asked = new Set<string>();
  readonly #given = new Set<string>();
  readonly #mostPages: number;
  readonly #mostEmptyPages: number;
  #repeated = 0;
  #empty = 0;

  constructor(template: string, limits: ListingLimits = {}) {
    const { mostPages = MOST_PAGES, mostEmptyPages = MOST_EMPTY_PAGES } = limits;
    this.#template = template;
    this.#mostPages = mostPages;
    this.#mostEmptyPages = mostEmptyPages;
  }

  /** Call it with each page's path before asking for the page. */
  ask(path: string): void {
    if (path.length > LONGEST_PATH) throw this.#endless(`its next link has ${path.length} characters`);
    const asked = digest(path);
    if (this.#asked.has(asked)) throw this.#endless('its next link leads back to a page already read');
    if (this.#asked.size >= this.#mostPages)
      throw this.#endless(`it has no end after ${this.#mostPages} pages`);
    this.#asked.add(asked);
  }

  /** Call it with each page's body when another page follows. */
  read(body: unknown): void {
    const content = contentOf(body);
    this.#empty = content === '' ? this.#empty + 1 : 0;
    if (this.#empty >= this.#mostEmptyPages) throw this.#endless(`${this.#empty} pages in a row were empty`);
    if (content === '') return;
    this.#repeated = this.#given.has(content) ? this.#repeated + 1 : 0;
    this.#given.add(content);
    if (this.#repeated >= MOST_REPEATED_PAGES)
      throw this.#endless(`${this.#repeated} pages in a row brought nothing new`);
  }

  #endless(why: string): OktaResponseError {
    return new OktaResponseError(`the listing ${this.#template} cannot be trusted: ${why}`, {
      hint: 'try again; if it stays, report it to Okta with the request id in the debug log',
    });
  }
}
