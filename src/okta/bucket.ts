import Bottleneck from 'bottleneck';
import type { Clock } from '../ports.ts';
import type { Rate } from './rate-headers.ts';
import { RateWindow } from './window.ts';

/** Spacing is this much wider than exact, so that rounding never spends more than the share. */
const MARGIN = 1.01;
const BLIND_WAIT_MS = 5000;
const LONGEST_BLIND_WAIT_MS = 60_000;

export interface BucketOptions {
  /** Calls a window before any answer has told. */
  readonly firstGuess: number;
  readonly share: number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** One rate-limit bucket: spaces its calls evenly, and holds them all back while the bucket is spent. */
export class Bucket {
  readonly window: RateWindow;
  waitedMs = 0;
  readonly #options: BucketOptions;
  readonly #limiter: Bottleneck;
  #pause: Promise<void> | undefined;
  /** The token's own lower ceiling, taught by a 429 while calls remained. */
  #ceiling = Number.POSITIVE_INFINITY;
  #blindRefusals = 0;
  #applied: { readonly maxConcurrent: number; readonly minTime: number };

  constructor(options: BucketOptions) {
    this.#options = options;
    this.window = new RateWindow(options.firstGuess);
    // One call alone learns the pace; without headers the first guess stands.
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
      while (this.#pause !== undefined) await this.#pause;
      this.#options.signal.throwIfAborted();
      return call();
    });
  }

  /** Takes in what an answer says. `rate` is `undefined` where it said nothing of use. */
  observe(rate: Rate | undefined): void {
    if (rate !== undefined && rate.limit > 0) {
      this.window.observe(rate);
      this.#blindRefusals = 0;
      if (this.#isSpent()) this.#holdUntilReset();
    }
    this.#apply(this.#options.maxConcurrency);
  }

  /** A 429: everyone waiting on this bucket waits once, to the reset. */
  refused(rate: Rate | undefined): void {
    if (rate === undefined) {
      this.#blindRefusals += 1;
      const waitMs = Math.min(LONGEST_BLIND_WAIT_MS, BLIND_WAIT_MS * 2 ** (this.#blindRefusals - 1));
      this.#hold(waitMs);
      return;
    }
    this.window.observe(rate);
    if (rate.remaining > 0 && this.#ceiling === Number.POSITIVE_INFINITY && this.window.used > 1) {
      this.#ceiling = this.window.used - 1;
    }
    this.#apply(this.#options.maxConcurrency);
    this.#holdUntilReset();
  }

  /** Bottleneck takes settings by an asynchronous call: made only when something changed. */
  #apply(maxConcurrent: number): void {
    const minTime = this.intervalMs;
    if (maxConcurrent === this.#applied.maxConcurrent && minTime === this.#applied.minTime) return;
    this.#applied = { maxConcurrent, minTime };
    void this.#limiter.updateSettings(this.#applied);
  }

  #isSpent(): boolean {
    const { used, others, limit, remaining, leftMs, lengthMs } = this.window;
    const isContested = others > Math.max(3, limit * 0.02);
    if (used >= this.allowance) return true;
    return isContested && (leftMs < lengthMs / 10 || remaining < limit / 20);
  }

  #holdUntilReset(): void {
    // One second more: the reset is in whole seconds, and so is the Date it is measured against.
    this.#hold(this.window.leftMs + 1000);
  }

  #hold(waitMs: number): void {
    if (this.#pause !== undefined) return;
    const { clock, signal, random } = this.#options;
    const jitteredMs = waitMs + random() * 250;
    this.waitedMs += jitteredMs;
    this.#pause = clock.sleep(jitteredMs, signal).then(() => {
      this.#pause = undefined;
    });
  }
}
