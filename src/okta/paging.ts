import { z } from 'zod';
import { OktaResponseError, OktaUnavailableError } from '../errors.ts';
import type { OktaAnswer, OktaClient } from './client.ts';
import { nextLink } from './links.ts';

/** No honest listing is longer: 100,000 pages of 200 users are 20 million. */
const MOST_PAGES = 100_000;
/** Pages that bring nothing new, in a row; filters may leave some empty. */
const MOST_IDLE_PAGES = 20;

export interface Listing {
  /** Path and query of the first page. */
  readonly path: string;
  readonly template: string;
  /** Where the next page is told: in the `Link` header, or in the body's `_links.next.href`. */
  readonly next: 'link' | 'body';
  /** The smallest `limit` worth trying when Okta times out over a page; absent: the page is not made smaller. */
  readonly smallestLimit?: number;
}

const bodyNext = z.object({ _links: z.object({ next: z.object({ href: z.string() }) }) });

function hrefOf(answer: OktaAnswer, next: Listing['next']): string | undefined {
  if (next === 'link') return nextLink(answer.headers.link);
  const parsed = bodyNext.safeParse(answer.body);
  return parsed.success ? parsed.data._links.next.href : undefined;
}

/**
 * Path and query of a next link. The token goes to the configured origin only: a link to another of the org's own
 * hosts is asked there, any other is an error (okta-api sections 1 and 10).
 */
export function pathOnOrigin(href: string, origin: string, ownHosts: ReadonlySet<string>): string {
  let url: URL;
  try {
    url = new URL(href, origin);
  } catch (cause) {
    throw new OktaResponseError('Okta gave a next link that is no URL', { cause });
  }
  const isOwn = url.protocol === 'https:' && url.port === '' && ownHosts.has(url.hostname);
  if ((url.origin !== origin && !isOwn) || url.username !== '' || url.password !== '') {
    throw new OktaResponseError(
      `Okta gave a next link to another origin (${url.origin}), which was not followed`,
      {
        hint: "if that is this org's own address, set OKTA_BASE_URL to it",
      },
    );
  }
  return `${url.pathname}${url.search}`;
}

/** The same page with half its `limit`; `undefined` when it is as small as is worth trying. */
function smaller(path: string, smallest: number | undefined): string | undefined {
  const url = new URL(path, 'http://localhost');
  const half = Math.floor(Number(url.searchParams.get('limit')) / 2);
  if (smallest === undefined || !(half >= smallest)) return undefined;
  url.searchParams.set('limit', String(half));
  return `${url.pathname}${url.search}`;
}

async function ask(client: OktaClient, path: string, listing: Listing): Promise<OktaAnswer> {
  const reduced = smaller(path, listing.smallestLimit);
  if (reduced === undefined) return client.get(path, listing.template);
  try {
    // A page that can be made smaller is not asked for five times at its full size: Okta timed out over it.
    return await client.get(path, listing.template, { tries: 3 });
  } catch (error) {
    if (!(error instanceof OktaUnavailableError)) throw error;
    return ask(client, reduced, listing);
  }
}

/**
 * Pages of a listing, in order, to its end. Throws `OktaResponseError` on a next link that leaves the org or was
 * followed before, or a listing without end; and whatever `client.get` throws.
 */
export async function* listPages(
  client: OktaClient,
  listing: Listing,
  ownHosts: ReadonlySet<string>,
): AsyncGenerator<OktaAnswer & { readonly isLast: boolean }> {
  const asked = new Set<string>();
  const given = new Set<string>();
  let path: string | undefined = listing.path;
  let idle = 0;
  while (path !== undefined) {
    if (asked.has(path)) throw endless(listing, 'its next link leads back to a page already read');
    if (asked.size >= MOST_PAGES) throw endless(listing, `it has no end after ${MOST_PAGES} pages`);
    asked.add(path);
    const answer: OktaAnswer = await ask(client, path, listing);
    const href = hrefOf(answer, listing.next);
    path = href === undefined ? undefined : pathOnOrigin(href, client.origin, ownHosts);
    const content = contentOf(answer.body);
    idle = given.has(content) ? idle + 1 : 0;
    if (idle >= MOST_IDLE_PAGES)
      throw endless(listing, `${MOST_IDLE_PAGES} pages in a row brought nothing new`);
    given.add(content);
    yield { ...answer, isLast: path === undefined };
  }
}

/** First and last entry tell a page from others, whatever its cursor says. */
function contentOf(body: unknown): string {
  const entries: readonly unknown[] = Array.isArray(body) ? body : [body];
  return JSON.stringify([entries.length, idOf(entries[0]), idOf(entries.at(-1))]);
}

function idOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : null;
}

function endless({ template }: Listing, why: string): OktaResponseError {
  return new OktaResponseError(`the listing ${template} cannot be trusted: ${why}`, {
    hint: 'try again; if it stays, report it to Okta with the request id in the debug log',
  });
}
