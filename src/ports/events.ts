/** What an event is made of, and what becomes of it. */
import type { GapReason, Lookup, UserFacets } from './org.ts';

/** An event that may leave. */
export interface MadeEvent {
  readonly kind: 'event';
  /** The event as JSON text, but for what `StampEvent` adds. */
  readonly body: string;
  /** Hash of what decides "changed"; two events with one hash say the same. */
  readonly hash: string;
  /** The same without the last sign-in, which alone makes no event between full runs. */
  readonly hashWithoutSignIn: string;
  /** Facets that stayed unknown in this event. */
  readonly gaps: ReadonlyMap<Lookup, GapReason>;
}

/** What became of a user's facets: an event, or the reasons why there is none. */
export type Made =
  | MadeEvent
  | {
      readonly kind: 'dead-letter';
      readonly reasons: readonly string[];
      readonly gaps: ReadonlyMap<Lookup, GapReason>;
    };

/** Normalises and validates: a pure function, the same facets always give the same event. Never throws. */
export type MakeEvent = (facets: UserFacets) => Made;

/** What an event is given when it enters the outbox, and keeps over re-sends. */
export interface EventStamp {
  readonly uid: string;
  readonly runId: string;
  /** When it entered. */
  readonly loggedAt: number;
}

/** Puts the stamp into a made event's body, where the dialect has a place for it. Pure. */
export type StampEvent = (body: string, stamp: EventStamp) => string;
