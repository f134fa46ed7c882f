import type { Rate } from './rate-headers.ts';

const USUAL_S = 60;
/**
 * Resets and Dates are whole seconds and an answer takes time, so a window's first answer may show one second too
 * little.
 */
const ROUNDING_MS = 1000;
/** The longest of so many windows counts. */
const REMEMBERED = 4;

/**
 * The length of a bucket's windows. The time to the reset in a window's first answer is that or a little less; the
 * distance between two resets is that or a little more.
 */
export class WindowLength {
  /** The longest time to the reset that each window has shown; the present window is the last. */
  #longest: number[] = [];
  #isWhole = false;
  /** Was a window's very first call ours? Then its answer showed the window's length. */
  #isSeenFromFirst = false;
  #shortestDistance = Number.POSITIVE_INFINITY;
  #lastResetAt: number | undefined;
  /** The times from the first answer of one window to that of the next, where we saw the beginning of both. */
  #apart: number[] = [];

  /**
   * Notes an answer that opens a window.
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
   * The length to spread calls over. Taking a window for one second too short costs less than reading the first one too
   * slowly. Later, the time between the beginnings of windows is finer than Okta's whole seconds, which may be rounded
   * up; taking a short window for one second too long would waste the rest of it.
   */
  get ms(): number {
    if (this.#shortestDistance === Number.POSITIVE_INFINITY) return this.#toldMs;
    const measured = this.#measured.map((ms) => Math.min(ms, this.mostMs));
    return Math.max(this.#toldMs - ROUNDING_MS, mean(measured) ?? this.mostMs);
  }

  /**
   * Leaves out a time that is shorter by more than rounding and latency: that answer did not come at the window's
   * beginning.
   */
  get #measured(): readonly number[] {
    return this.#apart.filter((ms) => ms > this.#toldMs - 2 * ROUNDING_MS);
  }

  /** The length for plans. A few calls in the middle of a quiet window look like its beginning, and are not. */
  get reckonedMs(): number {
    const isMeasured = this.#isSeenFromFirst || this.#shortestDistance !== Number.POSITIVE_INFINITY;
    return isMeasured ? this.ms : Math.max(this.ms, USUAL_S * 1000);
  }

  /** A length that is surely not too short, as finely as it was measured. */
  get surelyMs(): number {
    if (this.#shortestDistance === Number.POSITIVE_INFINITY) return this.mostMs;
    return Math.min(this.mostMs, this.#measured.length === 0 ? this.mostMs : Math.max(...this.#measured));
  }

  /** A length that is surely not too short: until both measures agree, the possible rounding is added. */
  get mostMs(): number {
    return this.#toldMs + (this.#shortestDistance * 1000 <= this.#toldMs ? 0 : ROUNDING_MS);
  }

  /** The usual length holds until a window was seen whole, and where every reset that Okta named was in the past. */
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
