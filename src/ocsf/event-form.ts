import type { StampEvent } from '../ports/events.ts';
import type { Normalised } from './dialect.ts';

/** How the assets of one class are said in a dialect. Pure: the same facts always give the same draft. */
export interface EventForm<Facts> {
  /** The dialect, and the OCSF version that its events name. */
  readonly name: string;
  readonly schemaVersion: string;
  /** Its own settings as a text. When it changes, every event counts as changed. */
  readonly settings: string;
  /** The JSON schema of its events, as it is in `schemas/`. */
  readonly schema: unknown;
  readonly normalise: (facts: Facts) => Normalised;
  /** The values that an event gets when it enters the outbox. */
  readonly stamp: StampEvent;
}
