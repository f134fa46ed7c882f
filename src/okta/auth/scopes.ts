import type { Lookup } from '../../ports/org.ts';
import { endpointOf, ENDPOINTS, READ_GROUPS, READ_LOG, READ_ROLES, type Endpoint } from '../endpoints.ts';

/** Scopes that we can do without, in the order in which they are left out: each costs less than the next. */
const DISPENSABLE = [READ_LOG.scope, READ_ROLES.scope, READ_GROUPS.scope] as const;
/** The most requests for finding out which scopes are granted. Each answer only tells whether all of its scopes are. */
const MOST_REQUESTS = 4;

/** Exactly the scopes that the questions of a run need. */
export function scopesFor(lookups: ReadonlySet<Lookup>, readsLog: boolean): string[] {
  const isAsked = (endpoint: Endpoint): boolean =>
    endpoint === ENDPOINTS.log ? readsLog : isAskedFor(endpoint, lookups);
  const scopes = Object.values(ENDPOINTS)
    .filter(isAsked)
    .map(({ grant }) => grant?.scope)
    .filter((scope) => scope !== undefined);
  return [...new Set(scopes)];
}

function isAskedFor({ lookups: askedFor }: Endpoint, lookups: ReadonlySet<Lookup>): boolean {
  return askedFor.length === 0 || askedFor.some((lookup) => lookups.has(lookup));
}

export function scopeFor(template: string): string | undefined {
  return endpointOf(template)?.grant?.scope;
}

export interface Granted<T> {
  readonly scopes: readonly string[];
  readonly token: T;
}

/**
 * Finds out which scopes are granted. Okta grants all that is asked for or nothing, and does not say which scope is
 * missing. So scopes are left out one by one until a token comes; with the requests that remain, those that may have
 * been left out in vain are tried again. `undefined`: not even a token for users is granted.
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
  // The last scope left out is surely missing, because a token came without it.
  for (const scope of left.slice(0, -1).toReversed()) {
    if (requests >= MOST_REQUESTS) break;
    requests += 1;
    const more = wanted.filter((each) => each === scope || scopes.includes(each));
    const wider = await request(more);
    if (wider !== undefined) [scopes, token] = [more, wider];
  }
  return { scopes, token };
}
