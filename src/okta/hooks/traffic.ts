import { z } from 'zod';
import { ConnectorError, OktaAuthError } from '../../ports/errors.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { nextLink } from '../read/links.ts';
import { ListingProgress } from '../read/listing-progress.ts';
import { pathOnOrigin, wholeOf } from '../read/paging.ts';
import { readList } from '../read/schema.ts';
import type { HooksClient } from './client.ts';

const DAY_MS = 86_400_000;
const { template: LOG, page: PAGE } = ENDPOINTS.log;
/** With more events than these pages hold, the rest of the day is estimated. */
const MOST_PAGES = 20;

/** Events of the last day, by the System Log. */
interface CountedEvents {
  readonly count: number;
  /** The day has more of them than were read. */
  readonly isEstimate: boolean;
}

export interface DailyTraffic {
  readonly matching: CountedEvents;
  /** Deliveries of this hook that Okta gave up. */
  readonly failed: CountedEvents;
}

const entry = z.object({ published: z.string().optional().catch(undefined) });

/** The traffic of one hook within the last day; the error where the log may not be read. */
export async function trafficOf(
  client: HooksClient,
  hook: { readonly id: string; readonly types: readonly string[] },
  now: number,
): Promise<DailyTraffic | ConnectorError> {
  try {
    const matching = await countEvents(client, now, hook.types, () => true);
    const failed = await countEvents(client, now, ['event_hook.delivery'], (each) => isAbout(each, hook.id));
    return { matching, failed };
  } catch (thrown) {
    if (thrown instanceof ConnectorError && !(thrown instanceof OktaAuthError)) return thrown;
    throw thrown;
  }
}

/** Where an entry names no hook at all, it may be about this one. */
function isAbout(each: unknown, id: string): boolean {
  const text = JSON.stringify(each);
  return text.includes(id) || !/\bwho[0-9A-Za-z]{17}\b/.test(text);
}

async function countEvents(
  client: HooksClient,
  now: number,
  types: readonly string[],
  isMeant: (each: unknown) => boolean,
): Promise<CountedEvents> {
  if (types.length === 0) return { count: 0, isEstimate: false };
  const since = now - DAY_MS;
  const progress = new ListingProgress(LOG);
  let path = firstPath(since, now, types);
  let count = 0;
  for (let pages = 1; ; pages += 1) {
    progress.ask(path);
    const { body, headers } = await client.call({ method: 'GET', path, template: LOG });
    const entries = wholeOf(readList(body), LOG);
    count += entries.filter(isMeant).length;
    const href = nextLink(headers.link);
    if (href === undefined || entries.length === 0) return { count, isEstimate: false };
    if (pages >= MOST_PAGES) return { count: estimate(count, entries.at(-1), since), isEstimate: true };
    progress.read(body);
    path = pathOnOrigin(href, client.origin, new Set());
  }
}

function firstPath(since: number, until: number, types: readonly string[]): string {
  const query = new URLSearchParams({
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    filter: types.map((type) => `eventType eq "${type}"`).join(' or '),
    limit: String(PAGE),
  });
  return `${LOG}?${query.toString()}`;
}

/** The whole day at the rate of its part that was read. */
function estimate(count: number, last: unknown, since: number): number {
  const at = Date.parse(entry.safeParse(last).data?.published ?? '');
  const part = Math.min(1, Math.max((at - since) / DAY_MS, 1 / 1440));
  return Number.isNaN(part) ? count : Math.round(count / part);
}
