import type { Budget, OrgShare } from '../../ports/source.ts';
import type { Clock } from '../../ports/clock.ts';
import { allowanceOf, RateBucket } from './bucket.ts';
import { bucketGuessOf } from '../endpoints.ts';
import { orAbort } from './or-abort.ts';
import { ownShareShown } from './own-share.ts';
import type { Rate } from './rate-headers.ts';
import { Sharing } from './sharing.ts';
import { Turns } from '../../http/turns.ts';
import { Waits } from './waits.ts';

/** After so many answers without a refusal for concurrency, one more call at once is allowed. */
const CALM_ANSWERS = 50;
/** The time in which an answer is taken in before any call that waited for it goes on. */
const TAKEN_IN_MS = 1;
/** Refusals that come within this time count as one: there were too many calls in flight only once. */
const ONE_REFUSAL_MS = 1000;

/** In place of a bucket's name: the org's limit of calls at once. */
export const CONCURRENCY = 'concurrency';

export interface RateLimitOptions {
  readonly share: () => number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * The one owner of waiting for Okta: decides which bucket an endpoint spends, how fast, and how many requests run at
 * once.
 */
export class RateLimits {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, RateBucket>();
  readonly #sharing = new Sharing();
  readonly #turns: Turns;
  readonly #waits: Waits;
  readonly #waitsIn = new Map<string, Waits>();
  /**
   * First calls of endpoints that have no answer yet. Each is made alone, since the endpoint may have a bucket of its
   * own.
   */
  readonly #firsts = new Map<string, Promise<void>>();
  readonly #answered = new Set<string>();
  #calm = 0;
  #halvedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#turns = new Turns(options.maxConcurrency);
    this.#waits = new Waits(options.clock);
  }

  /** Makes one request when its bucket and the number in flight allow it. Rejects at once on abort. */
  schedule<T>(template: string, call: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    return orAbort(this.#afterFirst(template, call), signal, () => this.#stopWaits());
  }

  async #afterFirst<T>(template: string, call: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.#options;
    for (;;) {
      if (this.#answered.has(template)) return this.#inTurn(template, call);
      const first = this.#firsts.get(template);
      if (first === undefined) return this.#asFirst(template, call);
      const endWait = this.#beginWait(template);
      await first;
      await clock.sleep(TAKEN_IN_MS, signal);
      endWait();
      signal.throwIfAborted();
    }
  }

  async #asFirst<T>(template: string, call: () => Promise<T>): Promise<T> {
    const ended = Promise.withResolvers<void>();
    this.#firsts.set(template, ended.promise);
    try {
      return await this.#inTurn(template, call);
    } finally {
      this.#firsts.delete(template);
      ended.resolve();
    }
  }

  /**
   * Waits again, without asking, when its bucket was refused while the call waited, or turned out to be another one.
   */
  async #inTurn<T>(template: string, call: () => Promise<T>): Promise<T> {
    for (;;) {
      const endWait = this.#beginWait(template);
      const bucket = this.#bucketOf(template);
      const isStillDue = (): boolean => !bucket.isRefused && this.#bucketOf(template) === bucket;
      const made = await bucket.run(template, () => {
        endWait();
        return this.#turns.take(async () => (isStillDue() ? { answer: await call() } : undefined));
      });
      // The call began in one bucket, and another one counted it.
      if (this.#bucketOf(template) !== bucket) bucket.handOver(template, this.#bucketOf(template));
      if (made !== undefined) return made.answer;
    }
  }

  /** Counts a call that was made at once, beside the pace, so that both together stay within the share. */
  count(template: string): void {
    this.#bucketOf(template).count(template);
  }

  observe(template: string, rate: Rate | undefined): void {
    this.#answered.add(template);
    this.#recover();
    if (rate === undefined || rate.limit === 0) return this.#bucketOf(template).observe(undefined);
    const isBelieved = this.#sharing.compare(template, rate, this.#partnersOf(template));
    if (isBelieved) this.#bucketOf(template).observe(rate);
  }

  /**
   * Takes in a 429. With limit 0 it is the org's concurrency limit: fewer calls at once, and no window to wait for.
   * @param waitMs how long the answer asks to wait beside its rate; the later of both counts
   * @returns the name of the bucket, or `CONCURRENCY`
   */
  refused(template: string, rate: Rate | undefined, waitMs?: number): string {
    if (rate?.limit === 0) {
      this.#halve();
      return CONCURRENCY;
    }
    this.#answered.add(template);
    if (rate !== undefined) this.#sharing.refused(template, rate, this.#partnersOf(template));
    this.#bucketOf(template).refused(rate, waitMs);
    return this.#nameOf(template);
  }

  /** How many calls of an endpoint its bucket's share allows in that time, as far as answers have shown. */
  callsWithin(template: string, ms: number): number {
    const { allowance, window } = this.#bucketOf(template);
    return (ms / window.reckonedMs) * allowance;
  }

  /** The time in which calls waited for the pace: for even spacing, for a reset, or for an endpoint's first answer. */
  get waitedMs(): number {
    return this.#waits.ms;
  }

  /** The same by bucket. Calls wait in several at once, so that the sum may be more than the whole. */
  get waitedInMs(): ReadonlyMap<string, number> {
    return new Map([...this.#waitsIn].map(([bucket, waits]) => [bucket, waits.ms]));
  }

  /** Absent where the answers look like the org's own figures, or are too few to tell. */
  get orgShare(): OrgShare | undefined {
    const shown = ownShareShown((name) => {
      const bucket = this.#buckets.get(name);
      return bucket?.isLearnt === true ? bucket.window.limit : undefined;
    });
    return shown === undefined ? undefined : { shown, spent: shown * this.#options.share() };
  }

  /** How many requests may be in flight now. */
  get concurrency(): number {
    return this.#turns.most;
  }

  /** The budget of an endpoint, as far as answers have shown; before the first answer, a guess. */
  budgetOf(template: string): Budget {
    const bucket = this.#buckets.get(this.#nameOf(template));
    if (bucket !== undefined) return budgetIn(this.#nameOf(template), bucket);
    const { name, limit } = bucketGuessOf(template);
    const allowance = allowanceOf(limit, this.#options.share());
    return { bucket: name, limit, allowance, left: allowance, windowMs: 60_000, isLearnt: false };
  }

  /** The budgets that Okta's answers have shown. */
  get budgets(): readonly Budget[] {
    return [...this.#buckets]
      .map(([name, bucket]) => budgetIn(name, bucket))
      .filter(({ isLearnt }) => isLearnt);
  }

  #beginWait(template: string): () => void {
    const name = this.#nameOf(template);
    const waits = this.#waitsIn.get(name) ?? new Waits(this.#options.clock);
    this.#waitsIn.set(name, waits);
    const ends = [this.#waits.begin(), waits.begin()];
    return () => {
      for (const end of ends) end();
    };
  }

  #stopWaits(): void {
    for (const waits of [this.#waits, ...this.#waitsIn.values()]) waits.stop();
  }

  #halve(): void {
    const now = this.#options.clock.now();
    this.#calm = 0;
    if (Math.abs(now - this.#halvedAt) < ONE_REFUSAL_MS) return;
    this.#halvedAt = now;
    this.#turns.most = Math.max(1, Math.floor(this.#turns.most / 2));
  }

  #recover(): void {
    this.#calm += 1;
    if (this.#calm % CALM_ANSWERS === 0 && this.#turns.most < this.#options.maxConcurrency)
      this.#turns.most += 1;
  }

  #nameOf(template: string): string {
    return this.#sharing.hasOwn(template) ? template : bucketGuessOf(template).name;
  }

  #partnersOf(template: string): (other: string) => boolean {
    const name = this.#nameOf(template);
    return (other) => this.#nameOf(other) === name;
  }

  #bucketOf(template: string): RateBucket {
    const name = this.#nameOf(template);
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const made = new RateBucket({ firstGuess: bucketGuessOf(template).limit, ...this.#options });
    this.#buckets.set(name, made);
    this.#buckets.get(bucketGuessOf(template).name)?.handOver(template, made);
    return made;
  }
}

function budgetIn(name: string, { window, allowance, left, isLearnt }: RateBucket): Budget {
  return { bucket: name, limit: window.limit, allowance, left, windowMs: window.reckonedMs, isLearnt };
}
