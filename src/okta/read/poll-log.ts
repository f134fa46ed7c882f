import { OktaUnavailableError } from '../../ports/errors.ts';
import type { LogCursor, LogPage } from '../../ports/source.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { nextLink } from './links.ts';
import { ListingProgress } from './listing-progress.ts';
import { pathOnOrigin } from './paging.ts';
import { readList } from './schema.ts';
import { LOG_FILTER, marksOf } from './system-log.ts';

const { template: TEMPLATE, page: PAGE } = ENDPOINTS.log;
/** More in one poll than any org's log holds in 90 days of our event types; the next poll goes on from there. */
const MOST_PAGES = 10_000;

function firstPath(since: number): string {
  const query = new URLSearchParams({
    since: new Date(since).toISOString(),
    sortOrder: 'ASCENDING',
    limit: String(PAGE),
    filter: LOG_FILTER,
  });
  return `${TEMPLATE}?${query.toString()}`;
}

/**
 * The polling query (okta-api section 5): by order of persistence, every event, and a `next` on every page, an empty
 * one too: a page that is not full is the end of what there is now. Its `next` is kept as given, and never made by hand.
 */
export async function* pollLog(
  client: OktaClient,
  from: LogCursor,
  ownHosts: ReadonlySet<string>,
): AsyncGenerator<LogPage> {
  const progress = new ListingProgress(TEMPLATE);
  let path = 'next' in from ? from.next : firstPath(from.since);
  for (let page = 0; page < MOST_PAGES; page += 1) {
    progress.ask(path);
    const answer = await client.get(path, TEMPLATE);
    const entries = readList(answer.body);
    if (entries === undefined)
      throw new OktaUnavailableError(`Okta's answer to GET ${TEMPLATE} is not a list`);
    const next = nextPath(answer, client.origin, ownHosts);
    path = next;
    yield { marks: entries.flatMap(marksOf), next: path };
    if (entries.length < PAGE) return;
  }
}

function nextPath({ headers }: OktaAnswer, origin: string, ownHosts: ReadonlySet<string>): string {
  const href = nextLink(headers.link);
  if (href !== undefined) return pathOnOrigin(href, origin, ownHosts);
  // Nothing to go on from, so the log counts as not read; what the listings tell is none the worse for it.
  throw new OktaUnavailableError('the System Log gave no next link, which its polling query always has', {
    hint: 'something between this connector and Okta removes Link headers',
  });
}
