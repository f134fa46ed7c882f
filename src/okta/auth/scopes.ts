import type { Lookup } from '../../ports/org.ts';

const USERS = 'okta.users.read';
const GROUPS = 'okta.groups.read';
const ROLES = 'okta.roles.read';
const LOG = 'okta.logs.read';

/** Okta's scope for each endpoint (okta-api sections 1 to 5); the first that matches. */
const BY_ENDPOINT = [
  { matches: /\/roles$|^\/api\/v1\/iam\//, scope: ROLES },
  { matches: /^\/api\/v1\/groups(\/|$)/, scope: GROUPS },
  { matches: /^\/api\/v1\/logs$/, scope: LOG },
  { matches: /^\/api\/v1\/users(\/|$)/, scope: USERS },
] as const;

/** Which are done without first: each costs less than the next. */
const DISPENSABLE = [LOG, ROLES, GROUPS] as const;
/** Requests that finding out may take; each tells only whether all of its scopes are granted. */
const MOST_REQUESTS = 4;

/** Exactly what the questions of a run need. */
export function scopesFor(lookups: ReadonlySet<Lookup>, readsLog: boolean): string[] {
  const needsRoles = lookups.has('group-roles') || lookups.has('roles');
  return [
    USERS,
    // Roles are held through groups, too.
    ...(lookups.has('groups') || needsRoles ? [GROUPS] : []),
    ...(needsRoles ? [ROLES] : []),
    ...(readsLog ? [LOG] : []),
  ];
}

export function scopeFor(template: string): string | undefined {
  return BY_ENDPOINT.find(({ matches }) => matches.test(template))?.scope;
}

export interface Granted<T> {
  readonly scopes: readonly string[];
  readonly token: T;
}

/**
 * Okta grants all that is asked for or nothing, and does not say which scope it misses. So they are left out one by
 * one until a token comes, and with what requests are left, those that may have been left out in vain are tried again.
 * `undefined`: not even a token for users is granted.
 *
 * @param request a token with these scopes, or `undefined` when not all of them are granted
 */
export async function findGranted<T>(
  wanted: readonly string[],
  request: (scopes: readonly string[]) => Promise<T | undefined>,
): Promise<Granted<T> | undefined> {
  const dispensable = DISPENSABLE.filter((scope) => wanted.includes(scope));
  let scopes = wanted;
  let requests = 1;
  let token = await request(scopes);
  const left: string[] = [];
  for (const scope of dispensable) {
    if (token !== undefined) break;
    scopes = scopes.filter((each) => each !== scope);
    left.push(scope);
    requests += 1;
    token = await request(scopes);
  }
  if (token === undefined) return undefined;
  // The last one left out is surely missing: without it a token came.
  for (const scope of left.slice(0, -1).toReversed()) {
    if (requests >= MOST_REQUESTS) break;
    requests += 1;
    const more = wanted.filter((each) => each === scope || scopes.includes(each));
    const wider = await request(more);
    if (wider !== undefined) [scopes, token] = [more, wider];
  }
  return { scopes, token };
}
