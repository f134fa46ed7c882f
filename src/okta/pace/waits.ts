import type { Clock } from '../../ports/clock.ts';

/** The time in which at least one call waited for the pace. Several calls that wait at once count once. */
export class Waits {
  readonly #clock: Clock;
  #waiting = 0;
  #since = 0;
  #ms = 0;
  #stoppedWith: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get ms(): number {
    return this.#stoppedWith ?? this.#ms + (this.#waiting === 0 ? 0 : this.#sinceMs());
  }

  /** No call waits any more: those that have not begun never will. */
  stop(): void {
    this.#stoppedWith ??= this.ms;
  }

  /** Notes that a call waits, until the returned function is first called. */
  begin(): () => void {
    if (this.#waiting === 0) this.#since = this.#clock.now();
    this.#waiting += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#ms += this.#sinceMs();
    };
  }

  /** A clock that was set back takes nothing away. */
  #sinceMs(): number {
    return Math.max(0, this.#clock.now() - this.#since);
  }
}
