import { readChanges } from '../changes/changes.ts';
import type { DirectoryInProgress } from './directory-in-progress.ts';
import { followLog } from '../changes/follow-log.ts';
import type { Run } from '../job.ts';
import type { ChangeParts } from '../parts.ts';

/** Users that are being read, by id. */
export type InFlight = ReadonlyMap<string, Promise<void>>;

/**
 * Lets changes into a full run: whenever `FREQUENCY` has passed, the run asks for them between two users, reads them
 * first and delivers them at once.
 */
export class Polls {
  readonly #run: ChangeParts & Pick<Run, 'delivery' | 'clock'>;
  #polledAt: number;

  constructor(run: ChangeParts & Pick<Run, 'delivery' | 'clock'>) {
    this.#run = run;
    this.#polledAt = run.attemptedAt;
  }

  /** Waits for users that are being read now: otherwise an older answer could overwrite a newer one. */
  async pollWhenDue(inFlight: InFlight): Promise<void> {
    const run = this.#run;
    if (!run.settings.isLasting || this.#leftMs() > 0) return;
    await Promise.allSettled(inFlight.values());
    const asOf = run.oktaNow();
    run.log.debug({}, 'the full run asks for changes');
    await followLog(run, asOf);
    await readChanges(run, asOf);
    // From the end on: a poll that takes longer than `FREQUENCY` would be due again at once, and no user would be read.
    this.#polledAt = run.oktaNow();
    // Starts delivery, since a batch that is not full would otherwise wait for other users, whose events may be
    // unchanged.
    run.delivery.start();
  }

  /** Asks for changes until the directory is read. */
  async pollUntilRead(directory: DirectoryInProgress): Promise<void> {
    const over = new AbortController();
    const whole = directory.whole.finally(() => over.abort());
    whole.catch(() => undefined); // thrown where it is awaited
    const end = AbortSignal.any([over.signal, this.#run.signal]);
    if (this.#run.settings.isLasting) await this.#pollUntil(end);
    await whole;
  }

  async #pollUntil(end: AbortSignal): Promise<void> {
    for (;;) {
      await this.#run.clock.sleep(Math.max(0, this.#leftMs()), end);
      if (end.aborted) return;
      await this.pollWhenDue(new Map());
    }
  }

  #leftMs(): number {
    return this.#polledAt + this.#run.settings.frequencyMs - this.#run.oktaNow();
  }
}
