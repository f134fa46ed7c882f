import { createHash } from 'node:crypto';
import { OktaRefusedQuestionError, OktaUnavailableError } from '../../ports/errors.ts';
import type { Asset } from '../../ports/assets.ts';
import type { LogCursor, LogPage } from '../../ports/source.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { nextLink } from './links.ts';
import { ListingProgress } from './listing-progress.ts';
import { pathOnOrigin } from './paging.ts';
import { readList } from './schema.ts';
import { filterWith, LOG_FILTER, readEntries } from './system-log.ts';

const { template: TEMPLATE, page: PAGE } = ENDPOINTS.log;
/** No org's log has more pages of our event types in 90 days. The next poll goes on from there. */
const MOST_PAGES = 10_000;

/** A filter of the log, by the name under which a cursor is stored with it. */
export interface LogFilter {
  readonly name: string;
  readonly text: string;
  /** Does it let the events of the wanted assets through? */
  readonly tellsAssets: boolean;
}

/** The filters to try, the best first: without the events of assets where Okta does not take the longer one. */
export function logFilters(assets: ReadonlySet<Asset>): readonly [LogFilter, ...LogFilter[]] {
  const wide = filterWith(assets);
  const text = wide ?? LOG_FILTER;
  // As short as a stored cursor needs it.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const best = { name, text, tellsAssets: wide !== undefined };
  return wide === undefined
    ? [best]
    : [best, { name: `${name} refused`, text: LOG_FILTER, tellsAssets: false }];
}

interface Opened {
  readonly answer: OktaAnswer;
  readonly isFiltered: boolean;
}

export interface FilteredLog {
  readonly client: OktaClient;
  readonly ownHosts: ReadonlySet<string>;
  readonly assets: ReadonlySet<Asset>;
  readonly filters: readonly [LogFilter, ...LogFilter[]];
  /** Called with the filter whose events the log gives, when it was opened; without any it gives those of the best. */
  readonly onOpened: (filter: LogFilter) => void;
  /** Called before another page is asked for; absent: nothing happens then. */
  readonly freeMemory?: (() => void) | undefined;
}

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
 * Opens the log with the first filter that Okta takes, or without one: how long a filter may be is written nowhere.
 * Events of other types leave no marks, so that only pages are lost.
 */
async function open({ client, filters, onOpened }: FilteredLog, since: number): Promise<Opened> {
  for (const filter of filters) {
    const answer = await orRefused(client.get(firstPath(since, { filter: filter.text }), TEMPLATE));
    if (answer === undefined) continue;
    onOpened(filter);
    return { answer, isFiltered: true };
  }
  const answer = await client.get(firstPath(since, {}), TEMPLATE);
  onOpened(filters[0]);
  return { answer, isFiltered: false };
}

async function orRefused(asked: Promise<OktaAnswer>): Promise<OktaAnswer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof OktaRefusedQuestionError) return undefined;
    throw error;
  }
}

/**
 * The polling query (okta-api section 5): every event in the order of persistence, with a `next` link on every page,
 * even an empty one. A page that is not full is the last one for now. The link is stored as it is, never made by hand.
 */
export async function* pollLog(parts: FilteredLog, from: LogCursor): AsyncGenerator<LogPage> {
  const { client, ownHosts, assets, freeMemory } = parts;
  const progress = new ListingProgress(TEMPLATE);
  const askNext = (path: string): Promise<OktaAnswer> => {
    progress.ask(path);
    return client.get(path, TEMPLATE);
  };
  // Gives the marks alone, so that nothing holds the page itself, which takes some 10 MB, while the next one is asked for.
  const read = async (
    asked: Promise<Opened>,
  ): Promise<{ readonly page: LogPage; readonly isFull: boolean }> => {
    const { answer, isFiltered } = await asked;
    const entries = readList(answer.body);
    if (entries === undefined)
      throw new OktaUnavailableError(`Okta's answer to GET ${TEMPLATE} is not a list`);
    const next = nextPath(answer, client.origin, ownHosts);
    const isFull = entries.length >= PAGE;
    if (isFull) progress.read(answer.body);
    return { page: { ...readEntries(entries, assets), next, isFiltered }, isFull };
  };
  const goOn = async (path: string, isFiltered: boolean): Promise<Opened> => ({
    answer: await askNext(path),
    isFiltered,
  });
  let { page, isFull } = await read('next' in from ? goOn(from.next, true) : open(parts, from.since));
  for (let pages = 1; ; pages += 1) {
    yield page;
    if (!isFull || pages >= MOST_PAGES) return;
    freeMemory?.();
    ({ page, isFull } = await read(goOn(page.next, page.isFiltered)));
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
