import type { Facet, Lookup, UserFacets } from '../ports/org.ts';

type FacetsByLookup = readonly (readonly [Lookup, readonly Facet<unknown>[]])[];

/** The answers behind each lookup that counts. Roles may come through groups, whose answers then count too. */
function answersOf({ groups, factors, roles }: UserFacets, lookups: ReadonlySet<Lookup>): FacetsByLookup {
  const ofGroups = groups.kind === 'known' ? groups.value.map(({ roles: held }): Facet<unknown> => held) : [];
  const usesGroups = lookups.has('groups') || lookups.has('roles');
  const usesGroupRoles = lookups.has('group-roles') || lookups.has('roles');
  return [
    ['groups', usesGroups ? [groups] : []],
    ['group-roles', usesGroupRoles ? ofGroups : []],
    ['factors', lookups.has('factors') ? [factors] : []],
    ['roles', lookups.has('roles') ? [roles] : []],
  ];
}

/** How old and how whole the answers about a user are. */
export interface Freshness {
  /** When the newest answer was read, the user's own record included. */
  readonly newestAt: number;
  /** Lookups of which an answer is unknown, in the order of `LOOKUPS`. */
  readonly unknown: readonly Lookup[];
  /** Lookups for which a last known answer stands in, and when the oldest such answer was read. */
  readonly staleSince: readonly (readonly [Lookup, number])[];
}

export function freshnessOf(facets: UserFacets, lookups: ReadonlySet<Lookup>): Freshness {
  let newestAt = facets.readAt;
  const unknown: Lookup[] = [];
  const staleSince: [Lookup, number][] = [];
  for (const [lookup, answers] of answersOf(facets, lookups)) {
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
