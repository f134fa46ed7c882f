import type { Clock } from '../ports/clock.ts';

/** Between runs the loop turns at least every `LONGEST_NAP_MS`. */
const LONGEST_IDLE_MS = 2 * 60_000;
/**
 * The longest time that a run may wait without a call, a user or a batch: the longest window of Okta's that we believe
 * is an hour (okta/rate-headers.ts), and the intake's longest wish is ten minutes.
 */
const LONGEST_SILENCE_MS = 90 * 60_000;

/** The clock decides when to look again, not a timer that sleeps through a suspended machine. */
export const LONGEST_NAP_MS = 15_000;

/** Whether the worker's loop still turns, and the run in it still gets on. */
export class Pulse {
  readonly #clock: Clock;
  #turnedAt: number;
  #progress: (() => number) | undefined;
  #lastProgress = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#turnedAt = clock.now();
  }

  /** The loop came round. */
  turn(): void {
    this.#turnedAt = this.#clock.now();
  }

  /** A run is under way; `progress` is a number that differs whenever it got on. */
  follow(progress: () => number): void {
    this.#progress = progress;
    this.#lastProgress = progress();
    this.turn();
  }

  unfollow(): void {
    this.#progress = undefined;
    this.turn();
  }

  /** Looks only when it is asked: a run counts as stuck after it was seen twice, too far apart, at the same point. */
  isStuck(): boolean {
    const progress = this.#progress?.() ?? this.#lastProgress;
    if (progress !== this.#lastProgress) this.turn();
    this.#lastProgress = progress;
    const longestMs = this.#progress === undefined ? LONGEST_IDLE_MS : LONGEST_SILENCE_MS;
    return this.#clock.now() - this.#turnedAt > longestMs;
  }
}
