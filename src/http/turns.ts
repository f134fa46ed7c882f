/** Limits how many requests are in flight at once, whatever their bucket. First come, first served. */
export class Turns {
  #most: number;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get most(): number {
    return this.#most;
  }

  /** Requests in flight go on; the next one waits until there are few enough. */
  set most(value: number) {
    this.#most = value;
    this.#admit();
  }

  async take<T>(call: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= this.#most || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#inFlight += 1;
    }
    try {
      return await call();
    } finally {
      this.#inFlight -= 1;
      this.#admit();
    }
  }

  /** The place is taken here already, so that no other request gets it before the one that waited runs. */
  #admit(): void {
    while (this.#inFlight < this.#most) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inFlight += 1;
      next();
    }
  }
}
