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
/** No org's log has more pages of our event types in 90 days. The next poll goes on from there. */
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
 * The polling query (okta-api section 5): every event in the order of persistence, with a `next` link on every page,
 * even an empty one. A page that is not full is the last one for now. The link is stored as it is, never made by hand.
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
    progress.read(answer.body);
  }
}

function nextPath({ headers }: OktaAnswer, origin: string, ownHosts: ReadonlySet<string>): string {
  const href = nextLink(headers.link);
  if (href !== undefined) return pathOnOrigin(href, origin, ownHosts);
  // Without a link to go on from, the log counts as not read. The listings are as good as ever.
  throw new OktaUnavailableError('the System Log gave no next link, which its polling query always has', {
    hint: 'something between this connector and Okta removes Link headers',
  });
}
