import { backOffMs, type BackOff } from '../http/back-off.ts';
import { SinkUnavailableError } from '../ports/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryTrouble, OutboxEvent, Receipt, Sink } from '../ports/sink.ts';

/** Each wait is wholly random up to its bound. */
const BACK_OFF: BackOff = { firstMs: 1000, longestMs: 60_000, chance: 1 };

/** A log that takes facts as fields, as pino does. */
export interface DeliveryLog {
  debug(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface PatientSinkParts {
  readonly sink: Sink;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Ends a wait; a push under way may still get its answer. */
  readonly signal: AbortSignal;
  /** Ends a push under way too. */
  readonly halt: AbortSignal;
  readonly log?: DeliveryLog | undefined;
  readonly giveUpAfterMs: number;
}

/** Sends a batch, again and again with waits in between, until the sink answers. */
export class PatientSink {
  /** Batches that were sent for the first time, and those sent again. */
  batches = 0;
  retries = 0;
  /** `undefined` unless the last answer was none that settles a batch. */
  trouble: DeliveryTrouble | undefined;
  readonly #parts: PatientSinkParts;
  readonly #endOfWait: AbortSignal;
  /** Events that were sent at least once without an answer: the sink may have them. */
  readonly #uncertain = new Set<number>();

  constructor(parts: PatientSinkParts) {
    this.#parts = parts;
    this.#endOfWait = AbortSignal.any([parts.signal, parts.halt]);
  }

  /**
   * Returns the receipt, or `undefined` when told to stop before there was one. Throws when it gives up, and the sink's
   * own errors that stop delivery.
   */
  async push(events: readonly OutboxEvent[]): Promise<Receipt | undefined> {
    for (let attempt = 0; !this.#isHalted(); attempt += 1) {
      const answer = await this.#pushOnce(events, attempt);
      if (!(answer instanceof SinkUnavailableError)) {
        this.trouble = undefined;
        return answer;
      }
      if (this.#isHalted()) break;
      const now = this.#parts.clock.now();
      this.trouble = { error: answer, since: this.trouble?.since ?? now };
      this.#giveUpIfDue(answer, now - this.trouble.since);
      await this.#wait(answer, attempt);
      if (this.#endOfWait.aborted) break;
    }
    return undefined;
  }

  /** The events of a refused batch that the sink surely does not have. */
  surelyNotTaken(events: readonly OutboxEvent[]): readonly OutboxEvent[] {
    return events.filter(({ sequence }) => !this.#uncertain.has(sequence));
  }

  /** The outbox has recorded the fate of these events. */
  forget(sequences: readonly number[]): void {
    for (const sequence of sequences) this.#uncertain.delete(sequence);
  }

  #isHalted(): boolean {
    return this.#parts.halt.aborted;
  }

  async #pushOnce(events: readonly OutboxEvent[], attempt: number): Promise<Receipt | SinkUnavailableError> {
    const { sink, halt } = this.#parts;
    if (attempt === 0) this.batches += 1;
    else this.retries += 1;
    try {
      return await sink.push(
        events.map(({ body }) => body),
        halt,
      );
    } catch (thrown) {
      if (!(thrown instanceof SinkUnavailableError)) throw thrown;
      for (const { sequence } of events) this.#uncertain.add(sequence);
      return thrown;
    }
  }

  #giveUpIfDue(last: SinkUnavailableError, failingMs: number): void {
    const { sink, giveUpAfterMs } = this.#parts;
    if (failingMs < giveUpAfterMs) return;
    const minutes = Math.round(giveUpAfterMs / 60_000);
    throw new SinkUnavailableError(
      `no batch was accepted for ${minutes} minutes, given up: ${last.message}`,
      {
        hint: `${last.hint ?? `check the ${sink.name}`}; the events wait in the outbox for the next run`,
        cause: last.cause,
      },
    );
  }

  /** Waits for as long as the sink asks, or else by exponential back-off. */
  async #wait({ message, waitMs }: SinkUnavailableError, attempt: number): Promise<void> {
    const { sink, clock, random, log } = this.#parts;
    const wait = waitMs ?? backOffMs(attempt + 1, random, BACK_OFF);
    log?.warn(
      { reason: message, attempt: attempt + 1, wait_ms: Math.round(wait) },
      `the ${sink.name} did not take a batch`,
    );
    await clock.sleep(wait, this.#endOfWait);
  }
}
