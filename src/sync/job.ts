import type { Inventory } from '../ports/inventory.ts';
import type { Log } from '../ports/log.ts';
import type { Lookup } from '../ports/org.ts';
import type { CallCount, Source } from '../ports/source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, Outbox } from '../ports/sink.ts';
import type { Expected } from './pace.ts';
import type { Tally } from './tally.ts';

/** Which users a run reads. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'first'; readonly limit: number }
  | { readonly kind: 'one'; readonly idOrLogin: string };

/** The settings that shape a run. */
export interface RunSettings {
  /** Of the org, as `OKTA_BASE_URL` names it. */
  readonly host: string;
  readonly scope: Scope;
  /** The inventory outlives the run, so that later runs only ask for what has changed. */
  readonly isKept: boolean;
  /** What was asked for on the command line; absent: what is due. */
  readonly mode: 'full' | 'incremental' | undefined;
  readonly lookups: ReadonlySet<Lookup>;
  readonly includeDeprovisioned: boolean;
  /** Users read at the same time. */
  readonly width: number;
  readonly fullIntervalMs: number;
  readonly frequencyMs: number;
  /** Of the calls that the share allows in that time, for reading the oldest answers again. */
  readonly recheckShare: number;
  readonly delivery: 'changed' | 'all';
  readonly resendIntervalMs: number;
  /** Every how many full runs all groups are asked for roles; 0 never. */
  readonly verifyGroupRolesEvery: number;
  /** Share of known users; when more than that are gone at once nobody is removed, see `removal-limit.ts`. */
  readonly maxRemovals: number;
  readonly acceptsRemovals: boolean;
  /** What is known is sent again, and nothing is read. */
  readonly resends: boolean;
  /** Only users that an Okta search selects. */
  readonly isSelecting: boolean;
  /** What decides what is said of a user: when it changes, every event is made anew. */
  readonly mapping: string;
  /** What decides who is read and what is asked of them: when it changes, the next run is a full one. */
  readonly reading: string;
  /** What decides what is kept of a user's record: when it changes, the users are listed again, without lookups. */
  readonly keeping: string;
}

/** Everything one run works with. */
export interface Job {
  readonly runId: string;
  readonly settings: RunSettings;
  readonly source: Source;
  readonly inventory: Inventory;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly tally: Tally;
  /** What Okta was asked so far. */
  readonly meter: () => CallCount;
  /** How many calls about users the share allows in a time, as far as Okta's answers told. */
  readonly callsWithin: (ms: number) => number;
  /** Called whenever a user is done; absent: what to expect is not known yet. */
  readonly onProgress: (expected: Expected | undefined) => void;
  /** How events are compared with the last ones: decided when the run knows its mode. */
  readonly compare: (comparison: 'every-difference' | 'but-sign-in' | 'none') => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal;
}

/** A job whose run has begun. Functions take the parts that they use, see `parts.ts`. */
export interface Run extends Job {
  readonly mode: 'full' | 'incremental';
  /** The start stamp on Okta's clock; a full run that goes on keeps that of its first attempt. */
  readonly startedAt: number;
  /** When this attempt began. */
  readonly attemptedAt: number;
  /** Unix milliseconds on Okta's clock, as far as its answers told. */
  readonly oktaNow: () => number;
  /** All known users are listed again, since other parts of their records are wanted than were kept. */
  readonly relists: boolean;
}
