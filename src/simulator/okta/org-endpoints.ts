import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import type { SimulatedUser } from '../org/org-model.ts';
import { planted } from '../org/assets/planted.ts';
import { problem } from './problems.ts';

export function describeOrg(ask: Ask): ServerAnswer {
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

/**
 * The users that hold a role. Its links to further pages are in the body; whether it names those who hold roles only
 * through groups is not documented.
 */
export function listAssignees(ask: Ask): ServerAnswer {
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

export function getOrg(ask: Ask): ServerAnswer {
  const self = `${ask.base}/api/v1/org`;
  return jsonAnswer(200, {
    id: ask.org.id,
    companyName: 'Example Robotics',
    subdomain: 'example',
    status: 'ACTIVE',
    website: 'https://www.example.com',
    created: '2019-03-04T09:00:00.000Z',
    lastUpdated: '2026-02-01T09:00:00.000Z',
    expiresAt: null,
    phoneNumber: planted('org-phone'),
    supportPhoneNumber: planted('support-phone'),
    endUserSupportHelpURL: planted('support-address'),
    address1: planted('address'),
    _links: { self: { href: self }, contacts: { href: `${self}/contacts` } },
  });
}

/** Only a super administrator may see this: refuse it with `refuse`, where the caller is none. */
export function getSupport(ask: Ask): ServerAnswer {
  return jsonAnswer(200, {
    support: 'ENABLED',
    expiration: '2026-12-24T18:00:00.000Z',
    caseNumber: planted('case-number'),
    _links: { extend: { href: `${ask.base}/api/v1/org/privacy/oktaSupport/extend` } },
  });
}
