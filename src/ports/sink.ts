/** The outbox, what drains it, and where events go. */
import type { AssetRef } from './asset.ts';
import type { ConnectorError } from './errors.ts';

export interface OutboxEvent {
  readonly sequence: number;
  readonly asset: AssetRef;
  /** The event as JSON text. */
  readonly body: string;
}

export interface BatchLimits {
  readonly count: number;
  /** Of the whole request body, in bytes. */
  readonly bytes: number;
  /** How many of these the sink puts around the events; between two of them it puts one. */
  readonly envelopeBytes: number;
}

/**
 * Events that one sink has not confirmed. For each asset at most one event in flight and one waiting. One batch is in
 * flight at a time: `take` marks its events as attempted before they leave, and gives those of unknown fate first.
 */
export interface Outbox {
  /**
   * The oldest events, at most one an asset, within the limits (a single larger event is given alone), marked as
   * attempted in the same transaction. Empty when nothing waits.
   */
  take(limits: BatchLimits): Promise<readonly OutboxEvent[]>;
  /** The sink has them: removed, and each asset's delivered hash set, in one transaction. */
  confirm(sequences: readonly number[]): Promise<void>;
  /** The sink refused this event for what it is: becomes a dead letter, remembered by its hash. */
  refuse(sequence: number, reason: string): Promise<void>;
  /** Surely not taken from us: waiting again, as if never attempted. What an earlier process attempted stays unsettled. */
  release(sequences: readonly number[]): Promise<void>;
  pending(): Promise<number>;
}

/** What the sink said about a batch. `refused` and `too-large` mean that it kept nothing of it. */
export type Receipt =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly reason: string };

/** Where events go. */
export interface Sink {
  /** As the sink is called in messages: "the intake refused an event". */
  readonly name: string;
  readonly envelopeBytes: BatchLimits['envelopeBytes'];
  /** What to check when the sink refuses event after event. */
  readonly refusalHint: string;
  /**
   * Pushes one batch, each body a JSON text, once. Throws `SinkAuthError` (stop), or `SinkUnavailableError`
   * (again later; its fate is unknown; `waitMs` is the sink's own wish).
   */
  push(bodies: readonly string[], signal?: AbortSignal): Promise<Receipt>;
}

/** Running counts of a delivery. */
export interface DeliveryTotals {
  /** Batches sent, parts of a refused one included, and how many of them were sent again. */
  readonly batches: number;
  readonly retries: number;
  /** Events that the sink confirmed. */
  readonly accepted: number;
  /** Events that became dead letters. */
  readonly refused: number;
  /** Why delivery ended before the outbox was empty; not set when it was only told to stop. */
  readonly error: ConnectorError | undefined;
}

/** Drains the outbox into the sink while reading goes on. Nothing here throws or rejects. */
export interface Delivery {
  /** Sends at once what earlier runs left, then full batches as events come. */
  start(): void;
  /** Events were saved. Returns at once. */
  wake(): void;
  /**
   * Nothing more will be saved: sends all that waits, for `deadlineMs` at most, then lets go. Afterwards this delivery
   * never touches the outbox again.
   */
  finish(options?: { readonly deadlineMs?: number | undefined }): Promise<DeliveryTotals>;
  totals(): DeliveryTotals;
}
