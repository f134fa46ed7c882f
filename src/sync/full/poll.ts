import { readChanges } from '../changes/changes.ts';
import type { DirectoryInProgress } from './directory-in-progress.ts';
import { followLog } from '../changes/follow-log.ts';
import { isListingCheaper, takeHookMarks } from '../changes/hook-marks.ts';
import { readMarked } from '../changes/marks-run.ts';
import { leaveTime, tellRead } from '../changes/tell-read.ts';
import type { Run } from '../job.ts';
import type { ChangeParts } from '../parts.ts';

/** Users that are being read, by id. */
export type InFlight = ReadonlyMap<string, Promise<void>>;

type PollParts = ChangeParts & Pick<Run, 'delivery' | 'clock' | 'outbox' | 'hooks'>;

/** While the directory is read, this often somebody looks whether a hook has come. */
const LOOK_MS = 1000;

/**
 * Lets changes into a full run: whenever `FREQUENCY` has passed, or a hook has named something, the run asks for them
 * between two users, reads them first and delivers them at once.
 */
export class Polls {
  readonly #run: PollParts;
  #polledAt: number;

  constructor(run: PollParts) {
    this.#run = run;
    this.#polledAt = run.attemptedAt;
  }

  /** Waits for users that are being read now: otherwise an older answer could overwrite a newer one. */
  async pollWhenDue(inFlight: InFlight): Promise<void> {
    const run = this.#run;
    if (!run.settings.isLasting) return;
    const work = this.#leftMs() > 0 ? run.hooks?.dueWork() : 'poll';
    if (work === undefined) return;
    if (this.#leftMs() > 0) run.hooks?.postponeMarks();
    const begunAt = run.clock.now();
    await Promise.allSettled(inFlight.values());
    await takeHookMarks(run, run.oktaNow());
    if (work === 'marks' && !(await isListingCheaper(run))) await this.#readMarks();
    else await this.#poll();
    await tellRead(run, 'all');
    leaveTime(run, begunAt);
    // Starts delivery, since a batch that is not full would otherwise wait for other users, whose events may be
    // unchanged.
    run.delivery.start();
  }

  async #readMarks(): Promise<void> {
    const run = this.#run;
    run.hooks?.begins('marks');
    run.log.debug({}, 'the full run reads what hooks have named');
    await readMarked(run);
  }

  async #poll(): Promise<void> {
    const run = this.#run;
    run.hooks?.begins('poll');
    const asOf = run.oktaNow();
    run.log.debug({}, 'the full run asks for changes');
    await followLog(run, asOf);
    await readChanges(run, asOf);
    // From the end on: a poll that takes longer than `FREQUENCY` would be due again at once, and no user would be read.
    this.#polledAt = run.oktaNow();
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
      const leftMs = Math.max(0, this.#leftMs());
      await this.#run.clock.sleep(this.#run.hooks === undefined ? leftMs : Math.min(leftMs, LOOK_MS), end);
      if (end.aborted) return;
      await this.pollWhenDue(new Map());
    }
  }

  #leftMs(): number {
    return this.#polledAt + this.#run.settings.frequencyMs - this.#run.oktaNow();
  }
}
