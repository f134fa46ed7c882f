import type { Rate } from './rate-headers.ts';
import { WindowLength } from './window-length.ts';

/** Resets and Dates are whole seconds, so their difference may be off by one. */
const ROUNDING_MS = 1000;
/** One second is a lot of a short window, so only a part of it is taken off its end. */
const ROUNDING_PARTS = 60;

/** Answers to calls in flight together come in any order, so a window with so few calls spent has only just begun. */
const FEW = 10;
/** And no larger part of the limit: a bucket of a few calls has no window in which so many are few. */
const FEW_PART = 0.1;

/**
 * One rate-limit window as we know it: its length, and who has spent how much of it. Windows start on first use and are
 * not aligned to the clock (okta-api section 8). Okta's clock gives instants; this machine's clock only measures the
 * time since an answer.
 */
export class BucketWindow {
  limit: number;
  /** Our own calls in this window, as far as they were answered. */
  used = 0;
  /** Everybody's calls in this window, by the last answer. */
  spent = 0;
  /** Did we see the window begin? Then all of our calls in it were counted, and its length is known. */
  isWhole = false;
  #last: Rate | undefined;
  /** The times of this window's first and last answer. */
  #firstAt = 0;
  #lastAt = 0;
  readonly #length = new WindowLength();

  constructor(firstGuess: number) {
    this.limit = firstGuess;
  }

  /**
   * Takes in an answer's headers, and returns whether they show that a new window has begun.
   * @param calls of ours that it counted: a refused one spends nothing
   */
  observe(rate: Rate, now: number, calls: 0 | 1 = 1): 'new window' | 'same window' {
    const last = this.#last;
    // A late answer of a past window says nothing about this one.
    if (last !== undefined && rate.resetAt < last.resetAt - 1) return 'same window';
    const isNew = last === undefined || isLater(rate, last);
    if (isNew) this.#begin(rate, last, now);
    this.limit = rate.limit;
    this.spent = Math.max(this.spent, rate.limit - rate.remaining);
    this.used = Math.min(this.used + calls, this.spent);
    this.#length.note(rate);
    this.#last = rate;
    this.#lastAt = now;
    return isNew ? 'new window' : 'same window';
  }

  #begin(rate: Rate, last: Rate | undefined, now: number): void {
    const { limit, remaining, dateAt } = rate;
    const hasJustEnded = last !== undefined && dateAt - last.resetAt <= 1;
    this.isWhole = limit - remaining <= Math.max(1, Math.min(FEW, limit * FEW_PART)) || hasJustEnded;
    this.used = 0;
    this.spent = 0;
    this.#length.begin(rate, this.isWhole, sinceMs(this.#firstAt, now));
    this.#firstAt = now;
  }

  get lengthMs(): number {
    return this.#length.ms;
  }

  /** A length that is surely not too short. */
  get surelyMs(): number {
    return this.#length.surelyMs;
  }

  /** The length for plans, which is no shorter than is known for sure. */
  get reckonedMs(): number {
    return this.#length.reckonedMs;
  }

  /**
   * The time until the window is over for sure; 0 when it is over, or when nothing is known. Where we saw its first
   * answer, that and the length are finer than whole seconds.
   */
  overInMs(now: number): number {
    if (this.#last === undefined) return 0;
    const { resetAt, dateAt } = this.#last;
    const told = (resetAt - dateAt) * 1000 + ROUNDING_MS - sinceMs(this.#lastAt, now);
    const learnt = this.#length.mostMs - sinceMs(this.#firstAt, now);
    return Math.max(0, this.isWhole ? Math.min(told, learnt) : told);
  }

  /** The time until its end, as near as whole seconds show it; for sure it is over up to a second later. */
  endsInMs(now: number): number {
    return this.overInMs(now) - Math.min(ROUNDING_MS, this.lengthMs / ROUNDING_PARTS);
  }

  /** The time since its first answer. */
  sinceBeginMs(now: number): number {
    return sinceMs(this.#firstAt, now);
  }

  get remaining(): number {
    return this.limit - this.spent;
  }
}

/** A clock that was set back must not make a wait longer. */
function sinceMs(then: number, now: number): number {
  return Math.max(0, now - then);
}

/** The resets of one window may differ by a second, by rounding. */
function isLater(rate: Rate, last: Rate): boolean {
  return rate.resetAt > last.resetAt + (rate.dateAt >= last.resetAt ? 0 : 1);
}
