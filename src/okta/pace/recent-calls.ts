interface Call {
  readonly template: string;
  readonly endedAt: number;
}

/**
 * The calls that ended within the last window's length. Okta's windows begin at times of their own, and count a call
 * even when its answer never came. As long as no stretch of that length holds more calls than are allowed, no window
 * does.
 */
export class RecentCalls {
  /** In the order in which they ended. */
  #calls: Call[] = [];
  #first = 0;

  add(template: string, now: number): void {
    this.#calls.push({ template, endedAt: now });
  }

  /**
   * The wait until there is room for one more call beside those in flight; `undefined`: one of these must end first.
   * @param most calls within `lengthMs`, at least 1
   */
  fullForMs(most: number, inFlight: number, lengthMs: number, now: number): number | undefined {
    this.#forget(now - lengthMs, now);
    const tooMany = this.#calls.length - this.#first + inFlight - most + 1;
    if (tooMany <= 0) return 0;
    const last = this.#calls[this.#first + tooMany - 1];
    return last === undefined ? undefined : Math.ceil(last.endedAt + lengthMs - now);
  }

  /** Takes out the calls of an endpoint that another bucket has counted. */
  takeOut(template: string): readonly Call[] {
    const all = this.#calls.slice(this.#first);
    this.#calls = all.filter((call) => call.template !== template);
    this.#first = 0;
    return all.filter((call) => call.template === template);
  }

  putIn(calls: readonly Call[]): void {
    const all = [...this.#calls.slice(this.#first), ...calls];
    this.#calls = all.toSorted((left, right) => left.endedAt - right.endedAt);
    this.#first = 0;
  }

  #forget(before: number, now: number): void {
    // A clock that was set back must not make a wait longer.
    if ((this.#calls.at(-1)?.endedAt ?? now) > now) {
      this.#calls = this.#calls.map((call) => ({ ...call, endedAt: Math.min(call.endedAt, now) }));
    }
    while ((this.#calls[this.#first]?.endedAt ?? Number.POSITIVE_INFINITY) <= before) this.#first += 1;
    if (this.#first > 1000 && this.#first * 2 > this.#calls.length) {
      this.#calls = this.#calls.slice(this.#first);
      this.#first = 0;
    }
  }
}
