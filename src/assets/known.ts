import type { Facet } from '../ports/org.ts';

/** The value of a facet, where it is known. */
export function knownIn<T>(facet: Facet<T>): T | undefined {
  return facet.kind === 'known' ? facet.value : undefined;
}

export function isUnknown(facet: Facet<unknown>): boolean {
  return facet.kind === 'unknown';
}
