import { html } from 'hono/html';
import { RUN_KINDS } from '../ports/report.ts';
import { runBars, runScale, type RunShape } from './charts.ts';
import { BAR_COUNT } from './facts.ts';
import { folded, moment, section, table, type Markup } from './markup.ts';
import type { RunBar, Status } from './status.ts';
import { counted, countOf, lasting, type Calendar } from './words.ts';

const ALL_OUTCOMES = ['completed', 'completed_with_gaps', 'failed', 'cancelled'] as const;
const OUTCOMES = {
  completed: 'completed',
  completed_with_gaps: 'completed with gaps',
  cancelled: 'stopped',
  failed: 'failed',
} as const;

export function runsSection({ runs }: Status, calendar: Calendar): Markup {
  const { recent, quiet_last_day: quiet } = runs;
  const quietWords =
    quiet === undefined || quiet === 0
      ? ''
      : ` In the last 24 hours ${countOf(quiet, 'run')} found nothing to do${quiet === 1 ? '' : '; only the newest of these is kept'}.`;
  if (recent.length === 0) return section('runs', 'Runs', html`<p>No run has ended yet.${quietWords}</p>`);
  // Bars stand at the right where there are few, so that the left end has a time only where there are all.
  const [first, last] = [recent.at(-BAR_COUNT), recent.at(-1)];
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
  const longest = lasting(Math.max(...runs.map(({ duration_seconds: seconds }) => seconds)) * 1000);
  const [only] = runs;
  if (only !== undefined && runs.length === 1)
    return `The only run so far ${OUTCOMES[only.outcome]}; it took ${longest}.`;
  const byOutcome = ALL_OUTCOMES.map((outcome) => ({
    outcome,
    count: runs.filter((run) => run.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
  const [first] = byOutcome;
  const told =
    first !== undefined && byOutcome.length === 1
      ? `All of the last ${counted(runs.length)} runs ${OUTCOMES[first.outcome]}`
      : `Of the last ${counted(runs.length)} runs ${byOutcome.map(({ outcome, count }) => `${counted(count)} ${OUTCOMES[outcome]}`).join(', ')}`;
  return `${told}; the longest took ${longest}.`;
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
    words: `${calendar.moment(Date.parse(run.started_at))}: ${RUN_KINDS[run.mode]}, ${OUTCOMES[run.outcome]}, ${lasting(run.duration_seconds * 1000)}`,
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
      RUN_KINDS[run.mode],
      run.error === undefined
        ? OUTCOMES[run.outcome]
        : html`${OUTCOMES[run.outcome]}: <code>${run.error}</code>`,
      lasting(run.duration_seconds * 1000),
      counted(run.calls),
      counted(run.events),
    ]);
  return table('The last runs, the newest first', columns, rows);
}
