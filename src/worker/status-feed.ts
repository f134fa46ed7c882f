import type { Clock } from '../ports/clock.ts';
import type { Status } from '../status/status.ts';

export interface FeedParts {
  readonly read: () => Promise<Status>;
  readonly clock: Clock;
}

/** However many ask, the status is made at most once in this time, and so is each text of it. */
const FRESH_MS = 1000;

interface MadeStatus {
  readonly at: number;
  readonly status: Promise<Status>;
  readonly texts: Map<string, Promise<string>>;
}

/** The status for all who ask. */
export class StatusFeed {
  readonly #parts: FeedParts;
  #made: MadeStatus | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  latest(): Promise<Status> {
    return this.#fresh().status;
  }

  /** @param name of the text, one for each way to write it */
  text(name: string, write: (status: Status) => Promise<string>): Promise<string> {
    const { status, texts } = this.#fresh();
    const text = texts.get(name) ?? status.then(write);
    texts.set(name, text);
    return text;
  }

  #fresh(): MadeStatus {
    const now = this.#parts.clock.now();
    const made = this.#made;
    if (made !== undefined && now >= made.at && now - made.at < FRESH_MS) return made;
    const next: MadeStatus = { at: now, status: this.#parts.read(), texts: new Map() };
    this.#made = next;
    // A failure is not kept: the next one who asks tries again.
    next.status.catch(() => {
      if (this.#made === next) this.#made = undefined;
    });
    return next;
  }
}
