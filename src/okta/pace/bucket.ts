import Bottleneck from 'bottleneck';
import type { Clock } from '../../ports/clock.ts';
import type { Rate } from './rate-headers.ts';
import { RecentCalls } from './recent-calls.ts';
import { BucketWindow } from './window.ts';

/** The spacing is wider than exact by this factor, so that rounding and timers never spend more than the share. */
const MARGIN = 1.01;
/** No timer is finer, so calls that come closer together are not spaced. */
const FINEST_MS = 1;
/** The waits after a 429 that names no reset, or one in the past. */
const BLIND_WAIT_MS = 5000;
const LONGEST_BLIND_WAIT_MS = 60_000;
/**
 * No token's share of a bucket can be set lower (okta-api section 8), so a 429 below it says nothing about a ceiling.
 */
const LEAST_TOKEN_SHARE = 0.05;
/** When calls were missed, the spacing shrinks to this part of the even one at most, in steps. */
const FASTEST = 0.8;
const STEP = 0.04;
/** While others spend too, we stay out of the last tenth of a window. */
const CONTESTED_PART = 0.9;
/** A bucket's first calls, this part of the allowance but at least so many, go at once: short commands need no more. */
const BURST_PART = 0.05;
const LEAST_BURST = 10;
/** In this part of a bucket's first window, calls after the burst are spaced by this part of the even spacing. */
const EARLY_PART = 0.1;
const EARLY_HASTE = 2 / 3;

/**
 * Our calls a window, in whole calls, as there are no parts of one. A value below one means one call in several
 * windows.
 */
export function allowanceOf(limit: number, share: number): number {
  const exact = limit * share;
  return exact < 1 ? exact : Math.floor(exact);
}

function isAbout(one: number, other: number): boolean {
  return Math.abs(one - other) <= 0.2 * other;
}

export interface BucketOptions {
  /** The limit a minute, until an answer shows the real one. */
  readonly firstGuess: number;
  /** The share of the limit shown, over 0 up to 1. It may differ by the time of day. */
  readonly share: () => number;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * One rate-limit bucket. Spaces its calls evenly over the window after a first burst, and
 * holds all of them back while it is spent.
 */
export class RateBucket {
  readonly window: BucketWindow;
  /** Has an answer shown the limit? */
  isLearnt = false;
  /** Is the bucket waiting after a 429? */
  isRefused = false;
  readonly #options: BucketOptions;
  /**
   * Lets calls pass one at a time, in turn. The calls themselves are not jobs of the limiter, and none of its jobs
   * fails.
   */
  readonly #limiter: Bottleneck;
  #minTime = 0;
  #hold: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  /** At first, and after each wait for a reset, a single call finds out how things are. */
  #isProving = true;
  #prover: Promise<void> | undefined;
  /** The bucket's first calls that went without spacing. It never shrinks, so there is one burst only. */
  #unspaced = 0;
  /** How many windows have begun; a refusal counts too, since nothing hurries after one. */
  #windows = 0;
  readonly #recent = new RecentCalls();
  #inFlight = 0;
  /** Resolves when the next call in flight ends. */
  #nextEnd = Promise.withResolvers<void>();
  /** A part of the limit: the token's own lower ceiling, learnt once from a 429 that came while calls remained. */
  #ceiling = 1;
  #suspected: { readonly ceiling: number; readonly resetAt: number } | undefined;
  #blindHolds = 0;

  constructor(options: BucketOptions) {
    this.#options = options;
    this.window = new BucketWindow(options.firstGuess);
    this.#limiter = new Bottleneck({ maxConcurrent: 1, minTime: 0 });
  }

  /** Our calls in one window; less than one where a call is only allowed every few windows. */
  get allowance(): number {
    return allowanceOf(this.window.limit, Math.min(this.#options.share(), this.#ceiling));
  }

  /** Our calls that are left in this window. */
  get left(): number {
    const isOver = this.window.overInMs(this.#options.clock.now()) === 0;
    return isOver ? this.allowance : Math.max(0, this.allowance - this.window.used);
  }

  /** Makes a call when it is its turn. On abort the call is not made, and the signal's reason is thrown. */
  async run<T>(template: string, call: () => Promise<T>): Promise<T> {
    const isSpaced = !this.#mayGoAtOnce();
    const answered = Promise.withResolvers<void>();
    const admit = (): Promise<boolean> => this.#admit(answered.promise);
    const isAdmitted = await (isSpaced ? this.#limiter.schedule(admit) : admit());
    try {
      this.#options.signal.throwIfAborted();
      return await call();
    } finally {
      if (isAdmitted) this.#end(template);
      answered.resolve();
    }
  }

  /** The burst ends one call early, since the first spaced call does not wait either. */
  #mayGoAtOnce(): boolean {
    const burst = Math.max(LEAST_BURST, Math.floor(this.allowance * BURST_PART));
    const isEarly = this.#unspaced < Math.min(burst, this.allowance) - 1;
    if (isEarly) this.#unspaced += 1;
    return !this.#isProving && (isEarly || this.#minTime < FINEST_MS);
  }

  #end(template: string): void {
    this.#inFlight -= 1;
    this.#recent.add(template, this.#options.clock.now());
    this.#nextEnd.resolve();
    this.#nextEnd = Promise.withResolvers();
  }

  /** Counts a call that was not made through this bucket, and has ended. */
  count(template: string): void {
    this.#recent.add(template, this.#options.clock.now());
  }

  /** Moves the calls of an endpoint to the bucket that turned out to count them. */
  handOver(template: string, other: RateBucket): void {
    other.#recent.putIn(this.#recent.takeOut(template));
  }

  /** Counts the call as in flight at once: between two steps, another call could otherwise be admitted in its place. */
  async #admit(answered: Promise<void>): Promise<boolean> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      if (this.#hold === undefined && this.#isSpent()) this.#holdFor(this.#restMs());
      if (this.#hold !== undefined) {
        await this.#hold.over;
      } else if (this.#isProving && this.#prover !== undefined) {
        await this.#prover;
        this.#prover = undefined;
        await clock.sleep(FINEST_MS, signal); // what its answer says is taken in first
      } else if (this.#isFull()) {
        await this.#room();
      } else {
        if (this.#isProving) this.#prover = answered;
        this.#inFlight += 1;
        return true;
      }
    }
    return false;
  }

  #isFull(): boolean {
    return this.#fullForMs() !== 0;
  }

  async #room(): Promise<void> {
    const { clock, signal } = this.#options;
    const ms = this.#fullForMs();
    await (ms === undefined ? this.#nextEnd.promise : clock.sleep(ms, signal));
  }

  /** The wait until there is room for a call. Where less than one call a window is ours, it is one in several windows. */
  #fullForMs(): number | undefined {
    const { window, allowance } = this;
    const lengthMs = window.surelyMs / Math.min(1, allowance);
    return this.#recent.fullForMs(
      Math.max(1, allowance),
      this.#inFlight,
      lengthMs,
      this.#options.clock.now(),
    );
  }

  /** Takes in an answer's rate; `undefined` where the answer had no usable one. */
  observe(rate: Rate | undefined): void {
    this.#blindHolds = 0;
    if (rate !== undefined) {
      this.isLearnt = true;
      if (this.window.observe(rate, this.#options.clock.now()) === 'new window') this.#beginWindow();
    }
    if (this.#hold === undefined) this.#isProving = false;
    this.#apply();
  }

  #beginWindow(): void {
    this.#windows += 1;
    this.#hold?.end();
  }

  /** A 429: all calls that wait on this bucket wait once, until the reset. A reset in the past says nothing. */
  refused(rate: Rate | undefined, waitMs?: number): void {
    this.isRefused = true;
    this.#windows += 1;
    if (rate !== undefined) {
      this.isLearnt = true;
      const { used, isWhole } = this.window;
      const isNew = this.window.observe(rate, this.#options.clock.now(), 0) === 'new window';
      if (rate.remaining > 0 && isWhole && !isNew) this.#learnCeiling(used / rate.limit, rate.resetAt);
      this.#apply();
    }
    const resetMs = rate === undefined ? 0 : this.window.overInMs(this.#options.clock.now());
    const toldMs = Math.max(resetMs, waitMs ?? 0);
    if (this.#hold === undefined) this.#holdFor(toldMs > 0 ? toldMs : this.#blindWaitMs());
  }

  /** A ceiling far below our own share may come from a stray 429, so a second window must show about the same one. */
  #learnCeiling(taught: number, resetAt: number): void {
    if (this.#ceiling !== 1 || taught < LEAST_TOKEN_SHARE) return;
    const before = this.#suspected;
    const isNearShare = taught >= this.#options.share() / 2;
    const isTaughtAgain =
      before !== undefined && before.resetAt !== resetAt && isAbout(taught, before.ceiling);
    if (isNearShare || isTaughtAgain) this.#ceiling = taught;
    else if (before?.resetAt !== resetAt) this.#suspected = { ceiling: taught, resetAt };
  }

  /** Changes the limiter only when something has changed, because Bottleneck takes settings by an asynchronous call. */
  #apply(): void {
    // Calls that must be made before a contested window ends are spaced a little closer.
    const ms = this.window.lengthMs * (this.#isContested() ? CONTESTED_PART / MARGIN : MARGIN);
    const minTime = (ms / this.allowance) * this.#haste(ms);
    if (minTime === this.#minTime) return;
    this.#minTime = minTime;
    void this.#limiter.updateSettings({ minTime });
  }

  /**
   * Timers come late on a busy machine. Missed calls are made up for within the window, a little at a time. The calls
   * that a bucket's first window makes early are paid back in its second half: by then a short command has ended.
   */
  #haste(ms: number): number {
    const { window, allowance } = this;
    const leftMs = ms - window.sinceBeginMs(this.#options.clock.now());
    if (this.#windows <= 1 && leftMs > ms * (1 - EARLY_PART) && !this.#isContested()) return EARLY_HASTE;
    const left = allowance - window.used - this.#inFlight;
    if (!window.isWhole || leftMs <= 0 || left <= 0) return 1;
    const wanted = leftMs / ms / (left / allowance);
    if (wanted > 1) return leftMs > ms / 2 ? 1 : Math.max(1, Math.floor(wanted / STEP) * STEP);
    return Math.min(1, Math.max(FASTEST, Math.ceil(wanted / STEP) * STEP));
  }

  /** Do others spend too? They do when more calls are gone than our own, those in flight included, can explain. */
  #isContested(): boolean {
    const { spent, used, limit } = this.window;
    return spent - used - this.#inFlight > Math.max(3, limit * 0.02);
  }

  /** True when our share of this window is used up, or when others spend too and its end, or the bucket's, is near. */
  #isSpent(): boolean {
    const { window } = this;
    const now = this.#options.clock.now();
    if (window.overInMs(now) === 0) return false;
    if (window.used + this.#inFlight >= this.allowance) return true;
    const isNearEnd = window.endsInMs(now) < window.lengthMs * (1 - CONTESTED_PART);
    return this.#isContested() && (isNearEnd || window.remaining < window.limit / 20);
  }

  /** The wait to the reset, or longer where less than one call a window is ours. */
  #restMs(): number {
    const { window, allowance } = this;
    const windowsMore = Math.max(0, 1 / allowance - 1);
    return window.overInMs(this.#options.clock.now()) + windowsMore * window.lengthMs;
  }

  #blindWaitMs(): number {
    const ms = Math.min(LONGEST_BLIND_WAIT_MS, BLIND_WAIT_MS * 2 ** this.#blindHolds);
    this.#blindHolds += 1;
    return ms;
  }

  #holdFor(ms: number): void {
    if (this.#hold !== undefined) return;
    const { clock, signal, random } = this.#options;
    const early = new AbortController();
    this.#isProving = true;
    const over = clock.sleep(ms + random() * 250, AbortSignal.any([signal, early.signal])).then(() => {
      this.#hold = undefined;
      this.isRefused = false;
    });
    this.#hold = { over, end: () => early.abort() };
  }
}
