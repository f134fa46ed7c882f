import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './http-date.ts';

const LONGEST_MS = 10 * 60_000;

/**
 * The wait that `Retry-After` asks for, in milliseconds, at most 10 minutes. A date counts from the answer's own
 * `Date`, never from this machine's clock. Zero, a past date and nonsense ask for no wait.
 */
export function readRetryAfterMs({
  'retry-after': wish = '',
  date,
}: Pick<IncomingHttpHeaders, 'retry-after' | 'date'>): number | undefined {
  const value = wish.trim();
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : untilMs(value, date);
  return waitMs > 0 ? Math.min(waitMs, LONGEST_MS) : undefined;
}

function untilMs(wish: string, date: string | undefined): number {
  return (parseHttpDate(wish) ?? Number.NaN) - (parseHttpDate(date) ?? Number.NaN);
}
