import Bottleneck from 'bottleneck';
import type { Clock } from '../ports.ts';
import type { Rate } from './rate-headers.ts';
import { RateWindow } from './window.ts';

/** Spacing is this much wider than exact, so that rounding and timers never spend more than the share. */
const MARGIN = 1.01;
/** Waits after a 429 that does not say until when. */
const BLIND_WAIT_MS = 5000;
const LONGEST_BLIND_WAIT_MS = 60_000;
/** Resets and Dates are whole seconds: their difference may be one short. */
const ROUNDING_MS = 1000;

export interface BucketOptions {
  /** Calls a window before any answer has told. */
  readonly firstGuess: number;
  /** Of the limit shown, over 0 up to 1. */
  readonly share: number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** One rate-limit bucket: spaces its calls evenly over the window, and holds them all back while it is spent. */
export class Bucket {
  readonly window: RateWindow;
  waitedMs = 0;
  readonly #options: BucketOptions;
  readonly #limiter: Bottleneck;
  #applied: { readonly maxConcurrent: number; readonly minTime: number };
  #hold: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  #inFlight = 0;
  /** The token's own lower ceiling, taught once by a 429 while calls remained. */
  #ceiling = Number.POSITIVE_INFINITY;
  #blindRefusals = 0;

  constructor(options: BucketOptions) {
    this.#options = options;
    this.window = new RateWindow(options.firstGuess);
    // One call alone learns the pace.
    this.#applied = { maxConcurrent: 1, minTime: this.intervalMs };
    this.#limiter = new Bottleneck(this.#applied);
  }

  /** Calls that may be made in one window. */
  get allowance(): number {
    return Math.max(1, Math.floor(Math.min(this.window.limit * this.#options.share, this.#ceiling)));
  }

  get intervalMs(): number {
    return (this.window.lengthMs * MARGIN) / this.allowance;
  }

  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#limiter.schedule(async () => {
      if (this.#isSpent()) this.#holdUntilReset();
      while (this.#hold !== undefined) await this.#hold.over;
      this.#options.signal.throwIfAborted();
      this.#inFlight += 1;
      try {
        return await call();
      } finally {
        this.#inFlight -= 1;
      }
    });
  }

  /** Takes in what an answer says of the bucket; `undefined` where it said nothing of use. */
  observe(rate: Rate | undefined): void {
    if (rate !== undefined && rate.limit > 0) {
      this.#blindRefusals = 0;
      if (this.window.observe(rate) === 'new window') this.#hold?.end();
    }
    this.#apply();
  }

  /** A 429: everyone waiting on this bucket waits once, to the reset. */
  refused(rate: Rate | undefined): void {
    if (rate === undefined) {
      this.#blindRefusals += 1;
      this.#holdFor(Math.min(LONGEST_BLIND_WAIT_MS, BLIND_WAIT_MS * 2 ** (this.#blindRefusals - 1)));
      return;
    }
    const { used } = this.window;
    this.window.observe(rate);
    if (rate.remaining > 0 && used > 1 && this.#ceiling === Number.POSITIVE_INFINITY) this.#ceiling = used;
    this.#apply();
    this.#holdUntilReset();
  }

  /** Bottleneck takes settings by an asynchronous call: made only when something changed. */
  #apply(): void {
    const wanted = { maxConcurrent: this.#options.maxConcurrency, minTime: this.intervalMs };
    if (wanted.maxConcurrent === this.#applied.maxConcurrent && wanted.minTime === this.#applied.minTime)
      return;
    this.#applied = wanted;
    void this.#limiter.updateSettings(wanted);
  }

  /** Our share of this window is used up, or others spend too and its end comes near. */
  #isSpent(): boolean {
    const { isKnown, used, spent, limit, remaining, leftMs, lengthMs } = this.window;
    if (!isKnown) return false;
    if (used + this.#inFlight >= this.allowance) return true;
    const others = spent - used - this.#inFlight;
    const isContested = others > Math.max(3, limit * 0.02);
    return isContested && (leftMs < lengthMs / 10 || remaining < limit / 20);
  }

  #holdUntilReset(): void {
    this.#holdFor(this.window.leftMs + ROUNDING_MS);
  }

  #holdFor(ms: number): void {
    if (this.#hold !== undefined) return;
    const { clock, signal, random } = this.#options;
    const heldAt = clock.now();
    const early = new AbortController();
    const over = clock.sleep(ms + random() * 250, AbortSignal.any([signal, early.signal])).then(() => {
      this.waitedMs += Math.max(0, clock.now() - heldAt);
      this.#hold = undefined;
    });
    this.#hold = { over, end: () => early.abort() };
    this.window.interrupt();
  }
}
