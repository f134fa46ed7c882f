import type { BatchLimits, OutboxEvent } from '../ports/sink.ts';

/** Bytes of the request body that a sink with this envelope makes of these events. */
export function batchBytes(events: readonly OutboxEvent[], envelopeBytes: number): number {
  const commas = Math.max(0, events.length - 1);
  return events.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), envelopeBytes + commas);
}

/** Does the batch keep to the limits? A single event always does, since it cannot be made smaller. */
export function isWithin(events: readonly OutboxEvent[], limits: BatchLimits): boolean {
  return (
    events.length <= 1 ||
    (events.length <= limits.count && batchBytes(events, limits.envelopeBytes) <= limits.bytes)
  );
}

/** As many of the first events as keep to the limits together, and at least one where there is one. */
export function fit(events: readonly OutboxEvent[], limits: BatchLimits): readonly OutboxEvent[] {
  let bytes = limits.envelopeBytes - 1;
  const end = events.findIndex(({ body }, index) => {
    bytes += Buffer.byteLength(body) + 1;
    return index > 0 && (index >= limits.count || bytes > limits.bytes);
  });
  return end === -1 ? events : events.slice(0, end);
}

export function halve(events: readonly OutboxEvent[]): [readonly OutboxEvent[], readonly OutboxEvent[]] {
  const middle = Math.ceil(events.length / 2);
  return [events.slice(0, middle), events.slice(middle)];
}

/**
 * Limits with room for these events besides a full batch, because `take` returns them again while they are in flight.
 */
export function widen(limits: BatchLimits, besides: readonly OutboxEvent[]): BatchLimits {
  const bytes = besides.reduce((sum, { body }) => sum + Buffer.byteLength(body) + 1, limits.bytes);
  return { ...limits, count: limits.count + besides.length, bytes };
}

/**
 * The limits after a batch that was too large: half its size, for the rest of the run, so that this is learnt only
 * once.
 */
export function narrow(limits: BatchLimits, tooLarge: readonly OutboxEvent[]): BatchLimits {
  const half = Math.floor(batchBytes(tooLarge, limits.envelopeBytes) / 2);
  return { ...limits, bytes: Math.min(limits.bytes, half) };
}
