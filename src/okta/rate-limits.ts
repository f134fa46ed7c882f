import Bottleneck from 'bottleneck';
import type { Clock } from '../ports.ts';
import { Bucket } from './bucket.ts';
import type { Rate } from './rate-headers.ts';

/**
 * First guesses by endpoint family: Okta's last published defaults a minute for a Workforce org (okta-api section 8).
 * A user's lookups share the counter of the users' list, as observed on the wire.
 */
const FAMILIES = [
  { name: 'user', matches: /^\/api\/v1\/users\/\{id\}$/, limit: 600 },
  { name: 'users', matches: /^\/api\/v1\/users(\/|$)/, limit: 600 },
  { name: 'group', matches: /^\/api\/v1\/groups\/\{id\}$/, limit: 600 },
  { name: 'groups', matches: /^\/api\/v1\/groups(\/|$)/, limit: 500 },
  { name: 'logs', matches: /^\/api\/v1\/logs(\/|$)/, limit: 50 },
  { name: 'other', matches: /^/, limit: 600 },
] as const;

interface Seen {
  readonly rate: Rate;
  readonly order: number;
  /** How often in turn this endpoint and another of its bucket disagreed. */
  readonly disagreements: number;
}

const PROOFS = 3;

export interface RateLimitOptions {
  readonly share: number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** The one owner of waiting for Okta: which bucket an endpoint spends, how fast, and how many requests at once. */
export class RateLimits {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();
  readonly #own = new Set<string>();
  readonly #seen = new Map<string, Seen>();
  readonly #inFlight: Bottleneck;
  #concurrency: number;
  #order = 0;
  #calm = 0;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#concurrency = options.maxConcurrency;
    this.#inFlight = new Bottleneck({ maxConcurrent: options.maxConcurrency });
  }

  /** Runs one request of an endpoint when its bucket and the number in flight allow. Rejects on abort at once. */
  schedule<T>(template: string, call: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    const turn = this.#bucketOf(template).run(() => this.#inFlight.schedule(call));
    return orAbort(turn, signal);
  }

  observe(template: string, rate: Rate | undefined): void {
    if (rate !== undefined) this.#compare(template, rate);
    this.#bucketOf(template).observe(rate);
    this.#calm += 1;
    if (this.#calm % 50 === 0 && this.#concurrency < this.#options.maxConcurrency)
      this.#setConcurrency(this.#concurrency + 1);
  }

  /** A 429. With limit 0 it is the org's concurrency limit: fewer at once, no window to wait for. */
  refused(template: string, rate: Rate | undefined): 'bucket' | 'concurrency' {
    if (rate?.limit === 0) {
      this.#calm = 0;
      this.#setConcurrency(Math.max(1, Math.floor(this.#concurrency / 2)));
      return 'concurrency';
    }
    this.#bucketOf(template).refused(rate);
    return 'bucket';
  }

  get waitedMs(): number {
    return [...this.#buckets.values()].reduce((sum, bucket) => sum + bucket.waitedMs, 0);
  }

  #setConcurrency(value: number): void {
    this.#concurrency = value;
    void this.#inFlight.updateSettings({ maxConcurrent: value });
  }

  #bucketOf(template: string): Bucket {
    const family = FAMILIES.find(({ matches }) => matches.test(template)) ?? FAMILIES[FAMILIES.length - 1];
    const name = this.#own.has(template) ? template : (family?.name ?? 'other');
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const made = new Bucket({ firstGuess: family?.limit ?? 600, ...this.#options });
    this.#buckets.set(name, made);
    return made;
  }

  /**
   * An endpoint that, in turn with another of its bucket, again and again shows another limit or reset inside one
   * window has a counter of its own. Once proves nothing: limits change, and windows end, between two answers.
   */
  #compare(template: string, rate: Rate): void {
    const before = this.#seen.get(template);
    const bucket = this.#bucketOf(template);
    const other = [...this.#seen].find(
      ([name, seen]) =>
        name !== template &&
        this.#bucketOf(name) === bucket &&
        seen.order > (before?.order ?? 0) &&
        seen.rate.resetAt > rate.dateAt,
    )?.[1].rate;
    const differs =
      other !== undefined && (other.limit !== rate.limit || Math.abs(other.resetAt - rate.resetAt) > 1);
    const counted = before?.disagreements ?? 0;
    const agreed = other === undefined ? counted : 0;
    const disagreements = differs ? counted + 1 : agreed;
    this.#order += 1;
    this.#seen.set(template, { rate, order: this.#order, disagreements });
    if (disagreements >= PROOFS) this.#own.add(template);
  }
}

/** The promise's outcome, or the signal's reason as soon as it fires. The promise itself is handled either way. */
async function orAbort<T>(turn: Promise<T>, signal: AbortSignal): Promise<T> {
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(asError(signal.reason));
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([turn, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('stopped');
}
