import type { EventStamp } from '../../ports/events.ts';

/** The beginning of every event of these dialects. */
const BEGINNING = '{"metadata":{';

/**
 * Puts `metadata.uid`, `.correlation_uid` and `.logged_time` before the other fields of `metadata`. It is never empty,
 * so the text stays JSON. Parsing it again would cost as much as making it.
 */
export function stampEvent(body: string, { uid, runId, loggedAt }: EventStamp): string {
  if (!body.startsWith(BEGINNING)) throw new Error('an event that does not begin with its metadata');
  const stamped = JSON.stringify({ uid, correlation_uid: runId, logged_time: loggedAt });
  return `${BEGINNING}${stamped.slice(1, -1)},${body.slice(BEGINNING.length)}`;
}
