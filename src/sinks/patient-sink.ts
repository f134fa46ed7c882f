import { backOffMs, type BackOff } from '../http/back-off.ts';
import { SinkUnavailableError } from '../ports/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { OutboxEvent, Receipt, Sink } from '../ports/sink.ts';

/** Full jitter. */
const BACK_OFF: BackOff = { firstMs: 1000, longestMs: 60_000, chance: 1 };

/** A log that takes facts as fields; pino is one. */
export interface DeliveryLog {
  debug(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface PatientSinkParts {
  readonly sink: Sink;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ends a wait; a push under way may still be answered. */
  readonly signal: AbortSignal;
  /** Ends a push under way too. */
  readonly halt: AbortSignal;
  readonly log?: DeliveryLog | undefined;
  readonly giveUpAfterMs: number;
}

/** Sends a batch until the sink answers, with the waits in between. */
export class PatientSink {
  /** Batches sent for the first time, and sent again. */
  batches = 0;
  retries = 0;
  readonly #parts: PatientSinkParts;
  readonly #endOfWait: AbortSignal;
  /** Events that were sent at least once without an answer: the sink may have them. */
  readonly #uncertain = new Set<number>();
  #failingSince: number | undefined;

  constructor(parts: PatientSinkParts) {
    this.#parts = parts;
    this.#endOfWait = AbortSignal.any([parts.signal, parts.halt]);
  }

  /** `undefined`: told to stop before there was an answer. Throws when it gives up, and what the sink throws to stop. */
  async push(events: readonly OutboxEvent[]): Promise<Receipt | undefined> {
    for (let attempt = 0; !this.#isHalted(); attempt += 1) {
      const answer = await this.#pushOnce(events, attempt);
      if (!(answer instanceof SinkUnavailableError)) {
        this.#failingSince = undefined;
        return answer;
      }
      if (this.#isHalted()) break;
      this.#giveUpIfDue(answer);
      await this.#wait(answer, attempt);
      if (this.#endOfWait.aborted) break;
    }
    return undefined;
  }

  /** Those of the events that the sink surely does not have, when it kept nothing of what it answered. */
  surelyNotTaken(events: readonly OutboxEvent[]): readonly OutboxEvent[] {
    return events.filter(({ sequence }) => !this.#uncertain.has(sequence));
  }

  /** Their fate is known and kept by the outbox. */
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

  #giveUpIfDue(last: SinkUnavailableError): void {
    const { sink, clock, giveUpAfterMs } = this.#parts;
    const now = clock.now();
    this.#failingSince ??= now;
    if (now - this.#failingSince < giveUpAfterMs) return;
    const minutes = Math.round(giveUpAfterMs / 60_000);
    throw new SinkUnavailableError(
      `no batch was accepted for ${minutes} minutes, given up: ${last.message}`,
      {
        hint: `${last.hint ?? `check the ${sink.name}`}; the events wait in the outbox for the next run`,
        cause: last.cause,
      },
    );
  }

  /** The sink's own wish, or exponential back-off with full jitter. */
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
