/** The changes that an answer makes to what is stored, and to the marks that asked for it. */
import type { Facet, GapReason } from '../../ports/org.ts';

/**
 * The part of an answer that is written: its value, the fact that there is none, or only why the lookup got no answer.
 */
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
 * Does a mark ask the question again? Only where Okta was unavailable. A question that was refused or is missing is
 * asked again by one probe a run, for all users at once.
 */
export function leavesMark(facet: Facet<unknown>): boolean {
  return facet.kind === 'unknown' && facet.reason === 'unavailable';
}

/** The last answer to one question. Instants are Unix milliseconds on Okta's clock. */
export interface LastAnswer {
  /** Why the last attempt got no answer; absent: it got the answer that is stored. */
  readonly gap: GapReason | undefined;
  readonly readAt: number | undefined;
  readonly askedAt: number | undefined;
}

/** May an answer read at one instant stand in for one that failed later? */
export type StillGood = (readAt: number, askedAt: number) => boolean;

/** Does the last known answer stand in for the attempt that failed? */
export function standsIn(
  { readAt, askedAt }: Pick<LastAnswer, 'readAt' | 'askedAt'>,
  isStillGood: StillGood,
): boolean {
  return readAt !== undefined && isStillGood(readAt, askedAt ?? 0);
}

/** The facet: known, last known, unknown or not asked. `value` is read only where it is used. */
export function facetOf<T>(last: LastAnswer, value: () => T | undefined, isStillGood: StillGood): Facet<T> {
  const { gap, readAt } = last;
  const isUsable = gap === undefined || standsIn(last, isStillGood);
  const used = isUsable ? value() : undefined;
  if (readAt === undefined || used === undefined)
    return gap === undefined ? { kind: 'not-asked' } : { kind: 'unknown', reason: gap };
  const known = { kind: 'known', value: used, readAt } as const;
  return gap === undefined ? known : { ...known, isStale: true };
}
