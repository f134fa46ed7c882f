import type { NoticeDesk } from '../compose/notice-desk.ts';
import type { Prepared } from '../compose/prepare.ts';
import { signsUnderWay } from '../notices/signs.ts';
import type { Clock } from '../ports/clock.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';

const LOOK_EVERY_MS = 60_000;

export interface TroubleWatchParts {
  readonly desk: Pick<NoticeDesk, 'look'>;
  readonly readiness: Pick<Readiness, 'reasons'>;
  readonly metrics: Pick<WorkerMetrics, 'run'>;
  /** The settings of now. */
  readonly prepared: () => Prepared;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/** Looks for trouble once a minute, because a run may be in it for hours, and none may start. */
export class TroubleWatch {
  readonly #parts: TroubleWatchParts;
  #isWatching = false;

  constructor(parts: TroubleWatchParts) {
    this.#parts = parts;
  }

  /** Starts with the first run for which operators want to be told of trouble. */
  startIfWanted(): void {
    if (this.#isWatching || this.#parts.prepared().settings.notify.size === 0) return;
    this.#isWatching = true;
    void this.#watch();
  }

  async #watch(): Promise<void> {
    const { desk, readiness, metrics, prepared, clock, stopping } = this.#parts;
    await clock.sleep(LOOK_EVERY_MS, stopping);
    while (!stopping.aborted) {
      const troubles = metrics.run?.signs?.().troubles ?? [];
      const isOverdue = readiness.reasons().some(({ code }) => code === 'run_overdue');
      await desk.look(prepared(), signsUnderWay(troubles, isOverdue));
      await clock.sleep(LOOK_EVERY_MS, stopping);
    }
  }
}
