/** A stamp without a zone is refused, because it would be read in this machine's zone. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/u;

/** Unix milliseconds of an ISO 8601 stamp, `undefined` when it cannot be read. */
export function parseStamp(stamp: string): number | undefined {
  const at = ISO_8601.test(stamp) && isDay(stamp.slice(0, 10)) ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** V8 reads 30 February as 1 March. */
function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
