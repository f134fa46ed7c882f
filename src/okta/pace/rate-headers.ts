import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from '../../http/http-date.ts';

/** What one answer says of its bucket. Instants are Unix seconds on Okta's clock. */
export interface Rate {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  readonly dateAt: number;
}

const LONGEST_WINDOW_S = 3600;
const USUAL_WINDOW_S = 60;

/** A repeated header reaches us joined by commas: whatever is not one plain number says nothing. */
function wholeNumber(value: string | readonly string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,12}$/.test(value.trim()) ? Number(value) : undefined;
}

/** The instant of an answer on Okta's clock, Unix milliseconds, whole seconds; `undefined` without a `Date`. */
export function serverTime(headers: IncomingHttpHeaders): number | undefined {
  return parseHttpDate(headers.date);
}

function resetOf(headers: IncomingHttpHeaders): number | undefined {
  return wholeNumber(headers['x-rate-limit-reset']);
}

/**
 * `undefined` where the headers are missing or make no sense: then the last known pace stays. The concurrency limit is
 * told by a limit of 0, whatever else is there.
 */
export function readRate(headers: IncomingHttpHeaders): Rate | undefined {
  const limit = wholeNumber(headers['x-rate-limit-limit']);
  const remaining = wholeNumber(headers['x-rate-limit-remaining']);
  const resetAt = resetOf(headers);
  const date = serverTime(headers);
  if (limit === 0) return { limit, remaining: 0, resetAt: resetAt ?? 0, dateAt: (date ?? 0) / 1000 };
  if (limit === undefined || remaining === undefined || resetAt === undefined) return undefined;
  // Never this machine's clock: without Okta's time the reset counts as a usual window away.
  const dateAt = date === undefined ? Math.max(0, resetAt - USUAL_WINDOW_S) : date / 1000;
  if (Math.abs(resetAt - dateAt) > LONGEST_WINDOW_S) return undefined;
  return { limit, remaining: Math.min(remaining, limit), resetAt, dateAt };
}

/** Until the reset, where an answer tells that and no limit; `undefined` where it does not, or it has passed. */
export function readWaitMs(headers: IncomingHttpHeaders): number | undefined {
  const [resetAt, date] = [resetOf(headers), serverTime(headers)];
  const seconds = resetAt === undefined || date === undefined ? 0 : resetAt - date / 1000;
  return seconds > 0 && seconds <= LONGEST_WINDOW_S ? (seconds + 1) * 1000 : undefined;
}
