const OPENING = '{"version":1,"items":[';
const CLOSING = ']}';

/** What a request body takes without any event. */
export const ENVELOPE_BYTES = Buffer.byteLength(OPENING + CLOSING);

/** The request body. Each event's JSON text goes in as it stands: parsing it again would only cost. */
export function writeBody(bodies: readonly string[]): string {
  return `${OPENING}${bodies.join(',')}${CLOSING}`;
}
