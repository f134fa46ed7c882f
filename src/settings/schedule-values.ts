import { Cron } from 'croner';
import { InternalError, type SettingFault } from '../ports/errors.ts';
import type { Given } from './given.ts';
import { right, wrong, type Parsed } from './parsed.ts';

/** A part of each day, in minutes since midnight. Where `to` is less than `from`, it crosses midnight. */
export interface DailyWindow {
  readonly from: number;
  readonly to: number;
}

/** Reads a cron expression of five fields, or a name such as `@daily`. It must fire some day. */
export function cronExpression(text: string): Parsed<string> {
  const expression = text.trim().replaceAll(/\s+/g, ' ');
  const fields = expression.split(' ').length;
  if (fields > 5) return wrong('has more than five fields: a run starts at most once a minute', FIVE_FIELDS);
  if (fields < 5 && !expression.startsWith('@')) return wrong('is no cron expression', FIVE_FIELDS);
  try {
    const hasNext = cronOf(expression, 'UTC').nextRun() !== null;
    return hasNext ? right(expression) : wrong('never fires', FIVE_FIELDS);
  } catch {
    return wrong('is no cron expression', FIVE_FIELDS);
  }
}

const FIVE_FIELDS =
  'write minute, hour, day, month and weekday, such as "15 */2 * * *", or a name such as @daily';

/**
 * A time that does not exist when clocks go forward counts right after the gap, and one that comes twice when they go
 * back counts once; a job of every hour or every few minutes goes on at its rate.
 */
function cronOf(expression: string, timezone: string): Cron {
  const mode = expression.startsWith('@') ? 'auto' : '5-part';
  return new Cron(expression, { timezone, mode, fixedTimeRule: 'no-wildcard', paused: true });
}

/** The first instant after `instant` at which the expression fires, in Unix milliseconds. */
export function nextFiring(
  { schedule, scheduleTimeZone }: { readonly schedule: string; readonly scheduleTimeZone: string },
  instant: number,
): number {
  const next = cronOf(schedule, scheduleTimeZone).nextRun(new Date(instant));
  if (next === null) throw new InternalError(`SCHEDULE=${schedule} fires no more`);
  return next.getTime();
}

/** Reads the name of a time zone in IANA's list, such as `Europe/Paris`. */
export function timeZone(text: string): Parsed<string> {
  try {
    if (/^[A-Za-z]/.test(text))
      return right(new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone);
  } catch {
    // told below
  }
  return wrong('is no time zone', 'write a name of the IANA list, such as Europe/Paris or UTC');
}

/** Reads `22:00-05:00`. */
export function dailyWindow(text: string): Parsed<DailyWindow> {
  const times = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (times === null) return wrong('must be two times of day, with a hyphen between them');
  const [, fromHour, fromMinute, toHour, toMinute] = times.map(Number);
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined)
    return wrong('must be two times of day, with a hyphen between them');
  const window = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  return window.from === window.to ? wrong('is a window of no length') : right(window);
}

/** Tells whether an instant, in Unix milliseconds, lies in the window by the clocks of the time zone. */
export function inWindow({ from, to }: DailyWindow, zone: string): (instant: number) => boolean {
  const clock = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  return (instant) => {
    const parts = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const at = (parts.get('hour') ?? 0) * 60 + (parts.get('minute') ?? 0);
    return from < to ? at >= from && at < to : at >= from || at < to;
  };
}

/** `FREQUENCY` and `SCHEDULE` both say when runs start. */
export function scheduleFaults(given: ReadonlyMap<string, Given>): ReadonlyMap<string, SettingFault> {
  const [schedule, frequency] = [given.get('SCHEDULE'), given.get('FREQUENCY')];
  if (schedule === undefined || frequency === undefined) return new Map();
  const problem = `is set together with ${frequency.from}`;
  return new Map([['SCHEDULE', { name: schedule.from, problem, hint: 'keep one of the two' }]]);
}
