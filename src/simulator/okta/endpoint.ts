import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import type { AdminFlag } from './group-body.ts';
import type { Hostility } from './hostile.ts';
import type { JsonObject } from '../json.ts';
import type { HookDesk } from './hooks/desk.ts';
import type { SimulatedOrg } from '../org/org.ts';
import { linkHeader, pageUrl, readPageRequest, takePage, writeCursor } from './paging.ts';
import type { Page, PageRequest } from './paging.ts';
import { problem } from './problems.ts';

/** The way in which this org answers, among those that Okta has or may have. */
export interface AnswerStyle {
  readonly areLinksJoined?: boolean;
  /** Cursors that hold commas and semicolons. */
  readonly hasOddCursors?: boolean;
  readonly adminFlag?: AdminFlag;
  /** `missing`: `expand=stats` changes nothing; a number: the largest page with stats that does not end in a 500. */
  readonly stats?: 'ok' | 'missing' | number;
  /** By template: the largest page that does not end in a 500. */
  readonly largestPages?: Readonly<Record<string, number>>;
  readonly assignees?: 'ok' | 'missing' | 'refused' | 'without-group-admins';
  /** The built-in group of administrators lists its members; absent: it answers 501. */
  readonly listsAdministrators?: boolean;
  /** Makes `/users/{id}/groups` paged, which by contract it is not. */
  readonly userGroupsPageSize?: number;
  /** `v1`: a Classic org, which has no devices. */
  readonly pipeline?: 'idx' | 'v1';
  /** Is `includeNonDeleted` of the list of apps refused? */
  readonly refusesNonDeleted?: boolean;
  /** Does the list of apps have inactive ones though nobody asked for them? */
  readonly listsInactiveApps?: boolean;
  /** `off`: the org has no rules. */
  readonly groupRules?: 'on' | 'off';
  /** Another host that is the same org, as its own description names it. */
  readonly alternateUrl?: string;
  /** `search` of users and groups shows them as they were so long ago; everything else as they are. */
  readonly searchLagMs?: number;
  /** How long log events are kept; older ones are silently not returned. */
  readonly retentionDays?: number;
  /** The longest filter of the log that is not refused, in characters; absent: any is taken. */
  readonly longestLogFilter?: number | undefined;
  /** How a filter that is too long is refused; 400 unless said. */
  readonly refuseLongFilter?: 400 | 414;
  /** How a filter of the log that says `sw` is refused; absent: it is taken. */
  readonly refuseStartsWith?: 400 | 414 | undefined;
  /** How every cursor of the log is refused. */
  readonly refuseCursors?: 400 | 410 | undefined;
  /** How old a polling cursor of the log may be. */
  readonly logCursorLifetimeMs?: number;
}

/** One question as an endpoint sees it. */
export interface Ask {
  readonly org: SimulatedOrg;
  /** The org's own URL. */
  readonly base: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Decoded; empty where the template has none. */
  readonly id: string;
  /** The second id of the template, alike. */
  readonly innerId: string;
  readonly style: AnswerStyle;
  readonly hostility: Hostility | undefined;
  readonly now: number;
  /** Empty where the method has none. */
  readonly body: string;
  readonly hooks: HookDesk;
}

export interface ListedPage<T> {
  readonly items: readonly T[];
  readonly self: string;
  readonly next: string | undefined;
}

export interface ListRules<T> {
  readonly defaultLimit: number;
  readonly ceiling: number;
  /** Smaller limits are refused. */
  readonly floor?: number;
  readonly isWanted?: (item: T) => boolean;
}

/** One page, and the addresses of this page and the next; an answer when the query cannot be read. */
export function listPage<T extends { readonly number: number }>(
  ask: Ask,
  list: readonly T[],
  rules: ListRules<T>,
): ListedPage<T> | ServerAnswer {
  const request = readPageRequest(ask.query, rules.defaultLimit, rules.ceiling);
  if ('status' in request) return request;
  if (request.limit < (rules.floor ?? 1)) return problem(400);
  const isRepeating = ask.hostility?.kind === 'endless-repeat';
  const page = takePage(
    list,
    isRepeating ? { ...request, after: undefined } : request,
    rules.isWanted ?? (() => true),
  );
  return {
    items: page.items,
    self: pageUrl(ask, request.limit, ask.query.get('after') ?? undefined),
    next: nextUrl(ask, request, page),
  };
}

function nextUrl<T extends { readonly number: number }>(
  ask: Ask,
  request: PageRequest,
  page: Page<T>,
): string | undefined {
  const cursor = (number: number): string => writeCursor(number, ask.style.hasOddCursors ?? false);
  const honest = page.next === undefined ? undefined : pageUrl(ask, request.limit, cursor(page.next));
  switch (ask.hostility?.kind) {
    case 'foreign-next':
      return pageUrl({ ...ask, base: ask.hostility.origin ?? '' }, request.limit, cursor(page.next ?? 0));
    case 'loop-next':
      return request.after === undefined
        ? (honest ?? pageUrl(ask, request.limit, undefined))
        : pageUrl(ask, request.limit, undefined);
    case 'endless':
      return (
        honest ??
        pageUrl(ask, request.limit, cursor(Math.max(request.after ?? 0, page.items.at(-1)?.number ?? 0) + 1))
      );
    case 'endless-repeat':
      return pageUrl(ask, request.limit, cursor((request.after ?? 0) + 1));
    case 'redirect':
    case 'giant-body':
    case undefined:
      return honest;
  }
}

/** A page as Okta gives nearly all of them: an array, its links in the header. */
export function listAnswer<T>(
  ask: Ask,
  listing: ListedPage<T> | ServerAnswer,
  toBody: (item: T) => JsonObject,
): ServerAnswer {
  if ('status' in listing) return listing;
  const link = linkHeader(listing.self, listing.next, ask.style.areLinksJoined ?? false);
  return jsonAnswer(200, listing.items.map(toBody), { link });
}
