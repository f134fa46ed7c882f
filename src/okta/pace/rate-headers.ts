import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from '../../http/http-date.ts';

/** The state of its bucket that one answer shows. Instants are Unix seconds on Okta's clock. */
export interface Rate {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  readonly dateAt: number;
}

const LONGEST_WINDOW_S = 3600;
const USUAL_WINDOW_S = 60;

/** Reads one plain number. A repeated header arrives joined by commas, and says nothing then. */
function wholeNumber(value: string | readonly string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,12}$/.test(value.trim()) ? Number(value) : undefined;
}

/** The time of an answer on Okta's clock, in Unix milliseconds (whole seconds); `undefined` without a `Date`. */
export function serverTime(headers: IncomingHttpHeaders): number | undefined {
  return parseHttpDate(headers.date);
}

function resetOf(headers: IncomingHttpHeaders): number | undefined {
  return wholeNumber(headers['x-rate-limit-reset']);
}

/**
 * The rate in an answer's headers. `undefined` where they are missing or make no sense; the last known pace stays then.
 * A limit of 0 always means the concurrency limit, whatever the other headers are.
 */
export function readRate(headers: IncomingHttpHeaders): Rate | undefined {
  const limit = wholeNumber(headers['x-rate-limit-limit']);
  const remaining = wholeNumber(headers['x-rate-limit-remaining']);
  const resetAt = resetOf(headers);
  const date = serverTime(headers);
  if (limit === 0) return { limit, remaining: 0, resetAt: resetAt ?? 0, dateAt: (date ?? 0) / 1000 };
  if (limit === undefined || remaining === undefined || resetAt === undefined) return undefined;
  // Without Okta's time the reset counts as a usual window away; this machine's clock is never used for it.
  const dateAt = date === undefined ? Math.max(0, resetAt - USUAL_WINDOW_S) : date / 1000;
  if (Math.abs(resetAt - dateAt) > LONGEST_WINDOW_S) return undefined;
  return { limit, remaining: Math.min(remaining, limit), resetAt, dateAt };
}

/** The wait to the reset, where an answer names one without a limit; `undefined` where it names none, or a past one. */
export function readWaitMs(headers: IncomingHttpHeaders): number | undefined {
  const [resetAt, date] = [resetOf(headers), serverTime(headers)];
  const seconds = resetAt === undefined || date === undefined ? 0 : resetAt - date / 1000;
  return seconds > 0 && seconds <= LONGEST_WINDOW_S ? (seconds + 1) * 1000 : undefined;
}
