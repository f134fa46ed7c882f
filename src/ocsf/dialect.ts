import type { EnrichedUser } from '../enrich/enrich-user.ts';
import type { StampEvent } from '../ports/events.ts';

/**
 * An event before validation. A property that is `undefined` counts as absent: ajv and `JSON.stringify` both ignore it,
 * so no copy is needed for parts that may be missing.
 */
export type Draft = Readonly<Record<string, unknown>>;

/** A draft, or everything that the mapping needs and this user does not have, in words. */
export type Normalised =
  | {
      readonly kind: 'draft';
      readonly draft: Draft;
      /**
       * The part of the draft that decides whether it has changed, without the last sign-in. The same user gives the
       * same JSON.
       */
      readonly deciding: unknown;
      /** The last sign-in as the draft has it. */
      readonly signIn: unknown;
    }
  | { readonly kind: 'flaws'; readonly flaws: readonly string[] };

/** A form of OCSF in which users are written. Pure: the same user always gives the same draft. */
export interface Dialect {
  /** The name, as in the setting `DIALECT`. */
  readonly name: string;
  /** The OCSF version that its events name. */
  readonly schemaVersion: string;
  /** Its own settings as a text. When it changes, every event counts as changed. */
  readonly settings: string;
  /** Do its events list each role? Then knowing that a user is Admin is not enough. */
  readonly sendsRoleList: boolean;
  readonly normalise: (user: EnrichedUser) => Normalised;
  /** The values that an event gets when it enters the outbox. */
  readonly stamp: StampEvent;
}
