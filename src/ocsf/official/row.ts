import type { Assignments } from '../../enrich/assignments.ts';
import type { EnrichedUser } from '../../enrich/enrich-user.ts';
import type { Freshness } from '../../enrich/freshness.ts';
import { parseStamp } from '../../enrich/stamps.ts';
import type { User } from '../../ports/org.ts';
import type { Shape } from './shapes.ts';
import { isSince, type Version } from './versions.ts';

/** The input of an official dialect besides the user. */
export interface OfficialOptions {
  /** The org's host. */
  readonly tenantUid?: string | undefined;
  readonly orgLabel?: string | undefined;
  /** Also send the user as Okta gave it, where the inventory has that. */
  readonly carriesRaw?: boolean | undefined;
  /** Also name the devices of a user, as far as they are known. */
  readonly namesDevices?: boolean | undefined;
}

/** The input of the rows of every class. */
export interface SaidOfAny {
  readonly version: Version;
  readonly options: OfficialOptions;
}

/** Everything that the rows of a user are written from. */
export interface Said extends SaidOfAny {
  readonly user: User;
  readonly login: string;
  readonly enriched: EnrichedUser;
  readonly freshness: Freshness;
  /** `undefined` where roles were not asked for. */
  readonly assignments: Assignments | undefined;
}

/** One attribute of the event: its path, the versions that have it, its shape, and its value for an asset. */
export interface AttributeRow<Of = Said> {
  /** The path from the event's root, with dots. */
  readonly path: string;
  /** The first of our versions that has the path; absent: every version. */
  readonly since?: Version;
  /** The first of our versions that does not need the row any more. */
  readonly before?: Version;
  /** The path of the value in versions that do not have this path; absent: none. */
  readonly otherwise?: string;
  readonly shape: Shape | ((version: Version) => Shape);
  /** `always`, or only when its object is there. */
  readonly isRequired?: 'always' | 'in its object';
  /** Attributes beside it that are present only together with it. */
  readonly goesWith?: readonly string[];
  /**
   * How the attribute counts when deciding whether an event has changed; absent: by its value. A function: by what it
   * returns.
   */
  readonly decides?: 'nothing' | 'as sign-in' | ((said: Of) => unknown);
  /** `undefined` leaves the attribute out. The value is never null and never an empty object. */
  readonly value: (said: Of) => unknown;
}

/** The rows of one version, each with the path that it has there. */
export function rowsIn<Of>(
  mapping: readonly AttributeRow<Of>[],
  version: Version,
): readonly AttributeRow<Of>[] {
  return mapping.flatMap((row): AttributeRow<Of>[] => {
    if (row.before !== undefined && isSince(version, row.before)) return [];
    if (row.since === undefined || isSince(version, row.since)) return [row];
    return row.otherwise === undefined ? [] : [{ ...row, path: row.otherwise }];
  });
}

export function millisecondsOf(stamp: string | undefined): number | undefined {
  return stamp === undefined ? undefined : parseStamp(stamp);
}

/** The list, unless it is empty. */
export function orAbsent<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
