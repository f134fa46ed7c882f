/** The endpoints that a run asks, by the names under which its report counts them. */
export const ENDPOINTS = {
  org: '/.well-known/okta-organization',
  log: '/api/v1/logs',
  users: '/api/v1/users',
  groups: '/api/v1/groups',
  groupsOfUser: '/api/v1/users/{id}/groups',
  membersOfGroup: '/api/v1/groups/{id}/users',
  rolesOfGroup: '/api/v1/groups/{id}/roles',
  roleHolders: '/api/v1/iam/assignees/users',
  rolesOfUser: '/api/v1/users/{id}/roles',
  factorsOfUser: '/api/v1/users/{id}/factors',
} as const;

/** Entries that one call returns at most (okta-api sections 1 to 3). */
export const PAGE = { users: 200, groups: 200, members: 1000, roleHolders: 100 } as const;

/** Calls by endpoint. */
export type Calls = ReadonlyMap<string, number>;

export function totalOf(calls: Calls): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

export function sumOf(parts: readonly Calls[]): Calls {
  const sum = new Map<string, number>();
  for (const [endpoint, count] of parts.flatMap((calls) => [...calls])) {
    if (count > 0) sum.set(endpoint, (sum.get(endpoint) ?? 0) + count);
  }
  return sum;
}

/** Pages of a listing: an empty one has one too. */
export function pagesOf(entries: number, page: number): number {
  return Math.max(1, Math.ceil(entries / page));
}
