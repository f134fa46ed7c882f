import type { Facet, Role } from '../ports/org.ts';
import { byCodeUnit, isActive, mapFacet } from './facets.ts';

function labelsOf(roles: readonly Role[]): readonly string[] {
  const labels = new Set(roles.filter(isActive).map((role) => role.label ?? role.type));
  return [...labels].sort(byCodeUnit);
}

/** The names of a group's ACTIVE roles, each name once, ordered by code unit. A role without a label is its type. */
export function privileges(roles: Facet<readonly Role[]>): Facet<readonly string[]> {
  return mapFacet(roles, labelsOf);
}
