import { html } from 'hono/html';
import { RUN_KINDS } from '../ports/report.ts';
import { partsBar } from './charts.ts';
import { figures, moment, section, type Figure, type Markup } from './markup.ts';
import type { Status } from './status.ts';
import { ago, counted, countOf, lasting, percent, type Calendar } from './words.ts';

type RunningNow = Extract<Status['now'], { readonly state: 'running' }>;

export function nowSection(status: Status, calendar: Calendar): Markup {
  const { now } = status;
  if (now.state === 'unknown')
    return section('now', 'Now', html`<p>Only the worker’s own page shows what runs now.</p>`);
  if (now.state === 'idle') return section('now', 'Now', html`<p>Nothing runs at the moment.</p>`);
  const tell = now.step === 'reading' ? reading : delivering;
  return section('now', 'Now', tell(now, status, calendar));
}

/** Reading goes on meanwhile, where it has not ended. */
function waiting(
  { intake_fails_since: since }: RunningNow,
  { at, outbox }: Status,
  calendar: Calendar,
): Markup {
  if (since === undefined) return html``;
  const { events = 0 } = outbox;
  return html`<p>
    It waits for the intake, which has taken nothing since ${moment(since, calendar)},
    ${ago(Date.parse(at) - Date.parse(since))}: ${countOf(events, 'event')} ${events === 1 ? 'waits' : 'wait'}
    in the outbox.
  </p>`;
}

/** A run that reads no more has neither a pace nor calls left. */
function delivering(now: RunningNow, status: Status, calendar: Calendar): Markup {
  const { at, outbox } = status;
  return html`
    <p>
      ${named(now)} has ended reading, after ${countOf(now.users_done, 'user')}, and delivers what is left.
    </p>
    ${waiting(now, status, calendar)}
    ${figures([
      started(now, at, calendar),
      { name: 'Calls made', value: counted(now.calls) },
      { name: 'Events left', value: outbox.events === undefined ? 'unknown' : counted(outbox.events) },
    ])}
  `;
}

function reading(now: RunningNow, status: Status, calendar: Calendar): Markup {
  const { at } = status;
  const { users_done: done, users_expected: expected, ends_at: endsAt, calls_left: callsLeft } = now;
  const progress = [
    { name: 'done', look: 'yes' },
    { name: 'left', look: 'rest' },
  ] as const;
  const ofAll = expected === undefined ? '' : ` of about ${counted(Math.max(done, expected))}`;
  const share = expected === undefined ? '' : `, ${percent(done, Math.max(done, expected))}`;
  return html`
    <p>${named(now)} has read ${counted(done)}${ofAll} ${expected === 1 ? 'user' : 'users'}${share}.</p>
    ${waiting(now, status, calendar)}
    ${expected === undefined ? '' : partsBar(progress, [done, Math.max(0, expected - done)])}
    ${figures([
      started(now, at, calendar),
      { name: 'Pace', value: counted(now.calls_per_minute), more: 'calls a minute' },
      { name: 'Calls made', value: counted(now.calls) },
      { name: 'Calls left', value: callsLeft === undefined ? 'not known yet' : counted(callsLeft) },
      endsAt === undefined
        ? { name: 'Done', value: 'not known yet' }
        : {
            name: 'Done',
            value: html`about ${moment(endsAt, calendar)}`,
            more: `in ${lasting(Date.parse(endsAt) - Date.parse(at))}`,
          },
    ])}
  `;
}

function named({ mode }: RunningNow): string {
  const kind = RUN_KINDS[mode];
  return `${/^[aeiou]/.test(kind) ? 'An' : 'A'} ${kind} run`;
}

function started({ started_at: startedAt }: RunningNow, at: string, calendar: Calendar): Figure {
  const more = ago(Date.parse(at) - Date.parse(startedAt));
  return { name: 'Started', value: moment(startedAt, calendar), more };
}

export function nextSection({ at, next, now }: Status, calendar: Calendar): Markup {
  const isFull = now.state === 'running' && now.mode === 'full';
  const fullAt = isFull ? undefined : next.full_at;
  return section(
    'next',
    'Next',
    html`<p>
      ${nextWords({ at, next, now }, calendar)} ${fullAt === undefined ? '' : fullWords(fullAt, at, calendar)}
    </p>`,
  );
}

function nextWords(
  { at, next, now }: Pick<Status, 'at' | 'next' | 'now'>,
  calendar: Calendar,
): Markup | string {
  if (now.state === 'running') return 'The next run follows this one.';
  if (now.state === 'unknown') return 'Only the worker’s own page shows when the next run starts.';
  if (next.at === undefined) return 'It is not known yet when the next run starts.';
  return html`The next run starts at ${moment(next.at, calendar)}, in
  ${lasting(Date.parse(next.at) - Date.parse(at))}.`;
}

function fullWords(fullAt: string, at: string, calendar: Calendar): Markup | string {
  if (Date.parse(fullAt) <= Date.parse(at)) return 'A full run is due.';
  return html`A full run is due from ${moment(fullAt, calendar)} on.`;
}
