/** So few are believed whatever their share of a small org. */
const FEW_REMOVALS = 3;

/** Users of whom Okta says at once that they are gone. */
export interface Disappearance {
  /** Known users, those of this disappearance included. */
  readonly known: number;
  /** Users for whom Okta answers 404. */
  readonly gone: number;
  /** Those, and users whom a complete listing left out although they exist: it is not as complete as it looks. */
  readonly missing: number;
  /** A complete listing held nobody at all. */
  readonly isListEmpty: boolean;
}

export type Doubt = 'empty-list' | 'most-missing' | 'too-many';

/**
 * Why users are not removed, although Okta answers 404 for each: mass disappearance is rather somebody's mistake, such as a
 * credential that has lost its view of the users, than the truth. `maxShare`: `MAX_REMOVALS` as a part of 1.
 */
export function doubtOf(
  { known, gone, missing, isListEmpty }: Disappearance,
  maxShare: number,
): Doubt | undefined {
  if (gone === 0) return undefined;
  if (isListEmpty) return 'empty-list';
  if (missing > known / 2) return 'most-missing';
  return gone > FEW_REMOVALS && gone / known > maxShare ? 'too-many' : undefined;
}

/** What happened, for the error of the run. */
export function sayDoubt(doubt: Doubt, { known, gone, missing }: Disappearance, maxShare: number): string {
  const notFound = `Okta answers 404 for ${gone} of ${known} known users`;
  if (doubt === 'empty-list') return `Okta's list of users is empty, and ${notFound}`;
  if (doubt === 'most-missing')
    return `${missing} of ${known} known users are missing from Okta, over half; ${notFound}`;
  return `${notFound} at once, more than MAX_REMOVALS=${Number((maxShare * 100).toFixed(6))}% allows`;
}
