import type { BatchLimits, OutboxEvent } from '../ports/sink.ts';

const OPENING = '{"version":1,"items":[';
const CLOSING = ']}';

/** What a request body takes without any event: `bytes` of `Outbox.take` counts it. */
export const ENVELOPE_BYTES = Buffer.byteLength(OPENING + CLOSING);

/** The request body. Each event's JSON text goes in as it stands: parsing it again would only cost. */
export function writeBody(bodies: readonly string[]): string {
  return `${OPENING}${bodies.join(',')}${CLOSING}`;
}

/** Bytes of the request body that `writeBody` makes of these events. */
export function batchBytes(events: readonly OutboxEvent[]): number {
  const commas = Math.max(0, events.length - 1);
  return events.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), ENVELOPE_BYTES + commas);
}

/** Does the batch keep to the limits? One event alone always does: it cannot be made smaller. */
export function isWithin(events: readonly OutboxEvent[], limits: BatchLimits): boolean {
  return events.length <= 1 || (events.length <= limits.count && batchBytes(events) <= limits.bytes);
}

/** The first events that keep to the limits together; at least one, when there is one. */
export function fit(events: readonly OutboxEvent[], limits: BatchLimits): readonly OutboxEvent[] {
  let bytes = ENVELOPE_BYTES - 1;
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

/** Room for these events besides a full batch: `take` gives them again while they are in flight. */
export function widen(limits: BatchLimits, besides: readonly OutboxEvent[]): BatchLimits {
  const bytes = besides.reduce((sum, { body }) => sum + Buffer.byteLength(body) + 1, limits.bytes);
  return { count: limits.count + besides.length, bytes };
}

/** The limits after a 413: half of what was too large. For the rest of the run, so that it is learnt once. */
export function narrow(limits: BatchLimits, tooLarge: readonly OutboxEvent[]): BatchLimits {
  return { count: limits.count, bytes: Math.min(limits.bytes, Math.floor(batchBytes(tooLarge) / 2)) };
}
