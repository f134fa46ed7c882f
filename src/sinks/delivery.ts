import { asConnectorError, SinkError, type ConnectorError } from '../ports/errors.ts';
import type {
  BatchLimits,
  Delivery,
  DeliveryTotals,
  DeliveryTrouble,
  Outbox,
  OutboxEvent,
  Receipt,
  Sink,
} from '../ports/sink.ts';
import type { Clock } from '../ports/clock.ts';
import { fit, halve, isWithin, narrow, widen } from './batching.ts';
import { PatientSink, type DeliveryLog } from './patient-sink.ts';
import { Streak, type RefusedEvent } from './streak.ts';

const GIVE_UP_AFTER_MS = 15 * 60_000;

export interface DeliveryParts {
  readonly outbox: Outbox;
  readonly sink: Sink;
  readonly limits: Omit<BatchLimits, 'envelopeBytes'>;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** The run must stop, so nothing waits any more. A push under way may go on until the deadline of `finish`. */
  readonly signal: AbortSignal;
  readonly log?: DeliveryLog | undefined;
  /** Called when events have left the outbox. */
  readonly onSettled?: (() => Promise<void>) | undefined;
  readonly giveUpAfterMs?: number | undefined;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  return new OutboxDelivery(parts);
}

class OutboxDelivery implements Delivery {
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #log: DeliveryLog | undefined;
  readonly #onSettled: () => Promise<void>;
  readonly #halt = new AbortController();
  readonly #sink: PatientSink;
  #limits: BatchLimits;
  /** The batch in flight, in the parts that it was split into. The first part is the one at the sink. */
  #parts: (readonly OutboxEvent[])[] = [];
  readonly #streak: Streak;
  readonly #sinkName: string;
  #accepted = 0;
  #refused = 0;
  /** Why delivery has ended. */
  #failure: DeliveryTrouble | undefined;
  #takesPartBatches = false;
  #isFinishing = false;
  #isClosed = false;
  #wakes = 0;
  #round: Promise<void> | undefined;

  constructor({
    outbox,
    limits,
    log,
    giveUpAfterMs = GIVE_UP_AFTER_MS,
    onSettled = async () => undefined,
    ...rest
  }: DeliveryParts) {
    this.#outbox = outbox;
    this.#limits = { ...limits, envelopeBytes: rest.sink.envelopeBytes };
    this.#streak = new Streak(rest.sink);
    this.#sinkName = rest.sink.name;
    this.#clock = rest.clock;
    this.#log = log;
    this.#onSettled = onSettled;
    this.#sink = new PatientSink({ ...rest, log, giveUpAfterMs, halt: this.#halt.signal });
  }

  start(): void {
    this.#takesPartBatches = true;
    this.wake();
  }

  wake(): void {
    this.#wakes += 1;
    if (!this.#isClosed) this.#round ??= this.#runRound();
  }

  async finish({ deadlineMs }: { readonly deadlineMs?: number | undefined } = {}): Promise<DeliveryTotals> {
    const drained = new AbortController();
    if (deadlineMs !== undefined) void this.#haltAfter(deadlineMs, drained.signal);
    this.#isFinishing = true;
    this.wake();
    while (this.#round !== undefined) await this.#round;
    this.#isClosed = true;
    drained.abort();
    return this.totals();
  }

  totals(): DeliveryTotals {
    const { batches, retries } = this.#sink;
    return {
      batches,
      retries,
      accepted: this.#accepted,
      isProven: this.#accepted > 0,
      refused: this.#refused,
      error: this.#failure?.error,
      trouble: this.#failure ?? this.#sink.trouble,
    };
  }

  get #isOpen(): boolean {
    return !this.#isClosed && !this.#halt.signal.aborted;
  }

  async #haltAfter(deadlineMs: number, drained: AbortSignal): Promise<void> {
    await this.#clock.sleep(deadlineMs, drained);
    this.#halt.abort();
  }

  /** The only place that catches errors: the totals report the one that ended delivery. */
  async #runRound(): Promise<void> {
    const wakesSeen = this.#wakes;
    try {
      await this.#drain();
    } catch (thrown) {
      this.#close(asConnectorError(thrown));
    }
    try {
      if (!this.#isOpen) await this.#letGo();
    } catch (thrown) {
      this.#close(asConnectorError(thrown));
    }
    this.#round = undefined;
    if (this.#wakes !== wakesSeen) this.wake();
  }

  async #drain(): Promise<void> {
    while (this.#isOpen) {
      const batch = await this.#takeBatch();
      if (batch.length > 0) await this.#deliver(batch);
      else if (this.#isFinishing && this.#streak.first !== undefined) {
        await this.#buryStreak();
        await this.#onSettled();
      } else return;
    }
  }

  /**
   * Takes a batch; empty when a push is not worth it yet. Events of the streak are still in flight, so `take` returns
   * them too.
   */
  async #takeBatch(): Promise<readonly OutboxEvent[]> {
    const held = this.#streak.events;
    const takesPartBatches = this.#isFinishing || this.#takesPartBatches;
    if (!takesPartBatches && (await this.#outbox.pending()) < held.length + this.#limits.count) return [];

    const taken = await this.#takeBeside(held);
    const sequences = new Set(held.map(({ sequence }) => sequence));
    const batch = fit(
      taken.filter(({ sequence }) => !sequences.has(sequence)),
      this.#limits,
    );
    if (batch.length < this.#limits.count) this.#takesPartBatches = false;
    return batch;
  }

  /**
   * Takes at least one event besides those of the streak, however large it is; otherwise the outbox would look empty.
   */
  async #takeBeside(held: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> {
    const taken = await this.#outbox.take(widen(this.#limits, held));
    if (held.length === 0 || taken.length > held.length) return taken;
    return this.#outbox.take({
      ...this.#limits,
      count: held.length + 1,
      bytes: Number.MAX_SAFE_INTEGER,
    });
  }

  async #deliver(batch: readonly OutboxEvent[]): Promise<void> {
    this.#parts = [batch];
    const before = this.#limits;
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      if (!isWithin(part, this.#limits)) {
        this.#split(part);
        continue;
      }
      const receipt = await this.#sink.push(part);
      if (receipt === undefined) return this.#close(undefined);
      this.#log?.debug({ events: part.length, receipt: receipt.kind }, `the ${this.#sinkName} answered`);
      await this.#settle(part, receipt, before);
    }
  }

  /**
   * Settles a part by its receipt. An event that is too large alone says nothing about the others: it becomes a dead
   * letter at once and does not count in a streak.
   * @param before the limits that held before this batch
   */
  async #settle(part: readonly OutboxEvent[], receipt: Receipt, before: BatchLimits): Promise<void> {
    if (receipt.kind === 'accepted') return this.#confirm(part);
    if (part.length === 1) {
      if (receipt.kind === 'refused') return this.#hold(part, receipt.reason);
      this.#limits = before;
      for (const event of part) await this.#bury({ event, reason: receipt.reason });
      this.#parts.shift();
      return this.#onSettled();
    }
    if (receipt.kind === 'too-large') this.#limits = narrow(this.#limits, part);
    this.#split(part);
  }

  #split(part: readonly OutboxEvent[]): void {
    this.#parts.splice(0, 1, ...halve(part));
  }

  async #confirm(part: readonly OutboxEvent[]): Promise<void> {
    const sequences = part.map(({ sequence }) => sequence);
    await this.#outbox.confirm(sequences);
    this.#parts.shift();
    this.#sink.forget(sequences);
    this.#accepted += part.length;
    await this.#buryStreak();
    await this.#onSettled();
  }

  #hold(part: readonly OutboxEvent[], reason: string): void {
    this.#parts.shift();
    this.#streak.add(part, reason);
  }

  /**
   * Makes dead letters of the streak: the sink accepts other events, or there are no others, so these events are at
   * fault.
   */
  async #buryStreak(): Promise<void> {
    for (let refusal = this.#streak.first; refusal !== undefined; refusal = this.#streak.first) {
      await this.#bury(refusal);
      this.#streak.dropFirst();
    }
  }

  async #bury({ event, reason }: RefusedEvent): Promise<void> {
    await this.#outbox.refuse(event.sequence, reason);
    this.#sink.forget([event.sequence]);
    this.#refused += 1;
    this.#log?.error(
      { [`${event.asset.kind}_id`]: event.asset.id, sequence: event.sequence },
      `the ${this.#sinkName} refused an event: kept as a dead letter`,
    );
  }

  #close(error: ConnectorError | undefined): void {
    this.#isClosed = true;
    if (error === undefined || this.#failure !== undefined) return;
    this.#failure = { error, since: this.#sink.trouble?.since ?? this.#clock.now() };
    this.#log?.error(
      { code: error.code, reason: error.message },
      'delivery stopped: events wait in the outbox',
    );
  }

  /**
   * Releases events that the sink surely does not have, so that they wait as if never sent. The others stay attempted
   * and are sent first.
   */
  async #letGo(): Promise<void> {
    const isOfSink = this.#failure === undefined || this.#failure.error instanceof SinkError;
    const left = [...this.#parts.flat(), ...this.#streak.events];
    this.#parts = [];
    this.#streak.clear();
    const sequences = this.#sink.surelyNotTaken(left).map(({ sequence }) => sequence);
    if (isOfSink && sequences.length > 0) await this.#outbox.release(sequences);
  }
}
