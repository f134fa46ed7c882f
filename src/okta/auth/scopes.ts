import type { Asset } from '../../ports/assets.ts';
import type { Lookup } from '../../ports/org.ts';
import {
  endpointOf,
  ENDPOINTS,
  READ_APPS,
  READ_DEVICES,
  READ_GROUPS,
  READ_LOG,
  READ_ORG,
  READ_ROLES,
  type Endpoint,
} from '../endpoints.ts';

/** The scopes that only assets need. */
const OF_ASSETS = [READ_ORG.scope, READ_DEVICES.scope, READ_APPS.scope] as const;
/** Scopes that we can do without, in the order in which they are left out: each costs less than the next. */
const DISPENSABLE = [...OF_ASSETS, READ_LOG.scope, READ_ROLES.scope, READ_GROUPS.scope] as const;
/** The most requests for finding out which scopes are granted. Each answer only tells whether all of its scopes are. */
const MOST_REQUESTS = 4;
/** A scope of assets may be left out, asked for again, and tried with the one after it. */
const MORE_FOR_AN_ASSET = 3;

/** The parts of the org that a run reads beside users. */
export interface Wanted {
  readonly lookups: ReadonlySet<Lookup>;
  readonly assets: ReadonlySet<Asset>;
}

/** Exactly the scopes that the questions of a run need. */
export function scopesFor(wanted: Wanted, readsLog: boolean): string[] {
  const isAsked = (endpoint: Endpoint): boolean =>
    endpoint === ENDPOINTS.log ? readsLog : isAskedFor(endpoint, wanted);
  const scopes = Object.values(ENDPOINTS)
    .filter(isAsked)
    .map(({ grant }) => grant?.scope)
    .filter((scope) => scope !== undefined);
  return [...new Set(scopes)];
}

function isAskedFor({ lookups: askedFor, assets: of }: Endpoint, { lookups, assets }: Wanted): boolean {
  const isOfUsers = of === undefined && askedFor.length === 0;
  const isOfAssets = of?.some((asset) => assets.has(asset)) === true;
  return isOfUsers || isOfAssets || askedFor.some((lookup) => lookups.has(lookup));
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
  const ofAssets = OF_ASSETS.filter((scope) => wanted.includes(scope));
  const most = MOST_REQUESTS + MORE_FOR_AN_ASSET * ofAssets.length;
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
    if (requests >= most) break;
    requests += 1;
    const more = wanted.filter((each) => each === scope || scopes.includes(each));
    const wider = await request(more);
    if (wider !== undefined) [scopes, token] = [more, wider];
  }
  return { scopes, token };
}
