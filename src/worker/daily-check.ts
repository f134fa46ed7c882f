import type { Clock } from '../ports/clock.ts';
import { asConnectorError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import { failureFields } from '../process/failure.ts';

const DAY_MS = 86_400_000;

export interface DailyCheckParts {
  /** Looks for damage of the inventory until the signal ends it; throws when it finds any. */
  readonly check: (ending: AbortSignal) => Promise<'sound' | 'ended'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Checks the inventory once a day while no run is under way: a run whose inventory was closed well does not check it. */
export class DailyCheck {
  readonly #parts: DailyCheckParts;
  #dueAt = 0;

  constructor(parts: DailyCheckParts) {
    this.#parts = parts;
  }

  /** Waits for the next run, and ends a check that lasts longer than that. */
  async during(rest: () => Promise<void>): Promise<void> {
    if (this.#parts.clock.now() < this.#dueAt) return rest();
    const ending = new AbortController();
    const checking = this.#check(ending.signal);
    await rest().finally(() => ending.abort());
    await checking;
  }

  async #check(ending: AbortSignal): Promise<void> {
    const { check, clock, log } = this.#parts;
    const startedAt = clock.now();
    try {
      if ((await check(ending)) === 'ended') return;
    } catch (thrown) {
      const { code, message: reason, hint } = failureFields(asConnectorError(thrown));
      log.error({ code, reason, hint }, 'the daily check of the inventory failed');
    }
    this.#dueAt = startedAt + DAY_MS;
  }
}
