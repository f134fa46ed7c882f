import type { Rate } from './rate-headers.ts';

const USUAL_S = 60;
/** Resets and Dates are whole seconds, and an answer takes time: what a window's first answer tells may be one short. */
const ROUNDING_MS = 1000;
/** Of so many windows the longest counts. */
const REMEMBERED = 4;

/**
 * How long a bucket's windows are. The time to the reset that a window's first answer tells is that or a little less;
 * the distance of one reset to the next is that or a little more.
 */
export class WindowLength {
  /** The longest time to the reset that was told, by window; the present one is the last. */
  #longest: number[] = [];
  #isWhole = false;
  /** Was a window's very first call ours? Then what its answer told is its length. */
  #isSeenFromFirst = false;
  #shortestDistance = Number.POSITIVE_INFINITY;
  #lastResetAt: number | undefined;
  /** From the first answer of a window to that of the next one, where both were there from their beginning. */
  #apart: number[] = [];

  /**
   * An answer opens a window.
   * @param isWhole it is one of the window's first
   * @param sinceLastMs since the first answer of the window before
   */
  begin({ resetAt, limit, remaining }: Rate, isWhole: boolean, sinceLastMs: number): void {
    this.#isSeenFromFirst ||= limit - remaining <= 1;
    if (this.#isWhole) this.#apart = [...this.#apart.slice(1 - REMEMBERED), sinceLastMs];
    else this.#longest.pop();
    this.#isWhole = isWhole;
    this.#longest = [...this.#longest.slice(1 - REMEMBERED), 0];
    const distance = this.#lastResetAt === undefined ? Number.POSITIVE_INFINITY : resetAt - this.#lastResetAt;
    this.#shortestDistance = Math.min(this.#shortestDistance, distance);
    this.#lastResetAt = resetAt;
  }

  note({ resetAt, dateAt }: Rate): void {
    const longest = Math.max(this.#longest.pop() ?? 0, resetAt - dateAt);
    this.#longest.push(longest);
  }

  /**
   * What to spread calls over. One window that turns out a second longer costs less than a first one read too slowly.
   * Later, the time between their beginnings tells it finer than the whole seconds that Okta shows, which may be rounded
   * up: a short window taken for one of a second more would waste what is left of it.
   */
  get ms(): number {
    if (this.#shortestDistance === Number.POSITIVE_INFINITY) return this.#toldMs;
    const measured = this.#measured.map((ms) => Math.min(ms, this.mostMs));
    return Math.max(this.#toldMs - ROUNDING_MS, mean(measured) ?? this.mostMs);
  }

  /** Shorter by more than rounding and latency: that answer was not of the window's beginning. */
  get #measured(): readonly number[] {
    return this.#apart.filter((ms) => ms > this.#toldMs - 2 * ROUNDING_MS);
  }

  /** To reckon ahead with. Few calls in the middle of a quiet window look like its beginning, and are none. */
  get reckonedMs(): number {
    const isMeasured = this.#isSeenFromFirst || this.#shortestDistance !== Number.POSITIVE_INFINITY;
    return isMeasured ? this.ms : Math.max(this.ms, USUAL_S * 1000);
  }

  /** Surely not less, as finely as it was measured. */
  get surelyMs(): number {
    if (this.#shortestDistance === Number.POSITIVE_INFINITY) return this.mostMs;
    return Math.min(this.mostMs, this.#measured.length === 0 ? this.mostMs : Math.max(...this.#measured));
  }

  /** Surely not less: until both ways agree, what rounding may hide is added. */
  get mostMs(): number {
    return this.#toldMs + (this.#shortestDistance * 1000 <= this.#toldMs ? 0 : ROUNDING_MS);
  }

  /** Until a window was seen whole, the usual length stands; so it does where every reset that was told had passed. */
  get #toldMs(): number {
    const isSeenWhole = this.#isWhole || this.#longest.length > 1;
    const longest = Math.max(...this.#longest);
    return (isSeenWhole && longest > 0 ? longest : Math.max(longest, USUAL_S)) * 1000;
  }
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
