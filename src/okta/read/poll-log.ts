import { createHash } from 'node:crypto';
import { OktaRefusedQuestionError, OktaUnavailableError } from '../../ports/errors.ts';
import type { LogCursor, LogPage } from '../../ports/source.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { nextLink } from './links.ts';
import { ListingProgress } from './listing-progress.ts';
import { pathOnOrigin } from './paging.ts';
import { readList } from './schema.ts';
import { LOG_FILTER, readEntries } from './system-log.ts';

const { template: TEMPLATE, page: PAGE } = ENDPOINTS.log;
/** No org's log has more pages of our event types in 90 days. The next poll goes on from there. */
const MOST_PAGES = 10_000;

/** As short as a stored cursor needs it. */
export const LOG_FILTER_NAME = createHash('sha256').update(LOG_FILTER).digest('hex').slice(0, 12);

function firstPath(since: number, filter: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({
    since: new Date(since).toISOString(),
    sortOrder: 'ASCENDING',
    limit: String(PAGE),
    ...filter,
  });
  return `${TEMPLATE}?${query.toString()}`;
}

/**
 * Opens the log with the filter, or without one where Okta does not take that: how long a filter may be is written
 * nowhere. Events of other types leave no marks, so that only pages are lost.
 */
async function open(
  client: OktaClient,
  since: number,
): Promise<{ readonly answer: OktaAnswer; readonly isFiltered: boolean }> {
  try {
    const path = firstPath(since, { filter: LOG_FILTER });
    return { answer: await client.get(path, TEMPLATE), isFiltered: true };
  } catch (error) {
    if (!(error instanceof OktaRefusedQuestionError)) throw error;
    return { answer: await client.get(firstPath(since, {}), TEMPLATE), isFiltered: false };
  }
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
  const askNext = (path: string): Promise<OktaAnswer> => {
    progress.ask(path);
    return client.get(path, TEMPLATE);
  };
  const opened =
    'next' in from ? { answer: await askNext(from.next), isFiltered: true } : await open(client, from.since);
  let { answer } = opened;
  for (let page = 1; ; page += 1) {
    const entries = readList(answer.body);
    if (entries === undefined)
      throw new OktaUnavailableError(`Okta's answer to GET ${TEMPLATE} is not a list`);
    const next = nextPath(answer, client.origin, ownHosts);
    yield { ...readEntries(entries), next, isFiltered: opened.isFiltered };
    if (entries.length < PAGE || page >= MOST_PAGES) return;
    progress.read(answer.body);
    answer = await askNext(next);
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
