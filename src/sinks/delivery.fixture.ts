import { z } from 'zod';
import { SinkUnavailableError } from '../ports/errors.ts';
import type { BatchLimits, Delivery, Outbox, Receipt, Sink } from '../ports/sink.ts';
import { ENVELOPE_BYTES } from './sekoia/body.ts';
import { ManualClock } from './clock.fixture.ts';
import { createDelivery } from './delivery.ts';
import { MemoryOutbox } from './outbox.fixture.ts';
import type { DeliveryLog } from './patient-sink.ts';

const Body = z.object({ user: z.string() });

/** The intake's behaviour for a batch of users: a receipt, or a thrown error. */
export type Answering = (
  users: readonly string[],
  call: number,
  signal: AbortSignal | undefined,
) => Receipt | Error | Promise<Receipt | Error>;

export const accepted: Receipt = { kind: 'accepted' };
export const refused: Receipt = { kind: 'refused', reason: 'HTTP 400: not this one' };
export const tooLarge: Receipt = { kind: 'too-large', reason: 'HTTP 413 without a reason' };

export function unavailable(waitMs?: number): SinkUnavailableError {
  return new SinkUnavailableError('the intake cannot take events now (HTTP 503)', { waitMs, hint: 'wait' });
}

/** Refuses every batch that holds one of these users. */
export function refusing(...guilty: readonly string[]): Answering {
  return (users) => (users.some((user) => guilty.includes(user)) ? refused : accepted);
}

export function users(count: number, prefix = 'u'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}

export interface Scene {
  readonly outbox: MemoryOutbox;
  readonly clock: ManualClock;
  readonly delivery: Delivery;
  readonly stop: AbortController;
  /** The batches that reached the intake, and those that it kept. */
  readonly calls: string[][];
  readonly kept: string[][];
  /** How many events still waited each time that some had left. */
  readonly left: number[];
  readonly logged: unknown[];
}

interface SceneOptions {
  readonly answer?: Answering;
  readonly limits?: Partial<BatchLimits>;
  readonly saved?: readonly string[];
  readonly random?: () => number;
  readonly wrap?: (outbox: MemoryOutbox) => Outbox;
}

/** A delivery with an outbox in memory, a clock that stands still, and an intake with the behaviour of the test. */
export function createScene(options: SceneOptions = {}): Scene {
  const outbox = new MemoryOutbox();
  outbox.save(...(options.saved ?? []));
  const clock = new ManualClock();
  const stop = new AbortController();
  const [calls, kept, left, logged]: [string[][], string[][], number[], unknown[]] = [[], [], [], []];
  const note = (facts: object, message: string) => void logged.push([facts, message]);
  const log: DeliveryLog = { debug: note, warn: note, error: note };
  const delivery = createDelivery({
    outbox: options.wrap?.(outbox) ?? outbox,
    sink: createSink(options.answer ?? (() => accepted), calls, kept),
    limits: { count: 100, bytes: 1_048_576, ...options.limits },
    clock,
    random: options.random ?? (() => 1),
    signal: stop.signal,
    log,
    onSettled: async () => void left.push(await outbox.pending()),
  });
  return { outbox, clock, delivery, stop, calls, kept, left, logged };
}

function createSink(answer: Answering, calls: string[][], kept: string[][]): Sink {
  return {
    name: 'intake',
    envelopeBytes: ENVELOPE_BYTES,
    refusalHint: 'check the connector',
    async push(bodies, signal) {
      const batch = bodies.map((body) => Body.parse(JSON.parse(body)).user);
      calls.push(batch);
      const answered = await answer(batch, calls.length, signal);
      if (answered instanceof Error) throw answered;
      if (answered.kind === 'accepted') kept.push(batch);
      return answered;
    },
  };
}
