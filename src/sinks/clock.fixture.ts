import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/** A clock that moves only when nothing else does: `until` jumps from one sleeper to the next. */
export class ManualClock implements Clock {
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[] = [];
  #now = Date.UTC(2026, 0, 1);
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  get sleeperCount(): number {
    return this.#sleepers.length;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.wake !== wake);
        resolve();
      };
      signal?.addEventListener('abort', wake);
      this.#sleepers.push({ dueAt: this.#now + ms, wake });
    });
  }

  /** Runs everything that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    await this.#wakeDue();
  }

  /** Lets time pass until the promise settles. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    void promise.finally(() => (state.isSettled = true)).catch(() => undefined);
    await this.settle();
    while (!state.isSettled) {
      const next = Math.min(...this.#sleepers.map(({ dueAt }) => dueAt));
      if (!Number.isFinite(next)) throw new Error('nothing moves any more');
      this.#now = Math.max(this.#now, next);
      await this.#wakeDue();
    }
    return promise;
  }

  async #wakeDue(): Promise<void> {
    for (const { dueAt, wake } of this.#sleepers) if (dueAt <= this.#now) wake();
    await this.settle();
  }
}
