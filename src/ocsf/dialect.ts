import type { EnrichedUser } from '../enrich/enrich-user.ts';
import type { StampEvent } from '../ports/events.ts';

/**
 * An event before validation. A property that is `undefined` is absent: ajv and `JSON.stringify` both pass it over,
 * which spares a copy for every part that may be missing.
 */
export type Draft = Readonly<Record<string, unknown>>;

/** A draft, or in words all that the mapping needs of this user and cannot have. */
export type Normalised =
  | {
      readonly kind: 'draft';
      readonly draft: Draft;
      /** The part that decides "changed", without the last sign-in; as JSON, the same for the same. */
      readonly deciding: unknown;
      /** The last sign-in, as the draft says it. */
      readonly signIn: unknown;
    }
  | { readonly kind: 'flaws'; readonly flaws: readonly string[] };

/** One way to say a user in OCSF. Pure: the same user always gives the same draft. */
export interface Dialect {
  /** The name as in the setting `DIALECT`. */
  readonly name: string;
  /** The OCSF version that its events name. */
  readonly schemaVersion: string;
  /** Its own settings as a text: another text makes every event a changed one. */
  readonly settings: string;
  /** Do its events list each role, so that it is not enough to know that a user is Admin? */
  readonly sendsRoleList: boolean;
  readonly normalise: (user: EnrichedUser) => Normalised;
  /** The values that an event gets when it enters the outbox. */
  readonly stamp: StampEvent;
}
