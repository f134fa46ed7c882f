import type { FaultOptions } from '../faults.ts';

/**
 * `lost-acknowledgement`: stored, then the connection is destroyed. `429`: Retry-After in seconds; `429-date`: as a date.
 * `200-html`, `200-error`, `200-none`, `207-errors`: a 2xx that stored nothing, with a login page, an error, a count of 0,
 * an error for each event.
 */
export const INTAKE_FAULTS = [
  '500',
  '502',
  '503',
  '504',
  '408',
  'reset',
  'hang',
  '429',
  '429-date',
  'lost-acknowledgement',
  '200-html',
  '200-error',
  '200-none',
  '207-errors',
] as const;

export type IntakeFaultKind = (typeof INTAKE_FAULTS)[number];

export interface IntakeServerOptions {
  readonly port?: number;
  readonly apiKey?: string;
  readonly connectorUuid?: string;
  /** Above it: 413. */
  readonly maxBytes?: number;
  /** The status with which a whole batch is refused because it holds this event. */
  readonly refuseEvent?: (event: Readonly<Record<string, unknown>>) => 400 | 413 | 422 | undefined;
  readonly faults?: FaultOptions<IntakeFaultKind>;
  /** The fact that decides on a fault: the content of the batch, or its place among all requests, repeats included. */
  readonly faultsFollow?: 'body' | 'order';
  /** Of every answer. */
  readonly delayMs?: number;
  /** Where every request is redirected to, with a 302. */
  readonly redirect?: string;
  readonly successStatus?: 200 | 201 | 202 | 204;
  readonly successBody?: 'json' | 'html' | 'empty';
  /** An answer over 64 MiB. */
  readonly isGiant?: boolean;
  readonly emptyBatchStatus?: 200 | 400 | 422;
  /** The value of Retry-After, in seconds. */
  readonly retryAfterSeconds?: number;
  /** Whether what arrives is kept whole, only the newest of each user, or not at all. */
  readonly keeps?: 'all' | 'latest' | 'nothing';
  readonly now?: () => number;
}

export interface ReceivedItem {
  readonly item: Readonly<Record<string, unknown>>;
  /** Counted from 1, over the batches that were stored. */
  readonly batch: number;
}

export interface IntakeRequest {
  /** 0 when no answer was given. */
  readonly status: number;
  readonly items: number;
  readonly bytes: number;
  /** Stored, even when the acknowledgement was lost. */
  readonly isStored: boolean;
  readonly userAgent: string | undefined;
  readonly at: number;
}

/**
 * `unavailable` answers 503, `silent` never answers, `reset` ends the connection, `page` is something else on the way that
 * answers with a page of its own and a 200, and stores nothing; a status is what every request gets.
 */
export type IntakeState = 'up' | 'unavailable' | 'page' | 'silent' | 'reset' | number;
