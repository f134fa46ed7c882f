import type { EnrichedUser } from '../enrich/enrich-user.ts';

/**
 * An event before validation. A property that is `undefined` is absent: ajv and `JSON.stringify` both pass it over,
 * which spares a copy for every part that may be missing.
 */
export type Draft = Readonly<Record<string, unknown>>;

/** A draft, or in words all that the mapping needs of this user and cannot have. */
export type Normalised =
  | { readonly kind: 'draft'; readonly draft: Draft }
  | { readonly kind: 'flaws'; readonly flaws: readonly string[] };

/** One way to say a user in OCSF. Pure: the same user always gives the same draft. */
export interface Dialect {
  /** As in the setting `DIALECT`. */
  readonly name: string;
  /** The OCSF version that its events name. */
  readonly schemaVersion: string;
  readonly normalise: (user: EnrichedUser) => Normalised;
}
