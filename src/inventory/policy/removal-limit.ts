/** Up to this many removals are always believed, however small the org is. */
const FEW_REMOVALS = 3;

/** Users who are gone by Okta's answers, all at the same time. */
export interface Disappearance {
  /** The number of known users, those who are gone included. */
  readonly known: number;
  /** The number of users for whom Okta answers 404. */
  readonly gone: number;
  /** Those, and users who exist although a complete listing left them out, which shows that it was not complete. */
  readonly missing: number;
  /** True when a complete listing had no users at all. */
  readonly isListEmpty: boolean;
}

export type Doubt = 'empty-list' | 'most-missing' | 'too-many';

/**
 * The reason not to remove users, although Okta answers 404 for each. When many vanish at once, a mistake is more
 * likely than the truth, such as a credential that has lost its view of the users. `maxShare`: `MAX_REMOVALS` as a part
 * of 1.
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

/** The doubt in words, for the error of the run. */
export function sayDoubt(doubt: Doubt, { known, gone, missing }: Disappearance, maxShare: number): string {
  const notFound = `Okta answers 404 for ${gone} of ${known} known users`;
  if (doubt === 'empty-list') return `Okta's list of users is empty, and ${notFound}`;
  if (doubt === 'most-missing')
    return `${missing} of ${known} known users are missing from Okta, over half; ${notFound}`;
  return `${notFound} at once, more than MAX_REMOVALS=${Number((maxShare * 100).toFixed(6))}% allows`;
}

/** Up to this many assets of a kind are always believed to be gone. */
const FEW_ASSETS = 10;

/** The reason not to remove assets of a kind, in words; `undefined`: they are removed. */
export function doubtOfAssets(
  kind: string,
  { known, gone }: Pick<Disappearance, 'known' | 'gone'>,
  maxShare: number,
): string | undefined {
  if (gone <= FEW_ASSETS || gone / known <= maxShare) return undefined;
  return `Okta answers 404 for ${gone} of ${known} known assets of the kind ${kind} at once, more than MAX_REMOVALS=${Number((maxShare * 100).toFixed(6))}% allows`;
}
