import type { Rate } from './rate-headers.ts';

const USUAL_WINDOW_S = 60;

/**
 * What we know of one rate-limit window: its length, how much of it is ours, how much others spend. Windows start on
 * first use and are not aligned to the clock (okta-api section 8), so their length has to be learnt: from a window
 * that we opened ourselves, and from the distance of one reset to the next.
 */
export class RateWindow {
  limit: number;
  lengthMs = USUAL_WINDOW_S * 1000;
  /** Our own calls in this window, as far as they were answered. */
  used = 0;
  /** Calls of other clients in this window. */
  others = 0;
  #last: Rate | undefined;
  #since: { readonly resetAt: number; readonly windows: number } | undefined;

  constructor(firstGuess: number) {
    this.limit = firstGuess;
  }

  observe(rate: Rate): void {
    const last = this.#last;
    if (last !== undefined && rate.resetAt < last.resetAt) return; // a late answer of a window that is over
    if (last === undefined) this.#open(rate);
    else if (rate.dateAt >= last.resetAt) this.#rollOver(rate, last);
    this.limit = rate.limit;
    const spent = rate.limit - rate.remaining;
    this.used = Math.min(this.used + 1, spent);
    this.others = Math.max(0, spent - this.used);
    this.#last = rate;
  }

  #open(rate: Rate): void {
    const isOurs = rate.remaining >= rate.limit - 1;
    const leftS = rate.resetAt - rate.dateAt;
    if (isOurs && leftS >= 1) this.lengthMs = leftS * 1000;
    this.#since = { resetAt: rate.resetAt, windows: 0 };
  }

  /** The mean over all windows since the first evens out that resets are whole seconds. */
  #rollOver(rate: Rate, last: Rate): void {
    this.used = 0;
    const spanMs = (rate.resetAt - last.resetAt) * 1000;
    if (this.#since === undefined || spanMs > this.lengthMs * 1.5) {
      this.#since = { resetAt: rate.resetAt, windows: 0 }; // nobody called for a while: says nothing of the length
      return;
    }
    this.#since = { resetAt: this.#since.resetAt, windows: this.#since.windows + 1 };
    this.lengthMs = Math.max(1000, ((rate.resetAt - this.#since.resetAt) * 1000) / this.#since.windows);
  }

  /** Milliseconds from the last answer to the end of its window; 0 when unknown. */
  get leftMs(): number {
    return this.#last === undefined ? 0 : Math.max(0, (this.#last.resetAt - this.#last.dateAt) * 1000);
  }

  get remaining(): number {
    return this.#last?.remaining ?? this.limit;
  }

  get isKnown(): boolean {
    return this.#last !== undefined;
  }
}
