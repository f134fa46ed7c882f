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
/** With more events than these pages hold, the rest of the day is estimated by so many parts of it. */
const MOST_PAGES = 10;
const PARTS = 12;
const MOST_HALVINGS = 8;
/** Events that came all at once say nothing of a rate. */
const SHORTEST_MS = 60_000;

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
    const matching = await countEvents(client, now, { types: hook.types, isMeant: () => true });
    const isMeant = (each: unknown): boolean => isAbout(each, hook.id);
    const failed = await countEvents(client, now, { types: ['event_hook.delivery'], isMeant });
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

interface EventQuestion {
  readonly types: readonly string[];
  readonly isMeant: (each: unknown) => boolean;
}

async function countEvents(client: HooksClient, now: number, asked: EventQuestion): Promise<CountedEvents> {
  const { types, isMeant } = asked;
  if (types.length === 0) return { count: 0, isEstimate: false };
  const progress = new ListingProgress(LOG);
  let path: string | undefined = firstPath({ since: now - DAY_MS, until: now }, types);
  let count = 0;
  for (let pages = 1; ; pages += 1) {
    progress.ask(path);
    const { body, entries, next } = await readPage(client, path);
    count += entries.filter(isMeant).length;
    if (next === undefined) return { count, isEstimate: false };
    if (pages >= MOST_PAGES) {
      const since = publishedAt(entries);
      const read = (span: PartOfDay) => readPart(client, span, asked);
      const rest = since === undefined ? 0 : await estimate({ since, until: now }, read);
      return { count: count + rest, isEstimate: true };
    }
    progress.read(body);
    path = next;
  }
}

interface CountedPage {
  readonly body: unknown;
  readonly entries: readonly unknown[];
  /** The path of the next page; `undefined`: this one is the last. */
  readonly next: string | undefined;
}

async function readPage(client: HooksClient, path: string): Promise<CountedPage> {
  const { body, headers } = await client.call({ method: 'GET', path, template: LOG });
  const entries = wholeOf(readList(body), LOG);
  const href = nextLink(headers.link);
  const isLast = href === undefined || entries.length === 0;
  return { body, entries, next: isLast ? undefined : pathOnOrigin(href, client.origin, new Set()) };
}

/** Part of the day, in milliseconds of Unix time. */
interface PartOfDay {
  readonly since: number;
  readonly until: number;
}

function firstPath({ since, until }: PartOfDay, types: readonly string[]): string {
  const query = new URLSearchParams({
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    filter: types.map((type) => `eventType eq "${type}"`).join(' or '),
    limit: String(PAGE),
  });
  return `${LOG}?${query.toString()}`;
}

/** A part of the day of which one page was read. */
interface ReadPart extends PartOfDay {
  /** Of a part that has more, as many as there are if the rest of it is like that page. */
  readonly count: number;
  readonly hasMore: boolean;
}

/** The rest of the day, by one page of each of its parts. Those that seem to have the most events are halved. */
async function estimate(
  { since, until }: PartOfDay,
  read: (span: PartOfDay) => Promise<ReadPart>,
): Promise<number> {
  const length = (until - since) / PARTS;
  let parts: readonly ReadPart[] = [];
  for (let at = 0; at < PARTS; at += 1)
    parts = [...parts, await read({ since: since + at * length + 1, until: since + (at + 1) * length })];
  for (let halvings = 0; halvings < MOST_HALVINGS; halvings += 1) {
    const [fullest] = parts
      .filter((part) => part.hasMore && part.until - part.since > SHORTEST_MS)
      .toSorted((one, other) => other.count - one.count);
    if (fullest === undefined) break;
    const middle = (fullest.since + fullest.until) / 2;
    const halves = [
      await read({ since: fullest.since, until: middle }),
      await read({ since: middle + 1, until: fullest.until }),
    ];
    parts = [...parts.filter((part) => part !== fullest), ...halves];
  }
  return Math.round(parts.reduce((sum, { count }) => sum + count, 0));
}

async function readPart(
  client: HooksClient,
  span: PartOfDay,
  { types, isMeant }: EventQuestion,
): Promise<ReadPart> {
  const { entries, next } = await readPage(client, firstPath(span, types));
  const meant = entries.filter(isMeant).length;
  const end = publishedAt(entries);
  if (next === undefined || end === undefined) return { ...span, count: meant, hasMore: false };
  const length = span.until - span.since;
  const count = (meant * length) / Math.min(length, Math.max(end - span.since, SHORTEST_MS));
  return { ...span, count: Math.max(meant, count), hasMore: true };
}

function publishedAt(entries: readonly unknown[]): number | undefined {
  const at = Date.parse(entry.safeParse(entries.at(-1)).data?.published ?? '');
  return Number.isNaN(at) ? undefined : at;
}
