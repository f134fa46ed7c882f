import type { Assignments } from '../../enrich/assignments.ts';
import type { EnrichedUser } from '../../enrich/enrich-user.ts';
import type { Freshness } from '../../enrich/freshness.ts';
import { parseStamp } from '../../enrich/stamps.ts';
import type { User } from '../../ports/org.ts';
import type { Shape } from './shapes.ts';
import type { Version } from './versions.ts';

/** The input of an official dialect besides the user. */
export interface OfficialOptions {
  /** The org's host. */
  readonly tenantUid?: string | undefined;
  readonly orgLabel?: string | undefined;
  /** Send the user as Okta gave it too, where the inventory has it. */
  readonly carriesRaw?: boolean | undefined;
}

/** All that the rows are written from. */
export interface Said {
  readonly version: Version;
  readonly options: OfficialOptions;
  readonly user: User;
  readonly login: string;
  readonly enriched: EnrichedUser;
  readonly freshness: Freshness;
  /** `undefined` where roles were not asked for. */
  readonly assignments: Assignments | undefined;
}

/** One attribute of the event: where it is, since when, what it may hold, and what it is for a user. */
export interface AttributeRow {
  /** The path from the event's root, with dots. */
  readonly path: string;
  /** The first of our versions that has the path; absent: every one. */
  readonly since?: Version;
  /** The first of our versions that does not need the row any more. */
  readonly before?: Version;
  /** Where the value goes in versions that do not have the path; absent: nowhere. */
  readonly otherwise?: string;
  readonly shape: Shape | ((version: Version) => Shape);
  /** `always`, or only where its object is. */
  readonly isRequired?: 'always' | 'in its object';
  /** Attributes beside it that come and go with it. */
  readonly goesWith?: readonly string[];
  /** The part that decides "changed": all but these. A function: what is compared in its place. */
  readonly decides?: 'nothing' | 'as sign-in' | ((said: Said) => unknown);
  /** `undefined`: absent. Never null, never an object without anything in it. */
  readonly value: (said: Said) => unknown;
}

export function millisecondsOf(stamp: string | undefined): number | undefined {
  return stamp === undefined ? undefined : parseStamp(stamp);
}

/** A list with something in it. */
export function orAbsent<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
