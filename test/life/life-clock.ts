/** A clock that lives faster, and that can be put forward: what takes hours for an org takes seconds here. */
export class LifeClock {
  readonly faster: number;
  readonly #startedAt = Date.now();
  #put = 0;

  constructor(faster: number) {
    this.faster = faster;
  }

  readonly now = (): number =>
    this.#startedAt + Math.round((Date.now() - this.#startedAt) * this.faster) + this.#put;

  putForward(ms: number): void {
    this.#put += ms;
  }
}
