const OPENING = '{"version":1,"items":[';
const CLOSING = ']}';

/** The size of a request body without any event. */
export const ENVELOPE_BYTES = Buffer.byteLength(OPENING + CLOSING);

/** The request body. Each event's JSON text goes in unchanged; parsing it again would only cost time. */
export function writeBody(bodies: readonly string[]): string {
  return `${OPENING}${bodies.join(',')}${CLOSING}`;
}
