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
  #shortestDistance = Number.POSITIVE_INFINITY;
  #lastResetAt: number | undefined;

  /** An answer opens a window. `isWhole`: it is one of the window's first. */
  begin({ resetAt }: Rate, isWhole: boolean): void {
    if (!this.#isWhole) this.#longest.pop();
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

  /** What to spread calls over. One window that turns out a second longer costs less than a first one read too slowly. */
  get ms(): number {
    const isFirst = this.#shortestDistance === Number.POSITIVE_INFINITY;
    return isFirst ? this.#toldMs : this.mostMs;
  }

  /** Surely not less: until both ways agree, what rounding may hide is added. */
  get mostMs(): number {
    return this.#toldMs + (this.#shortestDistance * 1000 <= this.#toldMs ? 0 : ROUNDING_MS);
  }

  /** Until a window was seen whole, the usual length stands. */
  get #toldMs(): number {
    const isSeenWhole = this.#isWhole || this.#longest.length > 1;
    return Math.max(...this.#longest, isSeenWhole ? 1 : USUAL_S) * 1000;
  }
}
