/** Makes the Grafana dashboard from the table of metrics: a panel for each, after a row that says whether all is well. */
import { DECLARED, PREFIX } from '../../src/worker/metrics/table.ts';

type Declared = (typeof DECLARED)[number];

const SELECTED = '{job=~"$job", instance=~"$instance"}';
const COLUMNS = 24;
const ROW_HEIGHT = 1;

interface Target {
  readonly expr: string;
  readonly legend: string;
}

interface PanelFacts {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  readonly unit: string;
  readonly targets: readonly Target[];
  /** From these values on a stat is orange, and red; absent: it has no colour. */
  readonly thresholds?: readonly [orange: number, red: number];
}

interface Section {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly panels: readonly PanelFacts[];
}

const of = (name: string): string => `${PREFIX}${name}${SELECTED}`;

/** Answers to "is it well?": of several workers the worst. */
const WELL: Section = {
  title: 'Is it well?',
  width: 4,
  height: 4,
  panels: [
    stat(
      'Ready',
      `min(${of('ready')})`,
      'none',
      '1: every worker is ready. 0: /readyz of the one that is not tells why.',
    ),
    stat(
      'Since the last success',
      `time() - min(${of('last_success_timestamp_seconds')})`,
      's',
      'Since a run has completed.',
    ),
    stat(
      'Oldest event waiting',
      `time() - min(${of('outbox_oldest_timestamp_seconds')}) or vector(0)`,
      's',
      'How long the intake has left an event without confirmation.',
      [900, 3600],
    ),
    stat(
      'Dead letters',
      `sum(${of('standing_dead_letters')})`,
      'none',
      'Users whose event is refused for what it is.',
      [1, 100],
    ),
    stat(
      'Unknown answers',
      `sum(${of('standing_gaps')})`,
      'none',
      'Gaps that stand now, of all lookups.',
      [1, 1000],
    ),
    stat(
      'Next run in',
      `min(${of('next_run_timestamp_seconds')}) - time()`,
      's',
      'Negative while a run is under way.',
    ),
  ],
};

/** Some of prom-client's own metrics: they say how the process is. */
const PROCESS: readonly PanelFacts[] = [
  chart(
    'process cpu',
    `rate(${of('process_cpu_seconds_total')}[$__rate_interval])`,
    'percentunit',
    'Cores in use.',
  ),
  chart('process resident memory', of('process_resident_memory_bytes'), 'bytes', 'Memory in use.'),
  chart('process open fds', of('process_open_fds'), 'none', 'Open files and sockets.'),
  chart(
    'nodejs eventloop lag p99',
    of('nodejs_eventloop_lag_p99_seconds'),
    's',
    'How long the loop was held up; much of it makes health checks slow.',
  ),
];

/** All sections: the topics in the order of the table. */
function sections(): readonly Section[] {
  const topics = [...Map.groupBy(DECLARED, ({ topic }) => topic)];
  return [
    WELL,
    ...topics.map(([topic, metrics]) => ({
      title: topic,
      width: 8,
      height: 7,
      panels: [...metrics.map(panelOf), ...(topic === 'worker' ? PROCESS : [])],
    })),
  ];
}

function panelOf(metric: Declared): PanelFacts {
  const { name, help } = metric;
  const title = name.replace(/_total$|(_timestamp)?_seconds$|_bytes$/, '').replaceAll('_', ' ');
  return { title, description: help, kind: 'timeseries', unit: unitOf(metric), targets: targetsOf(metric) };
}

function unitOf({ name, kind }: Declared): string {
  if (name.endsWith('_bytes')) return 'bytes';
  if (name.endsWith('_seconds')) return 's';
  return kind === 'counter' ? 'cps' : 'none';
}

function targetsOf({ name, kind, labels = [] }: Declared): readonly Target[] {
  const legend = labels.length === 0 ? '{{instance}}' : labels.map((label) => `{{${label}}}`).join(' ');
  const by = labels.length === 0 ? 'instance' : labels.join(', ');
  if (kind === 'counter') return [{ expr: `sum by (${by}) (rate(${of(name)}[$__rate_interval]))`, legend }];
  if (kind === 'histogram') return quantilesOf(name, labels);
  if (name === 'next_run_timestamp_seconds')
    return [{ expr: `min by (${by}) (${of(name)}) - time()`, legend }];
  if (name.endsWith('_timestamp_seconds')) return [{ expr: `time() - min by (${by}) (${of(name)})`, legend }];
  return [{ expr: `sum by (${by}) (${of(name)})`, legend }];
}

function quantilesOf(name: string, labels: readonly string[]): readonly Target[] {
  const rate = `sum by (${['le', ...labels].join(', ')}) (rate(${of(`${name}_bucket`)}[$__rate_interval]))`;
  return [0.5, 0.95].map((part) => ({
    expr: `histogram_quantile(${part}, ${rate})`,
    legend: [`p${part * 100}`, ...labels.map((label) => `{{${label}}}`)].join(' '),
  }));
}

function stat(
  title: string,
  expr: string,
  unit: string,
  description: string,
  thresholds?: readonly [number, number],
): PanelFacts {
  const facts = { title, description, kind: 'stat', unit, targets: [{ expr, legend: '' }] } as const;
  return thresholds === undefined ? facts : { ...facts, thresholds };
}

function chart(title: string, expr: string, unit: string, description: string): PanelFacts {
  return { title, description, kind: 'timeseries', unit, targets: [{ expr, legend: '{{instance}}' }] };
}

/** Every query of the dashboard, with the title of its panel. */
export function queries(): readonly { readonly title: string; readonly expr: string }[] {
  return sections().flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr }))),
  );
}

/** The dashboard as Grafana imports it. */
export function dashboard(): object {
  let y = 0;
  let id = 0;
  const panels = sections().flatMap(({ title, width, height, panels: facts }) => {
    const gridPos = { x: 0, y, w: COLUMNS, h: ROW_HEIGHT };
    const row = { id: (id += 1), type: 'row', title, collapsed: false, gridPos, panels: [] };
    const perLine = COLUMNS / width;
    const top = y + ROW_HEIGHT;
    const placed = facts.map((each, at) => ({
      id: (id += 1),
      ...drawn(each),
      gridPos: { x: (at % perLine) * width, y: top + Math.floor(at / perLine) * height, w: width, h: height },
    }));
    y = top + Math.ceil(facts.length / perLine) * height;
    return [row, ...placed];
  });
  return {
    uid: 'okta-ocsf',
    title: 'okta-ocsf',
    description: 'Workers of okta-ocsf. Made from the table of metrics.',
    tags: ['okta-ocsf'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: 'now-24h', to: 'now' },
    templating: { list: [datasource(), variable('job'), variable('instance')] },
    panels,
  };
}

function drawn({ title, description, kind, unit, targets, thresholds }: PanelFacts): object {
  const [orange, red] = thresholds ?? [];
  const steps = [
    { color: 'green', value: null },
    { color: 'orange', value: orange },
    { color: 'red', value: red },
  ];
  const colours = thresholds === undefined ? {} : { thresholds: { mode: 'absolute', steps } };
  return {
    type: kind,
    title,
    description,
    datasource: { type: 'prometheus', uid: '$datasource' },
    fieldConfig: { defaults: { unit, ...colours }, overrides: [] },
    targets: targets.map(({ expr, legend }, at) => ({
      refId: String.fromCodePoint(65 + at),
      expr,
      legendFormat: legend,
    })),
  };
}

function datasource(): object {
  return { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };
}

function variable(name: 'job' | 'instance'): object {
  const from = name === 'job' ? `${PREFIX}build_info` : `${PREFIX}build_info{job=~"$job"}`;
  return {
    name,
    type: 'query',
    datasource: { type: 'prometheus', uid: '$datasource' },
    query: `label_values(${from}, ${name})`,
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: '.+',
    current: { text: 'All', value: '$__all' },
  };
}
