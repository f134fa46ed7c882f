import type { Log } from '../log.ts';
import type { CallCount, Clock, Delivery, Inventory, Lookup, Outbox, Source } from '../ports.ts';
import type { Tally } from './tally.ts';

/** Which users a run reads. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'first'; readonly limit: number }
  | { readonly kind: 'one'; readonly idOrLogin: string };

/** Everything one run works with. */
export interface Job {
  readonly runId: string;
  readonly scope: Scope;
  /** The periodic re-send: everything leaves, changed or not. */
  readonly isResend: boolean;
  readonly lookups: ReadonlySet<Lookup>;
  readonly source: Source;
  readonly inventory: Inventory;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly tally: Tally;
  /** Users read at the same time. */
  readonly width: number;
  /** What Okta was asked so far. */
  readonly meter: () => CallCount;
  /** Called whenever a user is done; `usersTotal` as far as it is known. */
  readonly onProgress: (usersTotal: number | undefined) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal;
}
