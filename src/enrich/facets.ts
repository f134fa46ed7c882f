import type { Facet, Role } from '../ports/org.ts';

/** Derives one facet from another; a failure stays the same failure. */
export function mapFacet<T, U>(facet: Facet<T>, work: (value: T) => U): Facet<U> {
  return facet.kind === 'known' ? { kind: 'known', value: work(facet.value), readAt: facet.readAt } : facet;
}

/**
 * Three-valued "or". One known yes decides, whatever else is unknown. A no needs every answer, and is as old as the
 * oldest of them. A failure weighs more than a question that was not asked, because it is a gap and must be counted.
 */
export function anyOf(facets: readonly Facet<boolean>[]): Facet<boolean> {
  let undecided: Facet<boolean> | undefined;
  let readAt = Infinity;
  for (const facet of facets) {
    if (facet.kind === 'known') {
      if (facet.value) return facet;
      readAt = Math.min(readAt, facet.readAt);
    } else if (undecided?.kind !== 'unknown') {
      undecided = facet;
    }
  }
  return undecided ?? { kind: 'known', value: false, readAt };
}

export function isActive(role: Role): boolean {
  return role.status === 'ACTIVE';
}

/** The order of all lists in events. Unlike a locale's, it is the same on every machine. */
export function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
