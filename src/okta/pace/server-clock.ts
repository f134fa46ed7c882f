import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../ports/clock.ts';
import { serverTime } from './rate-headers.ts';

/**
 * Okta's time, as far as its answers have shown it. Okta judges by it everything that is signed here (okta-api section
 * 7).
 */
export class ServerClock {
  readonly #clock: Clock;
  #skewMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Learns from `Date`, which is cut to whole seconds, and after the answer's way here. So the result is never ahead of
   * Okta.
   */
  learn(headers: IncomingHttpHeaders): void {
    const at = serverTime(headers);
    if (at !== undefined) this.#skewMs = at - this.#clock.now();
  }

  /** How far Okta is ahead of this machine; negative when it is behind. */
  get skewMs(): number {
    return this.#skewMs;
  }

  nowSeconds(): number {
    return Math.floor((this.#clock.now() + this.#skewMs) / 1000);
  }
}
