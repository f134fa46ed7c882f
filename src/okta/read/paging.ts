import { z } from 'zod';
import { OktaResponseError, OktaUnavailableError } from '../../ports/errors.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { nextLink } from './links.ts';
import { ListingProgress, type ListingLimits } from './listing-progress.ts';
import { PageSize } from './page-size.ts';
import type { SizedListing } from './page-size.ts';
import { readList } from './schema.ts';

export interface Listing extends SizedListing, ListingLimits {
  /** The place of the next link: the `Link` header, or `_links.next.href` in the body. */
  readonly next: 'link' | 'body';
}

const bodyNext = z.object({ _links: z.object({ next: z.object({ href: z.string() }) }) });

function hrefOf(answer: OktaAnswer, next: Listing['next']): string | undefined {
  if (next === 'link') return nextLink(answer.headers.link);
  const parsed = bodyNext.safeParse(answer.body);
  return parsed.success ? parsed.data._links.next.href : undefined;
}

/**
 * Path and query of a next link. The token goes only to the configured origin: a link to another host of the same org
 * is asked at that origin, and a link to any other host is an error (okta-api sections 1 and 10).
 */
export function pathOnOrigin(href: string, origin: string, ownHosts: ReadonlySet<string>): string {
  let url: URL;
  try {
    url = new URL(href, origin);
  } catch (cause) {
    throw new OktaResponseError('Okta gave a next link that is no URL', { cause });
  }
  const { protocol, host } = new URL(origin);
  // Do not compare by `origin`: a `blob:` URL has that of the URL inside it.
  const isThere = url.protocol === protocol && url.host === host;
  const isOwn = url.protocol === 'https:' && url.port === '' && ownHosts.has(url.hostname);
  if (!(isThere || isOwn) || url.username !== '' || url.password !== '') {
    throw new OktaResponseError(
      `Okta gave a next link to another origin (${url.origin}), which was not followed`,
      {
        hint: "if that is this org's own address, set OKTA_BASE_URL to it",
      },
    );
  }
  return `${url.pathname}${url.search}`;
}

/**
 * The pages of a listing, in order, to its end. Throws `OktaResponseError` on a next link that leaves the org or was
 * followed before, after the page that carried it, and on a listing without end. Throws whatever `client.get` throws.
 */
export async function* listPages(
  client: OktaClient,
  listing: Listing,
  ownHosts: ReadonlySet<string>,
): AsyncGenerator<OktaAnswer> {
  const size = new PageSize(client, listing);
  const progress = new ListingProgress(listing.template, listing);
  let path: string | undefined = listing.path;
  while (path !== undefined) {
    progress.ask(path);
    const answer: OktaAnswer = await size.ask(path);
    // Yield the page first: a next link that cannot be trusted takes nothing away from the entries before it.
    yield answer;
    const href = hrefOf(answer, listing.next);
    path = href === undefined ? undefined : pathOnOrigin(href, client.origin, ownHosts);
    if (path !== undefined) progress.read(answer.body);
  }
}

export function wholeOf<T>(items: readonly T[] | undefined, template: string): readonly T[] {
  if (items !== undefined) return items;
  throw new OktaUnavailableError(`Okta's answer to GET ${template} is not the list it should be`);
}

export function entriesOf(page: OktaAnswer, { template }: Listing): readonly unknown[] {
  return wholeOf(readList(page.body), template);
}
