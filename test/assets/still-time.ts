import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';

/** So long does nothing happen before the time goes on, in real milliseconds; and before it goes on by much. */
const QUIET_MS = 1;
const LONG_QUIET_MS = 50;
const MUCH_MS = 1000;

/**
 * The time of this process from now on: it stands still while anything is asked, answered or computed, and then goes on to
 * the first timer. A run takes the time that its pace takes, whatever the machine does besides.
 */
export class StillTime {
  #now = Date.now();
  #seen = 0;
  readonly #asking = new Set<unknown>();
  readonly #timers = new Map<unknown, Timer>();

  constructor() {
    const ended = (message: unknown): void => void this.#asking.delete(Object(message).request);
    const answered = (message: unknown): void => {
      Object(message).response.once('close', () => ended(message));
    };
    subscribe('http.client.request.start', (message) => {
      this.#seen += 1;
      this.#asking.add(Object(message).request);
    });
    subscribe('http.client.response.finish', answered);
    subscribe('http.client.request.error', ended);
    Date.now = () => Math.floor(this.#now);
    globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
      apply: (_target, _self, [work, ms, ...rest]) => this.#add(() => work(...rest), Number(ms ?? 0)),
    });
    globalThis.clearTimeout = new Proxy(globalThis.clearTimeout, {
      apply: (clear, self, [timer]) => this.#timers.delete(timer) || Reflect.apply(clear, self, [timer]),
    });
  }

  #add(work: () => void, ms: number): unknown {
    this.#seen += 1;
    const timer = { ref: () => timer, unref: () => timer, hasRef: () => true };
    this.#timers.set(timer, { at: this.#now + Math.max(0, ms), work });
    return timer;
  }

  /** Lets the time go on until this is done. */
  async until<T>(work: Promise<T>): Promise<T> {
    const isOver = work.then(
      () => true,
      () => true,
    );
    let quietMs = QUIET_MS;
    for (;;) {
      const seen = this.#seen;
      if (await Promise.race([isOver, sleep(quietMs, false)])) return work;
      const first = this.#first();
      const isQuiet = seen === this.#seen && this.#asking.size === 0;
      if (!isQuiet || first === undefined) quietMs = QUIET_MS;
      else if (first.at - this.#now > MUCH_MS && quietMs < LONG_QUIET_MS) quietMs = LONG_QUIET_MS;
      else {
        quietMs = QUIET_MS;
        this.#timers.delete(first.timer);
        this.#now = Math.max(this.#now, first.at);
        first.work();
      }
    }
  }

  #first(): (Timer & { readonly timer: unknown }) | undefined {
    let first: (Timer & { readonly timer: unknown }) | undefined;
    for (const [timer, each] of this.#timers)
      if (first === undefined || each.at < first.at) first = { ...each, timer };
    return first;
  }
}

interface Timer {
  readonly at: number;
  readonly work: () => void;
}
