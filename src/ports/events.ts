/** The input of an event, the event, and what can happen instead of one. */
import type { GapReason, Lookup, UserFacets } from './org.ts';

/** An event that fits its schema, so that it may be sent. */
export interface MadeEvent {
  readonly kind: 'event';
  /** The event as JSON text, without the fields that `StampEvent` adds. */
  readonly body: string;
  /** Hash of the fields that decide whether the event has changed. */
  readonly hash: string;
  /** The same hash without the last sign-in: between full runs, a sign-in alone makes no event. */
  readonly hashWithoutSignIn: string;
  /** Facets that are unknown in this event. */
  readonly gaps: ReadonlyMap<Lookup, GapReason>;
}

/** The event of a user, or the reasons why there is none. */
export type Made =
  | MadeEvent
  | {
      readonly kind: 'dead-letter';
      readonly reasons: readonly string[];
      readonly gaps: ReadonlyMap<Lookup, GapReason>;
    };

/** Normalises and validates. Pure: the same facets always give the same event. Never throws. */
export type MakeEvent = (facets: UserFacets) => Made;

/** The event's id and time. Each event gets them when it enters the outbox, and keeps them when it is sent again. */
export interface EventStamp {
  readonly uid: string;
  readonly runId: string;
  /** When the event entered the outbox. */
  readonly loggedAt: number;
}

/** Puts the stamp into a made event's body, where the dialect has a place for it. Pure. */
export type StampEvent = (body: string, stamp: EventStamp) => string;
