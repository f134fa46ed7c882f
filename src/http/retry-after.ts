const LONGEST_MS = 10 * 60_000;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long the intake asks to be left alone, in milliseconds, 10 minutes at most. A date counts from the answer's own
 * `Date`, never from this machine's clock. Zero, the past and nonsense are no wish at all.
 */
export function parseRetryAfter(wish: string | undefined, date: string | undefined): number | undefined {
  const value = wish?.trim() ?? '';
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : instant(value) - instant(date);
  return waitMs > 0 ? Math.min(waitMs, LONGEST_MS) : undefined;
}

function instant(text: string | undefined): number {
  return text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
