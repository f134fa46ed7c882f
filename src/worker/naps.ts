import type { Clock } from '../ports/clock.ts';

/** Sleep that something may end early. */
export class Naps {
  readonly #clock: Clock;
  readonly #stopping: AbortSignal;
  #wake: AbortController | undefined;
  #isAwake = false;

  constructor(clock: Clock, stopping: AbortSignal) {
    this.#clock = clock;
    this.#stopping = stopping;
  }

  /** Ends the nap under way, or else the next one as it begins. */
  wake(): void {
    this.#isAwake = true;
    this.#wake?.abort();
  }

  async nap(ms: number): Promise<void> {
    this.#wake = new AbortController();
    if (!this.#isAwake) {
      await this.#clock.sleep(ms, AbortSignal.any([this.#stopping, this.#wake.signal]));
    }
    this.#wake = undefined;
    this.#isAwake = false;
  }
}
