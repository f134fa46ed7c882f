import { LOOKUPS } from '../ports/org.ts';
import type { Facet, Lookup, UserFacets } from '../ports/org.ts';

/** The answers behind a lookup, where it counts. Roles may come through groups, whose answers count too then. */
function answersOf(
  lookup: Lookup,
  facets: UserFacets,
  lookups: ReadonlySet<Lookup>,
): readonly Facet<unknown>[] {
  const isOfGroups = lookup === 'groups' || lookup === 'group-roles';
  if (!lookups.has(lookup) && !(isOfGroups && lookups.has('roles'))) return [];
  if (lookup !== 'group-roles') return [facets[lookup]];
  return facets.groups.kind === 'known' ? facets.groups.value.map(({ roles }) => roles) : [];
}

/** How old and how complete the answers about a user are. */
export interface Freshness {
  /** When the newest answer was read, the user's own record included. */
  readonly newestAt: number;
  /** Lookups with an unknown answer, in the order of `LOOKUPS`. */
  readonly unknown: readonly Lookup[];
  /** Lookups for which a last known answer stands in, and when the oldest such answer was read. */
  readonly staleSince: readonly (readonly [Lookup, number])[];
}

export function freshnessOf(facets: UserFacets, lookups: ReadonlySet<Lookup>): Freshness {
  let newestAt = facets.readAt;
  const unknown: Lookup[] = [];
  const staleSince: [Lookup, number][] = [];
  for (const lookup of LOOKUPS) {
    const answers = answersOf(lookup, facets, lookups);
    let oldestStaleAt = Infinity;
    for (const answer of answers) {
      if (answer.kind !== 'known') continue;
      newestAt = Math.max(newestAt, answer.readAt);
      if (answer.isStale === true) oldestStaleAt = Math.min(oldestStaleAt, answer.readAt);
    }
    if (!lookups.has(lookup)) continue;
    if (answers.some(({ kind }) => kind === 'unknown')) unknown.push(lookup);
    if (oldestStaleAt < Infinity) staleSince.push([lookup, oldestStaleAt]);
  }
  return { newestAt, unknown, staleSince };
}
