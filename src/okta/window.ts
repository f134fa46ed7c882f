import type { Rate } from './rate-headers.ts';

const USUAL_WINDOW_MS = 60_000;

interface Start {
  readonly resetAt: number;
  /** Whole windows since. */
  readonly windows: number;
}

/**
 * What we know of one rate-limit window: its length, and who has spent how much of it. Windows start on first use and
 * are not aligned to the clock (okta-api section 8), so their length has to be learnt: from a window that we opened
 * ourselves, and from the distance of one reset to the next.
 */
export class RateWindow {
  limit: number;
  lengthMs = USUAL_WINDOW_MS;
  /** Our own calls in this window, as far as they were answered. */
  used = 0;
  /** Calls in this window by anyone, as the last answer told. */
  spent = 0;
  #last: Rate | undefined;
  #start: Start | undefined;

  constructor(firstGuess: number) {
    this.limit = firstGuess;
  }

  /** Takes in an answer's headers; tells whether they show that a new window has begun. */
  observe(rate: Rate): 'new window' | 'same window' {
    const last = this.#last;
    // A late answer of a window that is over says nothing of this one.
    if (last !== undefined && rate.resetAt < last.resetAt) return 'same window';
    const hasRolledOver = last !== undefined && rate.resetAt > last.resetAt && rate.dateAt >= last.resetAt;
    if (last === undefined) this.#open(rate);
    if (hasRolledOver) this.#rollOver(rate.resetAt, last.resetAt);
    this.limit = rate.limit;
    this.spent = rate.limit - rate.remaining;
    this.used = Math.min(this.used + 1, this.spent);
    this.#last = rate;
    return hasRolledOver ? 'new window' : 'same window';
  }

  #open({ limit, remaining, resetAt, dateAt }: Rate): void {
    const isOpenedByUs = remaining >= limit - 1;
    if (isOpenedByUs && resetAt - dateAt >= 1) this.lengthMs = (resetAt - dateAt) * 1000;
    this.#start = { resetAt, windows: 0 };
  }

  /** The mean over windows that followed each other evens out that resets are whole seconds. */
  #rollOver(resetAt: number, before: number): void {
    this.used = 0;
    const hasPaused = (resetAt - before) * 1000 > this.lengthMs * 1.5;
    if (this.#start === undefined || hasPaused) {
      this.#start = { resetAt, windows: 0 };
      return;
    }
    const windows = this.#start.windows + 1;
    this.#start = { resetAt: this.#start.resetAt, windows };
    this.lengthMs = Math.max(1000, ((resetAt - this.#start.resetAt) * 1000) / windows);
  }

  /** We held back on purpose: the distance to the next reset says nothing of a window's length. */
  interrupt(): void {
    this.#start = undefined;
  }

  /** From the last answer to the end of its window; 0 when nothing is known. */
  get leftMs(): number {
    return this.#last === undefined ? 0 : Math.max(0, (this.#last.resetAt - this.#last.dateAt) * 1000);
  }

  get remaining(): number {
    return this.limit - this.spent;
  }

  get isKnown(): boolean {
    return this.#last !== undefined;
  }
}
