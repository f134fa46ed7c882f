import { OktaRateLimitError } from '../../ports/errors.ts';
import type { ClientOptions } from '../client.ts';
import type { Rate } from '../pace/rate-headers.ts';
import { CONCURRENCY } from '../pace/rate-limits.ts';

/**
 * Rate limits for a few reads: no pace, and no wait for a window, so that a test of the connection ends in seconds.
 * Remembers what the answers say about each endpoint's bucket.
 */
export class CheckLimits implements Pick<
  ClientOptions['limits'],
  'schedule' | 'observe' | 'refused' | 'waitedMs'
> {
  readonly waitedMs = 0;
  readonly #seen = new Map<string, Rate>();
  #tookTurns = false;

  schedule<T>(_template: string, call: () => Promise<T>): Promise<T> {
    return call();
  }

  observe(template: string, rate: Rate | undefined): void {
    if (rate !== undefined) this.#seen.set(template, rate);
  }

  /**
   * Too many calls at once may pass in a second, so the question is asked once more. A spent bucket is not waited for.
   */
  refused(template: string, rate: Rate | undefined): string {
    const isFirst = !this.#tookTurns;
    this.#tookTurns = true;
    if (rate?.limit === 0 && isFirst) return CONCURRENCY;
    if (rate !== undefined && rate.limit > 0) this.#seen.set(template, rate);
    throw new OktaRateLimitError(`Okta answered 429 to GET ${template}: ${whyRefused(rate)}`, {
      hint: 'see Reports > Rate Limits in the Admin Console for what else spends this bucket',
    });
  }

  /** The newest rate of each endpoint, by its template. */
  get seen(): ReadonlyMap<string, Rate> {
    return this.#seen;
  }
}

function whyRefused(rate: Rate | undefined): string {
  if (rate === undefined) return 'a rate limit is spent for now';
  if (rate.limit === 0) return 'too many requests of the org are under way';
  const seconds = Math.max(1, rate.resetAt - rate.dateAt);
  return rate.remaining > 0
    ? `this credential's own share of the bucket is spent for ${seconds} s`
    : `the bucket is spent for ${seconds} s`;
}
