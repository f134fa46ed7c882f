/**
 * Which endpoints share a bucket, as a first guess, with Okta's last published limits a minute for a Workforce org
 * (okta-api section 8). A user's lookups share the counter of the users' list, as observed on the wire.
 */
const FAMILIES = [
  { name: 'user', matches: /^\/api\/v1\/users\/\{id\}$/, limit: 600 },
  { name: 'users', matches: /^\/api\/v1\/users(\/|$)/, limit: 600 },
  { name: 'group', matches: /^\/api\/v1\/groups\/\{id\}$/, limit: 600 },
  { name: 'groups', matches: /^\/api\/v1\/groups(\/|$)/, limit: 500 },
  { name: 'logs', matches: /^\/api\/v1\/logs(\/|$)/, limit: 50 },
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
