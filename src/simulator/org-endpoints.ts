import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import type { SimulatedUser } from './org-model.ts';
import { linkHeader } from './paging.ts';
import { problem } from './problems.ts';

const DAY = 86_400_000;

export function describeOrg(ask: Ask): Answer {
  const alternate = ask.style.alternateUrl;
  return jsonAnswer(200, {
    id: ask.org.id,
    pipeline: ask.style.pipeline ?? 'idx',
    settings: { analyticsCollectionEnabled: false, bugReportingEnabled: true, omEnabled: true },
    _links: {
      organization: { href: ask.base },
      alternate: alternate === undefined ? undefined : { href: alternate },
    },
  });
}

/** Who holds a role. Its links to further pages are in the body; whether it names those who hold roles only through groups is not documented. */
export function listAssignees(ask: Ask): Answer {
  const how = ask.style.assignees ?? 'ok';
  if (how === 'missing') return problem(404);
  if (how === 'refused') return problem(403);
  const isWanted = (user: SimulatedUser): boolean =>
    user.roles.length > 0 || (how === 'ok' && ask.org.groupsOf(user).some((group) => group.roles.length > 0));
  const listing = listPage(ask, ask.org.users, { defaultLimit: 100, ceiling: 200, isWanted });
  if ('status' in listing) return listing;
  const value = listing.items.map((user) => {
    const self = `${ask.base}/api/v1/users/${user.id}`;
    return {
      id: user.id,
      orn: `orn:okta:directory:${ask.org.id}:users:${user.id}`,
      _links: { self: { href: self }, roles: { href: `${self}/roles` } },
    };
  });
  return jsonAnswer(200, {
    value,
    _links: listing.next === undefined ? {} : { next: { href: listing.next } },
  });
}

/** No events yet. A polling query always has a next page; a bounded one ends. */
export function listLogEvents(ask: Ask): Answer {
  const limit = Number(ask.query.get('limit') ?? 100);
  const since = ask.query.get('since');
  if (!Number.isInteger(limit) || limit < 0 || limit > 1_000) return problem(400, 'E0000029');
  if (since !== null && (Number.isNaN(Date.parse(since)) || ask.now - Date.parse(since) > 180 * DAY))
    return problem(400, 'E0000053');
  const isPolling = !ask.query.has('until') && ask.query.get('sortOrder')?.toUpperCase() !== 'DESCENDING';
  const filter = ask.query.get('filter');
  const query = filter === null ? '' : `&filter=${encodeURIComponent(filter)}`;
  const url = (cursor: string): string => `${ask.base}${ask.path}?${cursor}limit=${limit}${query}`;
  const next = isPolling ? url(`after=${ask.query.get('after') ?? `${ask.now}_1`}&`) : undefined;
  return jsonAnswer(200, [], { link: linkHeader(url(''), next, ask.style.areLinksJoined ?? false) });
}
