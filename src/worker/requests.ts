import { asConnectorError } from '../ports/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { failureFields } from '../process/failure.ts';
import type { Mailbox } from '../process/mailbox.ts';
import { mergeRuns, WorkerRequest, type WantedRun, type WorkerAnswer } from './request.ts';

export interface RequestsParts {
  /** The folder whose inventory this worker holds; `undefined` while it holds none. */
  readonly mailbox: () => Mailbox | undefined;
  /** This worker, as the inventory's lock names it. */
  readonly name: string;
  /** Offers the dead letters again. Never throws. */
  readonly replay: () => Promise<WorkerAnswer>;
  readonly clock: Clock;
  /** A worker that stops takes nothing more: whoever asked sees that it ends. */
  readonly stopping: AbortSignal;
  readonly log: Log;
}

/** A run that somebody asked for. */
export interface AskedRun {
  readonly wanted: WantedRun;
  readonly answer: (answer: WorkerAnswer) => void;
}

/** `id` where an answer is awaited. */
interface AskedFor {
  readonly id: string | undefined;
  readonly wish: WantedRun;
}

/**
 * The requests of commands to this worker. A request is taken out of the folder before anything is done: one that a killed
 * worker took is never done again, and whoever waits sees that the worker is gone.
 */
export class Requests {
  readonly #parts: RequestsParts;
  readonly #runs: AskedFor[] = [];
  readonly #replays: string[] = [];
  /** Requests that stand in the folder though they were looked at: those that cannot be removed. */
  #seen = new Set<string>();

  constructor(parts: RequestsParts) {
    this.#parts = parts;
  }

  get isRunWanted(): boolean {
    return this.#runs.length > 0;
  }

  /** Takes all requests, and does those that are no run. Is called between runs. Never throws. */
  async look(): Promise<void> {
    const { mailbox, clock, stopping, log } = this.#parts;
    try {
      const box = mailbox();
      if (box === undefined || stopping.aborted) return;
      const found = box.requests();
      for (const id of found.filter((each) => !this.#seen.has(each))) this.#take(id, box);
      this.#seen = new Set(found);
      box.removeOld(clock.now());
    } catch (thrown) {
      const { code, message: reason } = failureFields(asConnectorError(thrown));
      log.warn({ code, reason }, 'requests in STATE_DIR cannot be read');
    }
    if (this.#replays.length > 0) this.#answer(this.#replays.splice(0), await this.#parts.replay());
  }

  /** One run for all who asked for one. */
  takeRun(): AskedRun | undefined {
    const asked = this.#runs.splice(0);
    if (asked.length === 0) return undefined;
    const ids = asked.flatMap(({ id }) => (id === undefined ? [] : [id]));
    return {
      wanted: mergeRuns(asked.map(({ wish }) => wish)),
      answer: (answer) => this.#answer(ids, answer),
    };
  }

  #take(id: string, box: Mailbox): void {
    const { name, log } = this.#parts;
    const found = box.read('request', id);
    if (found.kind === 'none') return;
    const parsed = found.kind === 'letter' ? WorkerRequest.safeParse(found.value) : undefined;
    if (!this.#remove(id, box)) return;
    if (parsed?.success !== true) {
      const why = found.kind === 'strange' ? found.why : 'it is no request';
      log.warn({ request: id, why }, 'a request in STATE_DIR is ignored');
      return;
    }
    const { worker, isAwaited, wish } = parsed.data;
    if (worker !== name) {
      log.info({ request: id, worker }, 'a request to another worker is removed');
      return;
    }
    log.info({ request: id, ...wish }, 'a command asks the worker');
    if (wish.kind === 'replay') return void this.#replays.push(id);
    const { kind: _, ...wanted } = wish;
    this.#runs.push({ id: isAwaited ? id : undefined, wish: wanted });
  }

  /** A request that stays would be done again and again, so it is not done at all. The others are. */
  #remove(id: string, box: Mailbox): boolean {
    try {
      box.remove('request', id);
      return true;
    } catch (thrown) {
      const { code, message: reason } = failureFields(asConnectorError(thrown));
      this.#parts.log.warn(
        { request: id, code, reason },
        'a request in STATE_DIR cannot be removed, and is ignored',
      );
      return false;
    }
  }

  #answer(ids: readonly string[], answer: WorkerAnswer): void {
    const { mailbox, log } = this.#parts;
    try {
      for (const id of ids) mailbox()?.post('answer', id, answer);
    } catch (thrown) {
      const { code, message: reason } = failureFields(asConnectorError(thrown));
      log.warn({ code, reason }, 'an answer cannot be written to STATE_DIR');
    }
  }
}
