/** Numbers, shares and times as people read them. */

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function counted(count: number): string {
  return whole.format(count);
}

/** `counted(3, 'event')` is "3 events". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}

/** With one digit after the point; 0 % and 100 % only where it is so exactly. */
export function percent(part: number, all: number): string {
  if (all === 0) return '-';
  const exact = (part / all) * 100;
  const isInside = part > 0 && part < all;
  return `${isInside ? tenths.format(Math.min(99.9, Math.max(0.1, exact))) : whole.format(exact)} %`;
}

/** With a sign; the minus is as wide as the plus. */
export function changeOf(difference: number): string {
  if (difference === 0) return 'no change';
  return `${difference > 0 ? '+' : '\u2212'}${whole.format(Math.abs(difference))}`;
}

/** The difference of two shares. */
export function pointsOf(difference: number): string {
  const points = Math.round(difference * 1000) / 10;
  if (points === 0) return 'no change';
  return `${points > 0 ? '+' : '\u2212'}${oneDigit.format(Math.abs(points))} points`;
}

/** The largest unit that says enough. */
export function lasting(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < 90 * SECOND_MS) return `${Math.round(positive / SECOND_MS)} s`;
  if (positive < 90 * MINUTE_MS) return `${Math.round(positive / MINUTE_MS)} min`;
  if (positive < 36 * HOUR_MS) return `${oneDigit.format(positive / HOUR_MS)} h`;
  return `${oneDigit.format(positive / DAY_MS)} days`;
}

/** Without seconds, so that it does not change all the time. */
export function ago(ms: number): string {
  return ms < MINUTE_MS ? 'a moment ago' : `${inMinutes(ms)} ago`;
}

export function forAsLongAs(ms: number): string {
  return ms < MINUTE_MS ? 'for less than a minute' : `for ${inMinutes(ms)}`;
}

function inMinutes(ms: number): string {
  return ms < 90 * SECOND_MS ? '1 min' : lasting(ms);
}

/** Writes instants in one time zone. */
export class Calendar {
  readonly #now: number;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayOfUtc: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #exact: Intl.DateTimeFormat;

  constructor(now: number, timeZone: string) {
    this.#now = now;
    const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
      new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options });
    this.#day = format({ day: 'numeric', month: 'short' });
    this.#dayOfUtc = format({ day: 'numeric', month: 'short', timeZone: 'UTC' });
    this.#time = format({ hour: '2-digit', minute: '2-digit' });
    this.#exact = format({ dateStyle: 'full', timeStyle: 'medium' });
  }

  /** Posture is kept by days of UTC. */
  dayOfUtc(instant: number): string {
    return this.#dayOfUtc.format(instant);
  }

  /** The time of day, with the day where that is another one than today. */
  moment(instant: number): string {
    const day = this.#day.format(instant);
    const time = this.#time.format(instant);
    return day === this.#day.format(this.#now) ? time : `${day}, ${time}`;
  }

  exact(instant: number): string {
    return this.#exact.format(instant);
  }
}
