/** What an answer changes of what is kept, and of the marks that asked for it. */
import type { Facet, GapReason } from '../../ports/org.ts';

/** What is to be written of one answer: the value, that there is none, or only why the asking brought nothing. */
export type Kept<T> =
  | { readonly kind: 'value'; readonly value: T; readonly readAt: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'gap'; readonly reason: GapReason };

/** A failure leaves the last known value as it is: it never becomes "no". */
export function keptOfAnswer<T>(facet: Facet<T>): Kept<T> {
  if (facet.kind === 'known') return { kind: 'value', value: facet.value, readAt: facet.readAt };
  return facet.kind === 'not-asked' ? { kind: 'nothing' } : { kind: 'gap', reason: facet.reason };
}

/**
 * Is the question asked again by a mark? Only what was unavailable: what was refused or is missing is asked again by one
 * probe a run, whoever it concerns.
 */
export function leavesMark(facet: Facet<unknown>): boolean {
  return facet.kind === 'unknown' && facet.reason === 'unavailable';
}

/** What is kept of one question. Instants are Unix milliseconds on Okta's clock. */
export interface LastAnswer {
  /** Why the last asking brought nothing; absent: it brought what is kept. */
  readonly gap: GapReason | undefined;
  readonly readAt: number | undefined;
  readonly askedAt: number | undefined;
}

/** May an answer read then stand in for one that failed later? */
export type StillGood = (readAt: number, askedAt: number) => boolean;

/** Known, last known, unknown or not asked. `value` is read only where it is used. */
export function facetOf<T>(
  { gap, readAt, askedAt }: LastAnswer,
  value: () => T | undefined,
  isStillGood: StillGood,
): Facet<T> {
  const isUsable = readAt !== undefined && (gap === undefined || isStillGood(readAt, askedAt ?? 0));
  const used = isUsable ? value() : undefined;
  if (readAt === undefined || used === undefined)
    return gap === undefined ? { kind: 'not-asked' } : { kind: 'unknown', reason: gap };
  const known = { kind: 'known', value: used, readAt } as const;
  return gap === undefined ? known : { ...known, isStale: true };
}
