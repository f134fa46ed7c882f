import type { Clock } from '../ports/clock.ts';

/** Between runs the loop turns at least every `LONGEST_NAP_MS`. */
const LONGEST_IDLE_MS = 2 * 60_000;
/**
 * The longest time that a run may pass without a call, a user or a batch. The longest window of Okta's that we believe
 * is an hour (okta/rate-headers.ts), and the intake may ask for a pause of ten minutes.
 */
const LONGEST_SILENCE_MS = 90 * 60_000;

/** The clock decides when to look again, not a timer that sleeps through a suspended machine. */
export const LONGEST_NAP_MS = 15_000;

/** Tells whether the worker's loop still turns, and whether its run still makes progress. */
export class Pulse {
  readonly #clock: Clock;
  #turnedAt: number;
  #progress: (() => number) | undefined;
  #lastProgress = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#turnedAt = clock.now();
  }

  /** The loop has come round. */
  turn(): void {
    this.#turnedAt = this.#clock.now();
  }

  /** A run is under way; `progress` is a number that changes whenever it makes progress. */
  follow(progress: () => number): void {
    this.#progress = progress;
    this.#lastProgress = progress();
    this.turn();
  }

  unfollow(): void {
    this.#progress = undefined;
    this.turn();
  }

  /** Looks only when called: a run counts as stuck after it was seen at the same point twice, too far apart. */
  isStuck(): boolean {
    const progress = this.#progress?.() ?? this.#lastProgress;
    if (progress !== this.#lastProgress) this.turn();
    this.#lastProgress = progress;
    const longestMs = this.#progress === undefined ? LONGEST_IDLE_MS : LONGEST_SILENCE_MS;
    return this.#clock.now() - this.#turnedAt > longestMs;
  }
}
