import { html } from 'hono/html';
import { partsBar, runBars, runScale, type RunShape } from './charts.ts';
import { BAR_COUNT } from './facts.ts';
import { folded, table, time, type Markup } from './markup.ts';
import type { BucketUse, RunBar, Status } from './status.ts';
import { ago, counted, countOf, lasting, percent, type Calendar } from './words.ts';

/** The sections of the page, in the order in which an operator asks. */

const OUTCOMES = {
  completed: 'completed',
  completed_with_gaps: 'completed with gaps',
  cancelled: 'stopped',
  failed: 'failed',
} as const;
const GAP_WORDS = {
  refused: 'Okta refuses to say (403)',
  missing: 'the org does not offer the question',
  unavailable: 'no usable answer, however often asked',
  unreadable: 'the answer makes no sense',
  gone: 'gone from Okta in the meantime',
} as const;

export function section(id: string, title: string, body: Markup): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <div>${body}</div>
  </section>`;
}

export function verdict({ at, health }: Status, calendar: Calendar): Markup {
  const reasons = health.reasons.map(
    ({ since, what, todo }) =>
      html`<li>
        <strong>${capital(what)}</strong>${
          since === undefined ? '' : html`, since ${moment(since, calendar)}`
        }.
        ${commands(capital(todo))}.
      </li>`,
  );
  return html`<section id="health" class="verdict ${health.state}" aria-label="Is it well?">
    <p class="sentence">${mark(health.state)}<span>${health.sentence}</span></p>
    ${
      reasons.length === 0
        ? ''
        : html`<ul class="reasons">
            ${reasons}
          </ul>`
    }
    <p class="muted">As of ${time(Date.parse(at), calendar.exact(Date.parse(at)))}</p>
  </section>`;
}

const MARKS = {
  well: 'M7 12.5l3.5 3.5L17 9',
  starting: 'M12 7v5l3.5 2',
  attention: 'M12 7v6M12 16.5v.5',
  unwell: 'M8.5 8.5l7 7M15.5 8.5l-7 7',
} as const;

function mark(state: Status['health']['state']): Markup {
  return html`<svg viewBox="0 0 24 24" class="state" aria-hidden="true">
    <circle cx="12" cy="12" r="11" />
    <path d="${MARKS[state]}" />
  </svg>`;
}

/** Text in which `this` is a command. */
function commands(text: string): Markup {
  return html`${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function moment(instant: string, calendar: Calendar): Markup {
  const at = Date.parse(instant);
  return time(at, calendar.moment(at));
}

interface Figure {
  readonly name: string;
  readonly value: string | Markup;
  readonly more?: string | Markup;
}

function figures(list: readonly Figure[]): Markup {
  return html`<dl class="figures">
    ${list.map(
      ({ name, value, more }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
          ${more === undefined ? '' : html`<dd class="muted">${more}</dd>`}
        </div>`,
    )}
  </dl>`;
}

export function nowSection({ at, now }: Status, calendar: Calendar): Markup {
  if (now.state === 'unknown')
    return section('now', 'Now', html`<p>Only the worker’s own page shows what runs now.</p>`);
  if (now.state === 'idle') return section('now', 'Now', html`<p>Nothing runs at the moment.</p>`);
  const { users_done: done, users_expected: expected, ends_at: endsAt, calls_left: callsLeft } = now;
  const progress = [
    { name: 'done', look: 'yes' },
    { name: 'left', look: 'rest' },
  ] as const;
  const ofAll = expected === undefined ? '' : ` of about ${counted(Math.max(done, expected))}`;
  const share = expected === undefined ? '' : `, ${percent(done, Math.max(done, expected))}`;
  const body = html`
    <p>A ${now.mode} run has read ${counted(done)}${ofAll} ${expected === 1 ? 'user' : 'users'}${share}.</p>
    ${expected === undefined ? '' : partsBar(progress, [done, Math.max(0, expected - done)])}
    ${figures([
      {
        name: 'Started',
        value: moment(now.started_at, calendar),
        more: ago(Date.parse(at) - Date.parse(now.started_at)),
      },
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
  return section('now', 'Now', body);
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

export function runsSection({ runs }: Status, calendar: Calendar): Markup {
  const { recent, quiet_last_day: quiet } = runs;
  const quietWords =
    quiet === undefined || quiet === 0
      ? ''
      : ` Another ${countOf(quiet, 'run')} of the last 24 hours found nothing to do.`;
  if (recent.length === 0) return section('runs', 'Runs', html`<p>No run has ended yet.${quietWords}</p>`);
  const [first, last] = [recent[0], recent.at(-1)];
  const shapes = recent.map((run) => shapeOf(run, calendar));
  const body = html`
    <figure>
      <figcaption>${runsSentence(recent)}${quietWords}</figcaption>
      <div class="plot">
        <div class="scale" aria-hidden="true">
          ${runScale(shapes)
            .toReversed()
            .map((step) => html`<span>${step}</span>`)}
        </div>
        ${runBars(shapes, BAR_COUNT)}
      </div>
      <p class="ends" aria-hidden="true">
        <span>${first === undefined ? '' : calendar.moment(Date.parse(first.started_at))}</span>
        <span>${last === undefined ? '' : calendar.moment(Date.parse(last.started_at))}</span>
      </p>
      <ul class="legend" aria-hidden="true">
        <li><i class="full"></i>full</li>
        <li><i class="short"></i>incremental</li>
        <li><i class="gaps"></i>with gaps</li>
        <li><i class="failed"></i>failed</li>
        <li><i class="stopped"></i>stopped</li>
      </ul>
      ${folded('runs-table', 'The runs as a table', runsTable(recent, calendar))}
    </figure>
  `;
  return section('runs', 'Runs', body);
}

function runsSentence(runs: readonly RunBar[]): string {
  const made = (outcome: RunBar['outcome']): number => runs.filter((run) => run.outcome === outcome).length;
  const parts = [
    `${counted(made('completed'))} completed`,
    ...(['completed_with_gaps', 'failed', 'cancelled'] as const).flatMap((outcome) =>
      made(outcome) === 0 ? [] : [`${counted(made(outcome))} ${OUTCOMES[outcome]}`],
    ),
  ];
  const longest = Math.max(...runs.map(({ duration_seconds: seconds }) => seconds));
  const of = runs.length === 1 ? 'The last run' : `Of the last ${counted(runs.length)} runs`;
  const told = runs.length === 1 ? OUTCOMES[runs[0]?.outcome ?? 'completed'] : parts.join(', ');
  const took = runs.length === 1 ? 'it took' : 'the longest took';
  return `${of}${runs.length === 1 ? ' ' : ', '}${told}; ${took} ${lasting(longest * 1000)}.`;
}

function shapeOf(run: RunBar, calendar: Calendar): RunShape {
  const marks = {
    completed: undefined,
    completed_with_gaps: 'gaps',
    cancelled: 'stopped',
    failed: 'failed',
  } as const;
  return {
    seconds: run.duration_seconds,
    look: run.mode === 'full' ? 'full' : 'short',
    mark: marks[run.outcome],
    words: `${calendar.moment(Date.parse(run.started_at))}: ${run.mode}, ${OUTCOMES[run.outcome]}, ${lasting(run.duration_seconds * 1000)}`,
  };
}

function runsTable(runs: readonly RunBar[], calendar: Calendar): Markup {
  const columns = [
    { name: 'Started' },
    { name: 'Kind' },
    { name: 'Outcome' },
    { name: 'Took', isFigure: true },
    { name: 'Calls', isFigure: true },
    { name: 'Events', isFigure: true },
  ];
  const rows = runs
    .toReversed()
    .map((run) => [
      moment(run.started_at, calendar),
      run.mode,
      run.error === undefined
        ? OUTCOMES[run.outcome]
        : html`${OUTCOMES[run.outcome]}: <code>${run.error}</code>`,
      lasting(run.duration_seconds * 1000),
      counted(run.calls),
      counted(run.events),
    ]);
  return table('The last runs, the newest first', columns, rows);
}

const BUDGET_LAYERS = [
  { name: 'spent', look: 'yes' },
  { name: 'left to us', look: 'ours' },
  { name: 'for others', look: 'rest' },
] as const;

export function budgetSection({ buckets, now }: Status): Markup {
  if (buckets.length === 0) {
    const why =
      now.state === 'unknown' ? 'Only the worker’s own page shows it.' : 'Okta has not shown its limits yet.';
    return section('budget', 'Budget', html`<p>${why}</p>`);
  }
  const tightest = buckets.toSorted(
    (one, other) => one.left / one.allowance - other.left / other.allowance,
  )[0];
  const body = html`
    <p>${tightest === undefined ? '' : budgetSentence(tightest)}</p>
    <ul class="legend" aria-hidden="true">
      ${BUDGET_LAYERS.map(({ name, look }) => html`<li><i class="${look}"></i>${name}</li>`)}
    </ul>
    ${table(
      'Calls of each Okta bucket: spent in this window, left to this connector, kept for others',
      [
        { name: 'Bucket' },
        { name: 'Use' },
        { name: 'Left', isFigure: true },
        { name: 'Ours', isFigure: true },
        { name: 'Limit', isFigure: true },
        { name: 'Window', isFigure: true },
      ],
      buckets.map(({ bucket, limit, allowance, left, window_seconds: seconds }) => [
        bucket,
        partsBar(BUDGET_LAYERS, [allowance - left, left, Math.max(0, limit - allowance)]),
        counted(left),
        counted(allowance),
        counted(limit),
        lasting(seconds * 1000),
      ]),
    )}
  `;
  return section('budget', 'Budget', body);
}

function budgetSentence({ bucket, left, allowance }: BucketUse): string {
  return left === allowance
    ? 'Nothing of this connector’s share is spent in the present window.'
    : `The tightest bucket is ${bucket}: ${counted(left)} of our ${countOf(allowance, 'call')} are left in this window.`;
}

export function deliverySection(status: Status): Markup {
  const { outbox, dead_letters: letters, gaps } = status;
  const body = html`
    ${figures([
      {
        name: 'Waiting in the outbox',
        value: outbox.events === undefined ? 'unknown' : counted(outbox.events),
        more: aged(outbox, status.at) ?? (outbox.events === 0 ? 'the intake has every event' : ''),
      },
      {
        name: 'Dead letters',
        value: letters.events === undefined ? 'unknown' : counted(letters.events),
        more: aged(letters, status.at) ?? (letters.events === 0 ? 'no event is refused' : ''),
      },
    ])}
    ${helpOf(status)}
    ${
      gaps.length === 0
        ? ''
        : html`<h3>Answers that are unknown now</h3>
            ${table(
              'Answers that are unknown now',
              [{ name: 'Lookup' }, { name: 'Why' }, { name: 'Answers', isFigure: true }],
              gaps.map(({ lookup, reason, count }) => [lookup, GAP_WORDS[reason], counted(count)]),
            )}`
    }
  `;
  return section('delivery', 'Delivery', body);
}

function aged(
  { oldest_at: oldestAt }: { readonly oldest_at?: string | undefined },
  at: string,
): Markup | undefined {
  if (oldestAt === undefined) return undefined;
  return html`the oldest for ${time(Date.parse(oldestAt), lasting(Date.parse(at) - Date.parse(oldestAt)))}`;
}

const HELP: Readonly<Record<string, readonly Markup[]>> = {
  outbox: [html`<li><code>okta-ocsf test</code> tries the intake and its key.</li>`],
  dead_letters: [
    html`<li><code>okta-ocsf dead-letters</code> shows why each event was refused.</li>`,
    html`<li><code>okta-ocsf dead-letters replay</code> offers them to the intake again.</li>`,
  ],
};

function helpOf({ health: { reasons } }: Status): Markup | string {
  const lines = reasons.flatMap(({ code }) => HELP[code] ?? []);
  return lines.length === 0
    ? ''
    : html`<ul class="help">
        ${lines}
      </ul>`;
}
