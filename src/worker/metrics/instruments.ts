import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DECLARED, PREFIX, type MetricName, type NameOf } from './table.ts';

/** Names come from fixed lists only. They are never an id, a login, a URL or a message. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Of prom-client's own metrics: those about each space of the heap are 39 series that no chart needs. Of open handles and
 * requests Node deprecates what they read, and their names break the rules that promtool checks.
 */
const LEFT_OUT = [
  ...['size_total', 'size_used', 'size_available'].map((size) => `nodejs_heap_space_${size}_bytes`),
  ...['handles', 'requests', 'resources'].flatMap((kind) => [
    `nodejs_active_${kind}`,
    `nodejs_active_${kind}_total`,
  ]),
  // The mean, the worst and the high percentiles tell more of a loop that hangs.
  ...['min', 'stddev', 'p50'].map((figure) => `nodejs_eventloop_lag_${figure}_seconds`),
];
const GC_BUCKETS_S = [0.01, 0.1, 1];
/** Of four kinds of garbage collection: the buckets, all, sum and count. */
const GC_SERIES = 4 * (GC_BUCKETS_S.length + 3);
const SERIES = new RegExp(`^${PREFIX}(?!nodejs_gc)`, 'u');

/** The metrics of the table in a registry of their own. A gauge without labels has no sample until it is set. */
export class Instruments {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #bare = new Set<MetricName>();
  readonly #histograms = new Map<MetricName, Histogram>();

  /** @param hasHooks has this worker the metrics of event hooks, too? */
  constructor(hasHooks: boolean) {
    const wanted = DECLARED.filter(({ needsHooks }) => hasHooks || needsHooks !== true);
    for (const { name, kind, help, labels = [], buckets = [] } of wanted) {
      if (labels.length === 0) this.#bare.add(name);
      const about = { name: `${PREFIX}${name}`, help, labelNames: [...labels], registers: [this.#registry] };
      if (kind === 'counter') this.#counters.set(name, new Counter(about));
      else if (kind === 'gauge') this.#gauges.set(name, new Gauge(about));
      else this.#histograms.set(name, new Histogram({ ...about, buckets: [...buckets] }));
    }
    for (const [name, gauge] of this.#gauges) this.#empty(name, gauge);
    collectDefaultMetrics({ register: this.#registry, prefix: PREFIX, gcDurationBuckets: GC_BUCKETS_S });
    for (const name of LEFT_OUT) this.#registry.removeSingleMetric(`${PREFIX}${name}`);
  }

  add(name: NameOf<'counter'>, value: number, labels: Labels = {}): void {
    this.#counters.get(name)?.inc(labels, value);
  }

  set(name: NameOf<'gauge'>, value: number, labels: Labels = {}): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /** A value that is not known, or does not exist, has no sample, rather than 0. */
  setOrForget(name: NameOf<'gauge'>, value: number | undefined): void {
    if (value === undefined) this.forget(name);
    else this.set(name, value);
  }

  observe(name: NameOf<'histogram'>, value: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** Takes away all samples. */
  forget(name: NameOf<'gauge'>): void {
    const gauge = this.#gauges.get(name);
    if (gauge !== undefined) this.#empty(name, gauge);
  }

  /** prom-client's own reset leaves a 0 where there are no labels. */
  #empty(name: MetricName, gauge: Gauge): void {
    gauge.reset();
    if (this.#bare.has(name)) gauge.remove();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** How many series there are, or may be: those of the garbage collector come with its first turns. */
  async countSeries(): Promise<number> {
    const text = await this.text();
    return GC_SERIES + text.split('\n').filter((line) => SERIES.test(line)).length;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
