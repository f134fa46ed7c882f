import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ConnectorError } from '../ports/errors.ts';
import { GAP_REASONS, LOOKUPS } from '../ports/org.ts';
import type { Outcome, RunCounts, StandingCounts } from '../ports/report.ts';
import { COUNTED, type Labels } from './counted.ts';

const OUTCOMES: readonly Outcome[] = ['completed', 'completed_with_gaps', 'cancelled', 'failed'];
const DURATION_BUCKETS_S = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 21_600, 43_200];

/** A run under way, with the figures that a scrape needs. */
export interface RunUnderWay {
  readonly counts: () => RunCounts;
  /** Events that are not confirmed yet. */
  readonly pending: () => Promise<number>;
}

export interface EndedRunFacts {
  readonly outcome: Outcome;
  readonly failure: ConnectorError | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `undefined` when the run could not count: the last known number stays. */
  readonly pending: number | undefined;
  /** `undefined` as in `pending`. */
  readonly standing: StandingCounts | undefined;
}

/** The worker's metrics for Prometheus. A value that is not known yet has no sample, rather than 0. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #counted = COUNTED.map(({ read, ...about }) => ({ read, counter: this.#counter(about) }));
  readonly #runs = this.#counter({
    name: 'runs_total',
    help: 'Runs that have ended, by outcome.',
    labelNames: ['outcome'],
  });
  readonly #failures = this.#counter({
    name: 'run_failures_total',
    help: 'Failed runs, by the code of the error that ended them.',
    labelNames: ['code'],
  });
  readonly #duration = new Histogram({
    name: 'okta_ocsf_run_duration_seconds',
    help: 'How long runs took, whatever their outcome.',
    buckets: DURATION_BUCKETS_S,
    registers: [this.#registry],
  });
  readonly #underWay = this.#gauge('run_in_progress', '1 while a run is under way, else 0.');
  readonly #lastSuccess = this.#gauge(
    'last_success_timestamp_seconds',
    'When the last run ended that did not fail. Absent until one has.',
  );
  readonly #nextRun = this.#gauge(
    'next_run_timestamp_seconds',
    'When the next run is due. Absent until it is known.',
  );
  readonly #outbox = this.#gauge(
    'outbox_events',
    'Events that the intake has not confirmed yet. Absent until it is known.',
  );
  readonly #standingGaps = this.#gauge(
    'standing_gaps',
    'Answers that are unknown now, whichever run could not learn them; of group-roles in groups, else in users.',
    ['lookup', 'reason'],
  );
  readonly #standingDeadLetters = this.#gauge(
    'standing_dead_letters',
    'Users whose event is refused for what it is, whichever run met it. Absent until it is known.',
  );
  #run: RunUnderWay | undefined;
  #seen = new Map<string, number>();

  constructor(version: string) {
    for (const outcome of OUTCOMES) this.#runs.inc({ outcome }, 0);
    this.#underWay.set(0);
    const info = { name: 'okta_ocsf_build_info', help: 'The version that runs.', labelNames: ['version'] };
    new Gauge({ ...info, registers: [this.#registry] }).set({ version }, 1);
  }

  runStarted(run: RunUnderWay): void {
    this.#run = run;
    this.#seen = new Map();
    this.#underWay.set(1);
  }

  runEnded({ outcome, failure, startedAt, endedAt, pending, standing }: EndedRunFacts): void {
    this.#catchUp();
    this.#run = undefined;
    this.#underWay.set(0);
    this.#runs.inc({ outcome });
    this.#duration.observe(Math.max(0, endedAt - startedAt) / 1000);
    if (failure !== undefined) this.#failures.inc({ code: failure.code });
    if (outcome.startsWith('completed')) this.#lastSuccess.set(endedAt / 1000);
    if (pending !== undefined) this.#outbox.set(pending);
    if (standing !== undefined) this.stands(standing);
  }

  /**
   * Sets all reasons of all lookups, so that a gap that is over reads 0 and one that is not known yet has no sample.
   */
  stands({ gaps, dead_letters: deadLetters }: StandingCounts): void {
    for (const lookup of LOOKUPS) {
      for (const reason of GAP_REASONS) {
        this.#standingGaps.set({ lookup, reason }, gaps[lookup]?.[reason] ?? 0);
      }
    }
    this.#standingDeadLetters.set(deadLetters);
  }

  nextRunAt(at: number): void {
    this.#nextRun.set(at / 1000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** A run's counts show while it is under way, because a run of a large org takes hours. */
  async text(): Promise<string> {
    this.#catchUp();
    const run = this.#run;
    const pending = await run?.pending();
    // Counts from before the run's end must not replace those of its end.
    if (pending !== undefined && run === this.#run) this.#outbox.set(pending);
    return this.#registry.metrics();
  }

  /** Adds everything since the last look: a run's counts begin at 0, those of the worker go on. */
  #catchUp(): void {
    const counts = this.#run?.counts();
    if (counts === undefined) return;
    for (const { counter, read } of this.#counted) {
      for (const [labels, value] of read(counts)) this.#grow(counter, labels, value);
    }
  }

  #grow(counter: Counter, labels: Labels, value: number): void {
    const key = JSON.stringify([this.#counted.findIndex((each) => each.counter === counter), labels]);
    const seen = this.#seen.get(key) ?? 0;
    if (value < seen) return;
    counter.inc(labels, value - seen);
    this.#seen.set(key, value);
  }

  #counter(about: { name: string; help: string; labelNames?: readonly string[] }): Counter {
    const { name, help, labelNames = [] } = about;
    return new Counter({
      name: `okta_ocsf_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    const gauge = new Gauge({
      name: `okta_ocsf_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
    if (labelNames.length === 0) gauge.remove();
    return gauge;
  }
}
