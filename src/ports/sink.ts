/** The outbox, the delivery that drains it, and the sink that receives events. */
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
  /** The limit of the whole request body, in bytes. */
  readonly bytes: number;
  /** The bytes that the sink adds around the events; it adds one more between two events. */
  readonly envelopeBytes: number;
}

/**
 * Events that one sink has not confirmed. Each asset has at most one event in flight and one waiting. One batch is in
 * flight at a time: `take` marks its events as attempted before they leave, and returns those of unknown fate first.
 */
export interface Outbox {
  /**
   * The oldest events within the limits, at most one for each asset, marked as attempted in the same transaction. An
   * event larger than the limits comes alone. Empty when nothing waits.
   */
  take(limits: BatchLimits): Promise<readonly OutboxEvent[]>;
  /** The sink has confirmed these events: removes them and stores each asset's delivered hash, in one transaction. */
  confirm(sequences: readonly number[]): Promise<void>;
  /** The sink refused this event for what it is: makes it a dead letter, and remembers its hash. */
  refuse(sequence: number, reason: string): Promise<void>;
  /**
   * The sink surely does not have these events: they wait again, as if never attempted. Events that an earlier process
   * attempted stay unsettled.
   */
  release(sequences: readonly number[]): Promise<void>;
  pending(): Promise<number>;
  /** When the oldest of them entered the outbox, on this machine's clock; `undefined` where none waits. */
  oldestAt(): Promise<number | undefined>;
}

/** The sink's answer to a batch. `refused` and `too-large` mean that it accepted no event of the batch. */
export type Receipt =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly reason: string };

/** A place that receives events. */
export interface Sink {
  /** The sink's name in messages: "the intake refused an event". */
  readonly name: string;
  readonly envelopeBytes: BatchLimits['envelopeBytes'];
  /** A sentence that says what to check when the sink refuses event after event. */
  readonly refusalHint: string;
  /**
   * Pushes one batch once; each body is a JSON text. Throws `SinkAuthError` (stop) or `SinkUnavailableError` (try again
   * later: the fate of the batch is unknown, and `waitMs` is the pause that the sink asks for).
   */
  push(bodies: readonly string[], signal?: AbortSignal): Promise<Receipt>;
}

/** Running counts of a delivery. */
export interface DeliveryTotals {
  /** Batches that were sent, parts of a split batch included, and how many of them were sent again. */
  readonly batches: number;
  readonly retries: number;
  /** Events that the sink confirmed. */
  readonly accepted: number;
  /** Each sink that was sent a batch has confirmed one, and there is such a sink. */
  readonly isProven: boolean;
  /** Events that became dead letters. */
  readonly refused: number;
  /** Why delivery ended before the outbox was empty; `undefined` when it was only told to stop. */
  readonly error: ConnectorError | undefined;
  /** The trouble that keeps events from the sink, tried again or not; `undefined` while the sink takes them. */
  readonly trouble: DeliveryTrouble | undefined;
}

export interface DeliveryTrouble {
  readonly error: ConnectorError;
  /** Unix milliseconds on this machine's clock. */
  readonly since: number;
}

/** Drains the outbox into the sink while reading goes on. No method throws or rejects. */
export interface Delivery {
  /** Sends at once the events that earlier runs left, then full batches as events come. */
  start(): void;
  /** Tells delivery that events were saved. Returns at once. */
  wake(): void;
  /**
   * Nothing more will be saved. Sends all that waits, for `deadlineMs` at most; after that this delivery never touches
   * the outbox again.
   */
  finish(options?: { readonly deadlineMs?: number | undefined }): Promise<DeliveryTotals>;
  totals(): DeliveryTotals;
}
