import type { JsonObject } from '../json.ts';

/** An entry of Okta's System Log about one thing that happened. */
export interface LogEvent extends JsonObject {
  readonly uuid: string;
  readonly published: string;
  readonly eventType: string;
  readonly target: readonly JsonObject[] | null;
}

/** A place in the order in which events became readable: the millisecond, and the place in it, from 1. */
export interface LogPlace {
  readonly at: number;
  readonly place: number;
}

interface LogEntry {
  readonly event: LogEvent;
  readonly publishedAt: number;
  readonly persisted: LogPlace;
  /** In the order of happening. */
  readonly sequence: number;
}

export interface LogQuestion {
  readonly limit: number;
  readonly now: number;
  /** Entries published earlier are not kept any more. */
  readonly oldestAt: number;
  readonly isWanted: (event: LogEvent) => boolean;
}

export interface BoundedQuestion extends LogQuestion {
  readonly sinceAt: number;
  readonly untilAt: number;
  readonly isDescending: boolean;
  /** The last one of the page before. */
  readonly after: BoundedPlace | undefined;
}

export interface BoundedPlace {
  readonly publishedAt: number;
  readonly sequence: number;
}

/** Events in the order in which they became readable, which is not the order in which they happened. */
export class SystemLog {
  readonly #entries: LogEntry[] = [];
  readonly #listeners: ((event: LogEvent) => void)[] = [];
  #sequence = 0;
  #readAt = -Infinity;

  /** Readable only `lagMs` after it was published; never before a place that somebody has already read past. */
  append(event: LogEvent, publishedAt: number, lagMs = 0): void {
    const at = Math.max(publishedAt + lagMs, this.#readAt);
    const position = this.#positionAfter({ at, place: Infinity });
    const previous = this.#entries[position - 1]?.persisted;
    const place = previous?.at === at ? previous.place + 1 : 1;
    this.#sequence += 1;
    const entry = { event, publishedAt, persisted: { at, place }, sequence: this.#sequence };
    this.#entries.splice(position, 0, entry);
    for (const tell of this.#listeners) tell(event);
  }

  /** Called with each event as it happens, whenever it becomes readable. */
  onAppend(tell: (event: LogEvent) => void): void {
    this.#listeners.push(tell);
  }

  /** All events, in the order in which they become readable. */
  get events(): readonly LogEvent[] {
    return this.#entries.map(({ event }) => event);
  }

  /** Every event that became readable after a place, and the place from which to go on. */
  poll(from: LogPlace, question: LogQuestion): { readonly events: LogEvent[]; readonly next: LogPlace } {
    const { limit, now, oldestAt, isWanted } = question;
    // Not the latest: a test may set the clock back.
    this.#readAt = now;
    const events: LogEvent[] = [];
    let next = from;
    for (let index = this.#positionAfter(from); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.persisted.at > now) break;
      if (events.length === limit) return { events, next };
      next = entry.persisted;
      if (entry.publishedAt >= oldestAt && isWanted(entry.event)) events.push(entry.event);
    }
    return { events, next: next.at >= now ? next : { at: now, place: 0 } };
  }

  /** In the order of publishing, and only what could be read by now: late events are missed. */
  bounded(question: BoundedQuestion): {
    readonly events: LogEvent[];
    readonly next: BoundedPlace | undefined;
  } {
    const { limit, after, isDescending } = question;
    const sign = isDescending ? -1 : 1;
    const order = (one: BoundedPlace, other: BoundedPlace): number =>
      sign * (one.publishedAt - other.publishedAt || one.sequence - other.sequence);
    const found = this.#entries
      .filter((entry) => isWithin(entry, question) && (after === undefined || order(entry, after) > 0))
      .sort(order);
    const page = found.slice(0, limit);
    return {
      events: page.map(({ event }) => event),
      next: found.length > limit ? page.at(-1) : undefined,
    };
  }

  #positionAfter({ at, place }: LogPlace): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const persisted = this.#entries[middle]?.persisted ?? { at: Infinity, place: 0 };
      const isBefore = persisted.at === at ? persisted.place <= place : persisted.at < at;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isWithin({ event, publishedAt, persisted }: LogEntry, question: BoundedQuestion): boolean {
  const { sinceAt, untilAt, oldestAt, now } = question;
  const isInTime = publishedAt >= sinceAt && publishedAt < untilAt && publishedAt >= oldestAt;
  return isInTime && persisted.at <= now && question.isWanted(event);
}
