/** A stamp without a zone would be read in the zone of this machine: refused. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/u;

/** Unix milliseconds of an ISO 8601 stamp, `undefined` when it cannot be read. */
export function parseStamp(stamp: string): number | undefined {
  const at = ISO_8601.test(stamp) ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
