import { htmlAnswer, jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import type { AnswerStyle, Ask } from './endpoint.ts';
import { ExpressionError, UnsupportedError } from './expressions.ts';
import { searchableEvents } from './log-filter.ts';
import { linkHeader, pageUrl } from './paging.ts';
import { problem } from './problems.ts';
import { compileSearch } from './search.ts';
import type { BoundedPlace, LogEvent, LogPlace, LogQuestion } from '../org/system-log.ts';

const DAY = 86_400_000;
const EVENTS_A_PAGE = 100;
const MOST_EVENTS_A_PAGE = 1_000;
/** Longer ago than this is not asked for; longer ago than the retention is silently not there. */
const OLDEST_SINCE_DAYS = 180;
const RETENTION_DAYS = 90;

interface Bounds {
  readonly sinceAt: number;
  readonly untilAt: number;
  readonly isDescending: boolean;
  /** No end was named, so the reader polls for new entries. */
  readonly isPolling: boolean;
}

/** A polling query always has a next page; one with an end has none after its last. */
export function listLogEvents(ask: Ask): ServerAnswer {
  const limit = Number(ask.query.get('limit') ?? EVENTS_A_PAGE);
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST_EVENTS_A_PAGE) return problem(400, 'E0000029');
  const bounds = readBounds(ask);
  if ('status' in bounds) return bounds;
  const isWanted = readFilter(ask.query.get('filter'), ask.style);
  if (typeof isWanted !== 'function') return isWanted;
  const oldestAt = ask.now - (ask.style.retentionDays ?? RETENTION_DAYS) * DAY;
  const question = { limit, now: ask.now, oldestAt, isWanted };
  return bounds.isPolling ? poll(ask, question, bounds) : listBounded(ask, question, bounds);
}

function poll(ask: Ask, question: LogQuestion, { sinceAt }: Bounds): ServerAnswer {
  const after = ask.query.get('after');
  const from = after === null ? { at: sinceAt, place: 0 } : readPollingCursor(ask, after);
  if ('status' in from) return from;
  const { events, next } = ask.org.log.poll(from, question);
  return answer(ask, question.limit, events, `${next.at}_${next.place}`);
}

function listBounded(ask: Ask, question: LogQuestion, bounds: Bounds): ServerAnswer {
  const after = ask.query.get('after');
  const from = after === null ? undefined : readBoundedCursor(ask, after);
  if (from !== undefined && 'status' in from) return from;
  const sinceAt = from?.sinceAt ?? bounds.sinceAt;
  const { events, next } = ask.org.log.bounded({ ...question, ...bounds, sinceAt, after: from });
  const cursor = next === undefined ? undefined : `${next.publishedAt}_${next.sequence}_${sinceAt}`;
  return answer(ask, question.limit, events, cursor);
}

function answer(
  ask: Ask,
  limit: number,
  events: readonly LogEvent[],
  cursor: string | undefined,
): ServerAnswer {
  const query = new URLSearchParams(ask.query);
  query.delete('since');
  const foreign = ask.hostility?.kind === 'foreign-next' ? ask.hostility.origin : undefined;
  const place = { base: foreign ?? ask.base, path: ask.path, query };
  const next = cursor === undefined ? undefined : pageUrl(place, limit, cursor);
  const self = pageUrl(ask, limit, ask.query.get('after') ?? undefined);
  return jsonAnswer(200, events, { link: linkHeader(self, next, ask.style.areLinksJoined ?? false) });
}

function readBounds({ query, now }: Ask): Bounds | ServerAnswer {
  const order = query.get('sortOrder')?.toUpperCase() ?? 'ASCENDING';
  const isOrder = order === 'ASCENDING' || order === 'DESCENDING';
  if (!isOrder || (query.has('since') && query.has('after'))) return problem(400);
  const untilAt = readInstant(query.get('until')) ?? now;
  const sinceAt = readInstant(query.get('since')) ?? untilAt - 7 * DAY;
  if (Number.isNaN(sinceAt) || Number.isNaN(untilAt) || now - sinceAt > OLDEST_SINCE_DAYS * DAY)
    return problem(400, 'E0000053');
  const isDescending = order === 'DESCENDING';
  return { sinceAt, untilAt, isDescending, isPolling: !query.has('until') && !isDescending };
}

function readInstant(text: string | null): number | undefined {
  return text === null ? undefined : Date.parse(text);
}

function readFilter(
  text: string | null,
  { longestLogFilter = Number.POSITIVE_INFINITY, refuseLongFilter = 400, refuseStartsWith }: AnswerStyle,
): ((event: LogEvent) => boolean) | ServerAnswer {
  if (text === null) return () => true;
  if (text.length > longestLogFilter) return refuseFilter(refuseLongFilter, 'it is too long');
  if (refuseStartsWith !== undefined && / sw /i.test(text)) return refuseFilter(refuseStartsWith, 'sw');
  try {
    return compileSearch(text, searchableEvents());
  } catch (error) {
    if (error instanceof UnsupportedError)
      return problem(400, 'E0000031', `Invalid search criteria. ${error.message}`);
    if (error instanceof ExpressionError)
      return problem(400, 'E0000053', `Invalid filter '${text}': ${error.message}`);
    throw error;
  }
}

/** An address that is too long is refused before Okta reads it, so without an error of its own. */
function refuseFilter(status: 400 | 414, why: string): ServerAnswer {
  return status === 414 ? htmlAnswer(414) : problem(400, 'E0000053', `Invalid filter: ${why}`);
}

function readPollingCursor(ask: Ask, text: string): LogPlace | ServerAnswer {
  const match = /^(\d+)_(\d+)$/.exec(text);
  const place = { at: Number(match?.[1]), place: Number(match?.[2]) };
  const isExpired = ask.now - place.at > (ask.style.logCursorLifetimeMs ?? Infinity);
  return refuseCursor(ask, match === null || isExpired) ?? place;
}

function readBoundedCursor(
  ask: Ask,
  text: string,
): (BoundedPlace & { readonly sinceAt: number }) | ServerAnswer {
  const match = /^(\d+)_(\d+)_(-?\d+)$/.exec(text);
  const [publishedAt, sequence, sinceAt] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  return refuseCursor(ask, match === null) ?? { publishedAt, sequence, sinceAt };
}

/** Which of these Okta answers to a cursor it does not know any more is written nowhere. */
function refuseCursor(ask: Ask, isBad: boolean): ServerAnswer | undefined {
  const told = ask.style.refuseCursors;
  return isBad || told !== undefined ? problem(told ?? 400, 'E0000029') : undefined;
}
