import { openNotices, type OpenNotices } from '../inventory/sqlite/notices/open.ts';
import { Turns } from '../http/turns.ts';
import { decide } from '../notices/decide.ts';
import { readMemory, type Memory } from '../notices/memory.ts';
import { signsOfRun, signsUnderWay, type EndFacts, type MetUnderWay, type Sign } from '../notices/signs.ts';
import { noticeOf } from '../notices/words.ts';
import { asConnectorError } from '../ports/errors.ts';
import type { NoticeQueue, NoticeStore } from '../ports/notices.ts';
import type { RunEnd } from '../ports/report.ts';
import { deliverNotices } from '../sinks/webhook/deliver.ts';
import { nextFiring } from '../settings/schedule-values.ts';
import type { Settings } from '../settings/load.ts';
import type { Job } from '../sync/job.ts';
import { heldBackIn } from '../sync/removals.ts';
import type { Prepared } from './prepare.ts';
import { receiverOf } from './receiver.ts';

/** A completed run is overdue when so many starts have passed without one. */
const STARTS_MISSED = 3;

/**
 * The messages of one process to people: decides after each run, and between, of which trouble operators are told, and
 * sends what waits. A run under way lends its store, since two writers of one process would wait for each other. No
 * method throws: what goes wrong here is told in the log and costs no run.
 */
export class NoticeDesk {
  /** The folder whose inventory this process holds between runs. */
  readonly #heldDir: () => string | undefined;
  /** Two deliveries at once would send everything twice. */
  readonly #turns = new Turns(1);
  #lent: NoticeStore | undefined;
  #known: { readonly stateDir: string; readonly memory: Memory } | undefined;
  #failures = 0;

  constructor(heldDir: () => string | undefined = () => undefined) {
    this.#heldDir = heldDir;
  }

  /** How often the receiver did not take a message, so that it waits. */
  get failures(): number {
    return this.#failures;
  }

  /** The store of a run that has begun. */
  lend(store: NoticeStore): void {
    this.#lent = store;
  }

  /** The run's store closes. */
  takeBack(): void {
    this.#lent = undefined;
  }

  /** The inventory cannot be opened, so that nothing is known of what operators were told. */
  cannotTell({ settings, log }: Prepared): void {
    if (settings.notify.size > 0)
      log.warn({}, 'operators are not told by the webhook while the inventory cannot be opened');
  }

  /** A run has ended whose store is lent: decides, and sends what waits. */
  async runEnded(prepared: Prepared, job: Job, end: RunEnd): Promise<void> {
    await this.#orTold(prepared, async () => {
      if (prepared.settings.notify.size > 0) {
        const facts = await factsOf(job, end);
        // Hooks may cause a run every few seconds: it counts as a look, and not as one that has lasted.
        const isBrief = end.report.mode === 'marks';
        this.#decide(prepared, (memory, now) => {
          if (isBrief)
            return { signs: signsUnderWay(failuresOf(facts, now), false), isRunEnd: false, memory };
          const causes = prepared.settings.notify;
          const overdueAt = (completedAt: number): number => overdueAfter(completedAt, prepared.settings);
          const { signs, ...measures } = signsOfRun(facts, memory, { causes, overdueAt, now });
          return { signs, isRunEnd: true, memory: { ...memory, ...measures } };
        });
      }
      await this.#deliver(prepared);
    });
  }

  /** Looks amid a run, or between two. */
  async look(prepared: Prepared, signs: readonly Sign[]): Promise<void> {
    if (prepared.settings.notify.size === 0) return;
    await this.#orTold(prepared, async () => {
      const hasNews = this.#decide(prepared, (memory) => ({ signs, isRunEnd: false, memory }));
      if (hasNews) await this.#deliver(prepared);
    });
  }

  /** @returns whether there is a message more */
  #decide(
    { settings, world }: Prepared,
    see: (
      memory: Memory,
      now: number,
    ) => { readonly signs: readonly Sign[]; readonly isRunEnd: boolean; readonly memory: Memory },
  ): boolean {
    const { stateDir, notify: causes } = settings;
    const now = world.clock.now();
    const known = this.#known?.stateDir === stateDir ? this.#known.memory : undefined;
    // Between runs the inventory is opened only where there is something to tell.
    if (known === undefined && this.#lent === undefined) return false;
    const { memory, ...look } = see(known ?? readMemory(this.#lent?.memory(), now), now);
    const { troubles, tellings } = decide(memory, { ...look, causes, now });
    const next = { ...memory, troubles };
    const notices = tellings.map((telling) => noticeOf(telling, world.newId(), now));
    const isQuiet = notices.length === 0 && !look.isRunEnd;
    const keep = (store: NoticeStore): true => {
      store.remember(next, notices);
      return true;
    };
    // Without a place for a message nobody was told: the next look tries again.
    if (!isQuiet && this.#inStore(stateDir, keep) === undefined) return false;
    this.#known = { stateDir, memory: next };
    return notices.length > 0;
  }

  #deliver(prepared: Prepared): Promise<void> {
    return this.#turns.take(async () => {
      const { settings, world, log } = prepared;
      const receiver = receiverOf(settings, world);
      if (receiver === undefined) return;
      const { clock, stopping: signal } = world;
      const queue = this.#queue(settings.stateDir);
      const random = (): number => world.random();
      const { isFailing } = await deliverNotices({ queue, receiver, clock, random, signal, log });
      if (isFailing) this.#failures += 1;
    });
  }

  /** Finds the store at each step, because a run may begin or end while a message is under way. */
  #queue(stateDir: string): NoticeQueue {
    const inQueue = <T>(work: (queue: NoticeQueue) => T): T | undefined =>
      this.#inStore(stateDir, ({ queue }) => work(queue));
    return {
      next: () => inQueue((queue) => queue.next()),
      delivered: (id) => inQueue((queue) => queue.delivered(id)),
      failed: (id, failure) => inQueue((queue) => queue.failed(id, failure)),
      takeDropped: () => inQueue((queue) => queue.takeDropped()) ?? 0,
      get waiting() {
        return inQueue((queue) => queue.waiting) ?? 0;
      },
    };
  }

  /** `undefined` where no run lends a store and this process does not hold the inventory. */
  #inStore<T>(stateDir: string, work: (store: NoticeStore) => T): T | undefined {
    if (this.#lent !== undefined) return work(this.#lent);
    if (this.#heldDir() !== stateDir) return undefined;
    const opened: OpenNotices | undefined = openNotices(stateDir);
    try {
      return opened === undefined ? undefined : work(opened.store);
    } finally {
      opened?.close();
    }
  }

  async #orTold({ log }: Prepared, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const { message: reason, hint } = asConnectorError(thrown);
      log.warn({ reason, hint }, 'notices could not be kept or sent');
    }
  }
}

async function factsOf(job: Job, { report }: RunEnd): Promise<EndFacts> {
  const { outcome, standing, intake } = report;
  const { accepted, error } = job.delivery.totals();
  const gaps = Object.values(standing?.gaps ?? {}).flatMap((reasons) => Object.values(reasons));
  return {
    outcome,
    readingFailure: job.tally.readingEnded?.failure?.code,
    deliveryFailure: error?.code,
    accepted,
    pending: intake.pending,
    deadLetters: standing?.dead_letters,
    heldBack: (await heldBackIn(job.inventory)).size,
    gaps: standing === undefined ? undefined : gaps.reduce((sum, count) => sum + count, 0),
  };
}

function failuresOf({ readingFailure, deliveryFailure }: EndFacts, now: number): readonly MetUnderWay[] {
  return [readingFailure, deliveryFailure].flatMap((code) =>
    code === undefined ? [] : [{ code, since: now }],
  );
}

/** By the third start after the last completed run, whoever starts the runs. */
function overdueAfter(
  completedAt: number,
  { schedule, scheduleTimeZone, frequencySeconds }: Settings,
): number {
  if (schedule === undefined) return completedAt + STARTS_MISSED * frequencySeconds * 1000;
  let at = completedAt;
  for (let start = 0; start < STARTS_MISSED; start += 1) at = nextFiring({ schedule, scheduleTimeZone }, at);
  return at;
}
