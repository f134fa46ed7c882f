import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../ports/clock.ts';
import { serverTime } from './rate-headers.ts';

/** Okta's time, as far as its answers have told it: what is signed here is judged by it (okta-api section 7). */
export class ServerClock {
  readonly #clock: Clock;
  #skewMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `Date` is cut to whole seconds and the answer took its time: what is learnt is never ahead of Okta. */
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
