import { vi } from 'vitest';
import { RateWindows, type RateOptions } from '../../simulator/okta/rate-windows.ts';
import { systemClock } from '../../process/clock.ts';
import { bucketGuessOf } from '../endpoints.ts';
import type { Rate } from './rate-headers.ts';
import { CONCURRENCY, RateLimits, type RateLimitOptions } from './rate-limits.ts';

const LATENCY_MS = 40;

export interface PaceOptions extends Partial<Omit<RateLimitOptions, 'share'>> {
  /** A function where it changes on the way. */
  readonly share?: number | (() => number);
  readonly rates?: RateOptions;
  /** How far the org's clock is ahead of this machine's. */
  readonly skewMs?: number;
  readonly latencyMs?: number;
  /** The org names resets this much too late. One second is usual, because they are rounded up. */
  readonly resetsLateSeconds?: number;
  /** Requests in flight beyond which the org refuses. */
  readonly mostInFlight?: number;
  /** How many callers ask at once. */
  readonly width?: number;
  /** One answer in so many never comes, though the org has counted its call; absent: none. */
  readonly losesOneIn?: number;
}

export interface PacedCall {
  readonly template: string;
  readonly at: number;
  readonly isAllowed: boolean;
}

/** Rate limits before an org that counts as Okta does, on one clock that tests turn. */
export class PacedOrg {
  readonly limits: RateLimits;
  readonly windows: RateWindows;
  readonly calls: PacedCall[] = [];
  readonly #rates = new Map<string, Rate>();
  readonly #options: PaceOptions;
  #inFlight = 0;

  constructor({ share = 0.5, ...options }: PaceOptions = {}) {
    this.#options = options;
    this.windows = new RateWindows(options.rates ?? {});
    this.limits = new RateLimits({
      share: typeof share === 'number' ? () => share : share,
      maxConcurrency: 10,
      clock: systemClock,
      random: () => 0.5,
      signal: new AbortController().signal,
      ...options,
    });
  }

  /** Asks until allowed, as the client does. */
  async ask(template: string): Promise<void> {
    for (;;) {
      const { isAllowed, rate } = await this.limits.schedule(template, () => this.#answer(template));
      if (this.#isLost()) continue;
      if (isAllowed) return this.limits.observe(template, rate);
      if (this.limits.refused(template, rate) === CONCURRENCY) await systemClock.sleep(750);
    }
  }

  /** Makes so many calls of an endpoint, some at once. */
  async askMany(template: string, count: number): Promise<void> {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.ask(template);
      }
    };
    await Promise.all(Array.from({ length: this.#options.width ?? 10 }, worker));
  }

  /** The rate that the last answer of an endpoint showed. */
  lastRate(template: string): Rate {
    const rate = this.#rates.get(template);
    if (rate === undefined) throw new Error(`${template} was not asked`);
    return rate;
  }

  get refused(): readonly PacedCall[] {
    return this.calls.filter(({ isAllowed }) => !isAllowed);
  }

  #isLost(): boolean {
    const { losesOneIn = 0 } = this.#options;
    return losesOneIn > 0 && this.calls.length % losesOneIn === 0;
  }

  async #answer(template: string): Promise<{ isAllowed: boolean; rate: Rate | undefined }> {
    const { latencyMs = LATENCY_MS, skewMs = 0, mostInFlight = Infinity, rates } = this.#options;
    const { resetsLateSeconds = 0 } = this.#options;
    this.#inFlight += 1;
    await systemClock.sleep(latencyMs / 2);
    const now = Date.now() + skewMs;
    const isCrowded = this.#inFlight > mostInFlight;
    const { isAllowed, limit, remaining, reset } = isCrowded
      ? { isAllowed: false, limit: 0, remaining: 0, reset: Math.floor(now / 1000) }
      : this.windows.spend(this.#bucketOf(template), now);
    this.calls.push({ template, at: Date.now(), isAllowed });
    await systemClock.sleep(latencyMs / 2);
    this.#inFlight -= 1;
    const resetAt = reset + resetsLateSeconds;
    const rate = { limit, remaining, resetAt, dateAt: Math.floor((Date.now() + skewMs) / 1000) };
    this.#rates.set(template, rate);
    return { isAllowed, rate: rates?.headers === 'none' ? undefined : rate };
  }

  #bucketOf(template: string): string {
    const { name } = bucketGuessOf(template);
    const family = (['users', 'user', 'groups', 'group', 'logs'] as const).find((each) => each === name);
    return this.windows.bucketOf(template, family ?? 'other');
  }
}

/** Waits for work while turning the clock; resolves with the seconds that took. */
export async function secondsOf(work: Promise<unknown>): Promise<number> {
  const startedAt = Date.now();
  const ended: number[] = [];
  const over = work.finally(() => ended.push(Date.now()));
  while (ended.length === 0) await vi.advanceTimersToNextTimerAsync();
  await over;
  return ((ended[0] ?? startedAt) - startedAt) / 1000;
}
