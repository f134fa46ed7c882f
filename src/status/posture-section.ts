import { html } from 'hono/html';
import { countScale, curve, partsBar, shareScale, sumOf, type Day, type Layer } from './charts.ts';
import { folded, section, table, time, type Markup } from './markup.ts';
import { TOPICS, type Topic } from './posture-topics.ts';
import type { PosturePoint, PostureView, Status } from './status.ts';
import { changeOf, counted, DAY_MS, percent, pointsOf, type Calendar } from './words.ts';

export function postureSection({ posture }: Status, calendar: Calendar): Markup {
  if (posture === undefined)
    return section('posture', 'Posture', html`<p>Not known before the first run has completed.</p>`);
  const { today } = posture;
  const body = html`
    <p>
      ${counted(today.users)} users, of whom ${counted(today.may_sign_in)} may sign in.
      ${sinceWords(posture, calendar)} Unknown is a share of its own, never counted as no.
    </p>
    <div class="cards">
      ${TOPICS.slice(0, 3).map((topic) => card(topic, posture, calendar))} ${factorsCard(posture)}
      ${TOPICS.slice(3).map((topic) => card(topic, posture, calendar))} ${statusesCard(posture)}
    </div>
  `;
  return section('posture', 'Posture', body);
}

function sinceWords({ month_ago: before }: PostureView, calendar: Calendar): Markup | string {
  if (before === undefined) return 'Changes show once there are 30 days to compare.';
  const at = Date.parse(before.at);
  return html`Changes are since ${time(at, calendar.dayOfUtc(at))}.`;
}

function card(topic: Topic, posture: PostureView, calendar: Calendar): Markup {
  const { id, title, layers, isShare } = topic;
  const { today, month_ago: before } = posture;
  const values = topic.read(today);
  const earlier = before === undefined ? undefined : topic.read(before);
  const [first = 0] = values;
  const all = sumOf(values);
  return html`<figure class="card">
    <h3>${title}</h3>
    <p class="big">
      ${isShare ? percent(first, all) : counted(first)}
      ${earlier === undefined ? '' : html`<small>${monthsChange(topic, values, earlier)} in 30 days</small>`}
    </p>
    <figcaption>${isShare ? counted(first) : percent(first, all)} of ${counted(all)} ${topic.of}.</figcaption>
    ${isShare ? partsBar(layers, values) : ''} ${curveOf(topic, posture, calendar)}
    ${table(
      `${title}: today`,
      [
        { name: 'Answer' },
        { name: 'Today', isFigure: true },
        { name: 'Share', isFigure: true },
        ...(earlier === undefined ? [] : [{ name: '30 days', isFigure: true }]),
      ],
      layers.map(({ name, look }, at) => [
        html`<i class="${look}"></i>${name}`,
        counted(values[at] ?? 0),
        percent(values[at] ?? 0, all),
        ...(earlier === undefined ? [] : [changeOf((values[at] ?? 0) - (earlier[at] ?? 0))]),
      ]),
    )}
    ${posture.days.length < 2 ? '' : folded(`${id}-table`, 'The curve as a table', weeksTable(topic, posture, calendar))}
  </figure>`;
}

function monthsChange({ isShare }: Topic, values: readonly number[], earlier: readonly number[]): string {
  const [now = 0, before = 0] = [values[0], earlier[0]];
  if (!isShare) return changeOf(now - before);
  return pointsOf(shareOf(now, sumOf(values)) - shareOf(before, sumOf(earlier)));
}

function shareOf(part: number, all: number): number {
  return all === 0 ? 0 : part / all;
}

function curveOf(topic: Topic, { days }: PostureView, calendar: Calendar): Markup | string {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || first === last) return '';
  const points = everyDay(days).map(({ at, point }) => dayOf(topic, at, point));
  const ends = points.flatMap(({ value, unknown }) => (value === undefined ? [] : [value, value + unknown]));
  const scale = topic.isShare ? shareScale(ends) : countScale(ends);
  const [least, most] = scale.map((end) => (topic.isShare ? `${Math.round(end * 100)} %` : counted(end)));
  return html`<div class="plot">
      <div class="scale" aria-hidden="true"><span>${most}</span><span>${least}</span></div>
      ${curve(points, scale)}
    </div>
    <p class="ends" aria-hidden="true">
      <span>${calendar.dayOfUtc(Date.parse(first.at))}</span
      ><span>${calendar.dayOfUtc(Date.parse(last.at))}</span>
    </p>`;
}

/** The last layer of each topic is what is unknown. */
function dayOf({ read, isShare }: Topic, at: number, point: PosturePoint | undefined): Day {
  const values = point === undefined ? [] : read(point);
  const all = sumOf(values);
  if (all === 0) return { at, value: undefined, unknown: 0 };
  const [value = 0, unknown = 0] = [values[0], values.at(-1)];
  return isShare ? { at, value: value / all, unknown: unknown / all } : { at, value, unknown };
}

/** A day without a row is a hole in the curve: nothing is known of it. */
function everyDay(days: readonly PosturePoint[]): readonly { at: number; point: PosturePoint | undefined }[] {
  const known = new Map(days.map((point) => [Math.floor(Date.parse(point.at) / DAY_MS), point]));
  const numbers = [...known.keys()];
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    at: (first + at) * DAY_MS,
    point: known.get(first + at),
  }));
}

/** One row a week, and today. */
function weeksTable({ title, layers, read }: Topic, { days }: PostureView, calendar: Calendar): Markup {
  const weeks = days.filter((_, at) => (days.length - 1 - at) % 7 === 0);
  return table(
    `${title}: week by week`,
    [{ name: 'Day' }, ...layers.map(({ name }) => ({ name, isFigure: true }))],
    weeks.toReversed().map((point) => [calendar.dayOfUtc(Date.parse(point.at)), ...read(point).map(counted)]),
  );
}

const FACTOR_WORDS: Readonly<Record<string, string>> = {
  'security-key': 'security key',
  fastpass: 'FastPass',
  push: 'push',
  'one-time-code': 'one-time code',
  phone: 'phone',
  email: 'email',
  question: 'question',
  external: 'external',
  other: 'other',
  none: 'none',
  unknown: 'unknown',
};
const USE: readonly Layer[] = [
  { name: 'have it', look: 'yes' },
  { name: 'others', look: 'rest' },
];
const WITHOUT: ReadonlyMap<string, Layer['look']> = new Map([
  ['none', 'no'],
  ['unknown', 'unknown'],
]);

function factorsCard({ today }: PostureView): Markup {
  const kinds = Object.keys(FACTOR_WORDS)
    .filter((kind) => WITHOUT.has(kind) || (today.factors[kind] ?? 0) > 0)
    .map((kind) => ({ kind, users: today.factors[kind] ?? 0 }));
  return html`<figure class="card">
    <h3>Kinds of factors</h3>
    <figcaption>Users who may sign in by the kinds that count as MFA; some have several.</figcaption>
    ${table(
      'Kinds of factors: today',
      [
        { name: 'Kind' },
        { name: 'Part' },
        { name: 'Users', isFigure: true },
        { name: 'Share', isFigure: true },
      ],
      kinds.map(({ kind, users }) => [
        FACTOR_WORDS[kind] ?? kind,
        partsBar(
          [{ name: kind, look: WITHOUT.get(kind) ?? 'yes' }, ...USE.slice(1)],
          [users, Math.max(0, today.may_sign_in - users)],
        ),
        counted(users),
        percent(users, today.may_sign_in),
      ]),
    )}
  </figure>`;
}

function statusesCard({ today }: PostureView): Markup {
  const statuses = Object.entries(today.statuses).toSorted(([, one], [, other]) => other.users - one.users);
  return html`<figure class="card">
    <h3>Users by status</h3>
    <figcaption>All ${counted(today.users)} users by their status in Okta, and their MFA.</figcaption>
    ${table(
      'Users by status: today',
      [
        { name: 'Status' },
        { name: 'Users', isFigure: true },
        { name: 'MFA', isFigure: true },
        { name: 'None', isFigure: true },
        { name: 'Unknown', isFigure: true },
      ],
      statuses.map(([status, { users, mfa }]) => [
        status.toLowerCase().replaceAll('_', ' '),
        counted(users),
        counted(mfa.yes),
        counted(mfa.no),
        counted(mfa.unknown),
      ]),
    )}
  </figure>`;
}
