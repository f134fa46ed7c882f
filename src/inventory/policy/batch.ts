/** Which events go out together. */
import type { BatchLimits, OutboxEvent } from '../../ports/sink.ts';

/**
 * Takes events in turn until a limit is reached. Of an asset's events only the first goes: the next one waits until that
 * is settled. A first event that is larger than the limit goes alone.
 */
export function batchOf<Event extends Pick<OutboxEvent, 'asset' | 'body'>>(
  inTurn: Iterable<Event>,
  limits: BatchLimits,
): readonly Event[] {
  const batch: Event[] = [];
  const assets = new Set<string>();
  let bytes = limits.envelopeBytes - 1;
  for (const event of inTurn) {
    const asset = `${event.asset.kind} ${event.asset.id}`;
    if (assets.has(asset)) continue;
    bytes += Buffer.byteLength(event.body) + 1;
    if (batch.length > 0 && (batch.length >= limits.count || bytes > limits.bytes)) break;
    assets.add(asset);
    batch.push(event);
  }
  return batch;
}
