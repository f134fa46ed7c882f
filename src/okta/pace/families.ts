/** Okta's last published limits a minute for a Workforce org (okta-api section 8). */
export const PUBLISHED = { users: 600, groups: 500, logs: 120 } as const;

/**
 * Which endpoints share a bucket, as a first guess, at the lowest figure that was published for a Workforce org or the
 * usual one. A user's lookups share the counter of the users' list, as observed on the wire.
 */
const FAMILIES = [
  { name: 'user', matches: /^\/api\/v1\/users\/\{id\}$/, limit: 600 },
  { name: 'users', matches: /^\/api\/v1\/users(\/|$)/, limit: PUBLISHED.users },
  { name: 'group', matches: /^\/api\/v1\/groups\/\{id\}$/, limit: 600 },
  { name: 'groups', matches: /^\/api\/v1\/groups(\/|$)/, limit: PUBLISHED.groups },
  { name: 'logs', matches: /^\/api\/v1\/logs(\/|$)/, limit: PUBLISHED.logs },
] as const;

/** "Most other" endpoints, at the lowest figure that was published for them. */
const OTHER = { name: 'other', limit: 600 } as const;

export interface Family {
  readonly name: string;
  /** Calls a minute. */
  readonly limit: number;
}

export function familyOf(template: string): Family {
  return FAMILIES.find(({ matches }) => matches.test(template)) ?? OTHER;
}
