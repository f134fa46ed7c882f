import { SinkRefusedError } from '../ports/errors.ts';
import type { OutboxEvent, Sink } from '../ports/sink.ts';

/** After so many refusals in a row, with no event accepted in between, the events are not to blame. */
const REFUSALS_IN_A_ROW = 20;

export interface RefusedEvent {
  readonly event: OutboxEvent;
  readonly reason: string;
}

/**
 * Events that were refused one by one, with nothing accepted since. They become dead letters only when it is clear that
 * the events are at fault.
 */
export class Streak {
  readonly #sink: Pick<Sink, 'name' | 'refusalHint'>;
  #refusals: RefusedEvent[] = [];

  constructor(sink: Pick<Sink, 'name' | 'refusalHint'>) {
    this.#sink = sink;
  }

  get events(): readonly OutboxEvent[] {
    return this.#refusals.map(({ event }) => event);
  }

  get first(): RefusedEvent | undefined {
    return this.#refusals[0];
  }

  /** Throws `SinkRefusedError` when there are too many. */
  add(events: readonly OutboxEvent[], reason: string): void {
    this.#refusals.push(...events.map((event) => ({ event, reason })));
    if (this.#refusals.length >= REFUSALS_IN_A_ROW) throw refusedError(this.#sink, this.#refusals);
  }

  dropFirst(): void {
    this.#refusals.shift();
  }

  clear(): void {
    this.#refusals = [];
  }
}

/** The sink's text may quote a user, so it is repeated only when it was the same for all events. */
function refusedError(
  { name, refusalHint: hint }: Pick<Sink, 'name' | 'refusalHint'>,
  refusals: readonly RefusedEvent[],
): SinkRefusedError {
  const reasons = new Set(refusals.map(({ reason }) => reason));
  const said = reasons.size === 1 ? `: ${[...reasons].join('')}` : ', for different reasons';
  return new SinkRefusedError(`the ${name} refused ${refusals.length} events in a row${said}`, { hint });
}
