import type { Numbered } from '../org/past.ts';
import type { ServerAnswer } from '../answer.ts';
import { problem } from './problems.ts';

export interface PageRequest {
  /** The number of the last item of the page before. */
  readonly after: number | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | undefined;
}

/** One page of a list that is in the order of its numbers. There is a next one only when an item is left for it. */
export function takePage<T extends Numbered>(
  list: readonly T[],
  request: PageRequest,
  isWanted: (item: T) => boolean,
): Page<T> {
  const items: T[] = [];
  for (
    let index = request.after === undefined ? 0 : positionAfter(list, request.after);
    index < list.length;
    index += 1
  ) {
    const item = list[index];
    if (item === undefined || !isWanted(item)) continue;
    if (items.length === request.limit) return { items, next: items.at(-1)?.number };
    items.push(item);
  }
  return { items, next: undefined };
}

/** Where an item with the next number would stand. */
export function positionAfter(list: readonly Numbered[], number: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.number ?? Infinity) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Cursors are opaque. Odd ones hold what a careless reader of Link headers splits at. */
export function writeCursor(number: number, isOdd: boolean): string {
  const plain = Buffer.from(`after:${number}`).toString('base64url');
  return isOdd ? `${plain},1;rel=self,x` : plain;
}

function readCursor(text: string): number | undefined {
  const [plain = ''] = text.split(',');
  const match = /^after:(\d+)$/.exec(Buffer.from(plain, 'base64url').toString());
  return match === null ? undefined : Number(match[1]);
}

/** `limit` and `after` of a query; an answer when they cannot be read. */
export function readPageRequest(
  query: URLSearchParams,
  defaultLimit: number,
  ceiling: number,
): PageRequest | ServerAnswer {
  const limitText = query.get('limit');
  const limit = limitText === null ? defaultLimit : Number(limitText);
  const afterText = query.get('after');
  const after = afterText === null ? undefined : readCursor(afterText);
  const isBad = !Number.isInteger(limit) || limit < 1 || (afterText !== null && after === undefined);
  return isBad ? problem(400, 'E0000029') : { after, limit: Math.min(limit, ceiling) };
}

export interface LinkPlace {
  readonly base: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A page's address: the limit in force, the cursor, and what else the query held. */
export function pageUrl({ base, path, query }: LinkPlace, limit: number, after: string | undefined): string {
  const rest = new URLSearchParams(query);
  rest.delete('limit');
  rest.delete('after');
  const others = rest.size === 0 ? '' : `&${rest.toString()}`;
  return `${base}${path}?${after === undefined ? '' : `after=${after}&`}limit=${limit}${others}`;
}

/** Okta sends one header for each link; what lies in between may join them. */
export function linkHeader(
  self: string,
  next: string | undefined,
  isJoined: boolean,
): string | readonly string[] {
  const links =
    next === undefined ? [`<${self}>; rel="self"`] : [`<${self}>; rel="self"`, `<${next}>; rel="next"`];
  return isJoined ? links.join(', ') : links;
}
