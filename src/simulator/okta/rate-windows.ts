/** Okta's default limits a minute for a Workforce org. The last published table; see the facts on rate limits. */
const WORKFORCE_LIMITS = {
  users: 600,
  user: 2_000,
  groups: 500,
  group: 1_000,
  apps: 100,
  app: 500,
  devices: 100,
  logs: 120,
  other: 1_200,
} as const;

export type Bucket = keyof typeof WORKFORCE_LIMITS;

export interface RateOptions {
  /** Requests a window: one number for all buckets, or some of them. */
  readonly limits?: number | Partial<Record<Bucket, number>>;
  /** Endpoints, by template, that have a bucket of their own with this limit. */
  readonly ownBuckets?: Readonly<Record<string, number>>;
  readonly windowSeconds?: number;
  /** The part of each bucket that this token may spend; beyond it, a 429 while `Remaining` is above 0. */
  readonly tokenShare?: number;
  /** Whether the headers show the org's figures, the token's share, or are missing. */
  readonly headers?: 'org' | 'share' | 'none';
  /** The part of each bucket that others spend, evenly. */
  readonly competitorShare?: number;
}

/** The calls of one bucket in one window. */
export interface RateWindow {
  readonly bucket: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly limit: number;
  spent: number;
  refused: number;
}

export interface Spending {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds. */
  readonly reset: number;
}

/** Windows start on first use and are aligned to nothing. */
export class RateWindows {
  readonly history: RateWindow[] = [];
  readonly #options: RateOptions;
  readonly #current = new Map<string, RateWindow>();
  readonly #limits = new Map<string, number>();

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** From the bucket's next window on. */
  setLimit(bucket: string, limit: number): void {
    this.#limits.set(bucket, limit);
  }

  bucketOf(template: string, family: Bucket): string {
    return this.#options.ownBuckets?.[template] === undefined ? family : template;
  }

  spend(bucket: string, now: number): Spending {
    const window = this.#windowAt(bucket, now);
    const share = Math.floor(window.limit * (this.#options.tokenShare ?? 1));
    const left = window.limit - window.spent - this.#spentByOthers(window, now);
    const isAllowed = left > 0 && window.spent < share;
    if (isAllowed) window.spent += 1;
    else window.refused += 1;
    const remaining = left - (isAllowed ? 1 : 0);
    const isShareShown = this.#options.headers === 'share';
    return {
      isAllowed,
      limit: isShareShown ? share : window.limit,
      remaining: Math.max(0, isShareShown ? Math.min(remaining, share - window.spent) : remaining),
      reset: Math.floor(window.endAt / 1_000),
    };
  }

  #windowAt(bucket: string, now: number): RateWindow {
    const current = this.#current.get(bucket);
    // Where the clock was put back, a window that begins later is none.
    if (current !== undefined && current.startAt <= now && now < current.endAt) return current;
    const lengthMs = (this.#options.windowSeconds ?? 60) * 1_000;
    const startAt = current === undefined ? now : this.#startAfter(current, now, lengthMs);
    const window = {
      bucket,
      startAt,
      endAt: startAt + lengthMs,
      limit: this.#limitOf(bucket),
      spent: 0,
      refused: 0,
    };
    this.#current.set(bucket, window);
    this.history.push(window);
    return window;
  }

  /** Others who spend all the time open the next window as soon as the last one ends. */
  #startAfter(last: RateWindow, now: number, lengthMs: number): number {
    if ((this.#options.competitorShare ?? 0) === 0) return now;
    return now - ((now - last.endAt) % lengthMs);
  }

  #limitOf(bucket: string): number {
    const { limits, ownBuckets } = this.#options;
    const family = Object.entries(WORKFORCE_LIMITS).find(([name]) => name === bucket);
    const asked =
      typeof limits === 'number'
        ? limits
        : Object.entries(limits ?? {}).find(([name]) => name === bucket)?.[1];
    return this.#limits.get(bucket) ?? ownBuckets?.[bucket] ?? asked ?? family?.[1] ?? WORKFORCE_LIMITS.other;
  }

  #spentByOthers(window: RateWindow, now: number): number {
    const elapsed = (now - window.startAt) / (window.endAt - window.startAt);
    return Math.floor(window.limit * (this.#options.competitorShare ?? 0) * elapsed);
  }
}
