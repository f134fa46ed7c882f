import type { HookTimings } from '../hooks/desk.ts';
import { OUTCOMES as HOOK_OUTCOMES, type HookOutcome } from '../hooks/receiver.ts';
import type { ConnectorError } from '../ports/errors.ts';
import { GAP_REASONS, LOOKUPS } from '../ports/org.ts';
import type { Posture } from '../ports/posture.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';
import type { AlertCounts, Outcome, Report, RunCounts, StandingCounts } from '../ports/report.ts';
import type { Budget } from '../ports/source.ts';
import type { Timings } from '../ports/timings.ts';
import { STATUSES } from '../shaping/selection.ts';
import type { SecretAge } from '../settings/secret-ages.ts';
import type { Remembered } from '../compose/remembered.ts';
import { COUNTED } from './counted.ts';
import { TODO_AFTER } from './obstacles.ts';
import type { RunSigns } from './run-signs.ts';
import { Instruments, type Labels } from './metrics/instruments.ts';
import type { NameOf } from './metrics/table.ts';

const OUTCOMES: readonly Outcome[] = ['completed', 'completed_with_gaps', 'cancelled', 'failed'];
/** Re-sends are not made by a worker, so they have no 0 at its start. */
const MODES: readonly Report['mode'][] = ['full', 'incremental'];

const SHARES = ['yes', 'no', 'unknown'] as const;
const NAMED: readonly string[] = [...STATUSES, 'unknown'];

/** A run under way, with the figures that a scrape needs. */
export interface RunUnderWay {
  readonly counts: () => RunCounts;
  /** Events that are not confirmed yet, and when the oldest of them entered the outbox. */
  readonly pending: () => Promise<number>;
  readonly oldestPendingAt?: () => Promise<number | undefined>;
  readonly progress?: () => ProgressSnapshot;
  /** Its kind, which is decided after its start, and its start in Unix milliseconds: for the status page. */
  readonly mode?: () => Report['mode'];
  readonly startedAt?: number;
  readonly signs?: () => RunSigns;
}

export interface EndedRunFacts {
  readonly outcome: Outcome;
  /** `undefined`: the run failed before it had one. */
  readonly mode?: Report['mode'] | undefined;
  readonly failure: ConnectorError | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `undefined` when the run could not count: the last known number stays. */
  readonly pending: number | undefined;
  /** `undefined` as in `pending`. */
  readonly standing: StandingCounts | undefined;
}

/** The parts of the worker that a scrape asks. Each must be cheap: what costs is remembered at a run's end. */
export interface ScrapeSources {
  /** Rate-limit buckets whose limit Okta's answers have shown. */
  readonly budgets: () => readonly Budget[];
  readonly secrets: () => readonly SecretAge[];
  readonly inventoryBytes: () => number | undefined;
  readonly isReady: () => boolean;
  /** How often the webhook did not take a message. */
  readonly noticeFailures: () => number;
}

/** The worker's metrics for Prometheus. A value that is not known yet has no sample, rather than 0. */
export class WorkerMetrics implements Timings, HookTimings {
  readonly #instruments: Instruments;
  readonly #sources: Partial<ScrapeSources>;
  #run: RunUnderWay | undefined;
  #nextAt: number | undefined;
  #alerts: AlertCounts = {};
  #seen = new Map<string, number>();
  #noticeFailures = 0;

  constructor(version: string, sources: Partial<ScrapeSources> = {}, hasHooks = false) {
    this.#sources = sources;
    this.#instruments = new Instruments(hasHooks);
    for (const outcome of HOOK_OUTCOMES) this.#instruments.add('hook_requests_total', 0, { outcome });
    for (const used of ['yes', 'no']) this.#instruments.add('hook_events_total', 0, { used });
    for (const mode of MODES) {
      for (const outcome of OUTCOMES) this.#instruments.add('runs_total', 0, { mode, outcome });
    }
    for (const code of Object.keys(TODO_AFTER)) this.#instruments.add('run_failures_total', 0, { code });
    this.#instruments.set('run_in_progress', 0);
    this.#instruments.set('build_info', 1, { version });
  }

  runStarted(run: RunUnderWay): void {
    this.#run = run;
    this.#seen = new Map();
    this.#instruments.set('run_in_progress', 1);
  }

  runEnded({ outcome, mode, failure, startedAt, endedAt, pending, standing }: EndedRunFacts): void {
    this.#catchUp();
    this.#run = undefined;
    const instruments = this.#instruments;
    instruments.set('run_in_progress', 0);
    this.#showProgress(undefined);
    instruments.add('runs_total', 1, { mode: mode ?? 'unknown', outcome });
    // The time until delivery is what matters of a run that hooks called for.
    if (mode !== undefined && mode !== 'marks') {
      const seconds = Math.max(0, endedAt - startedAt) / 1000;
      instruments.observe('run_duration_seconds', seconds, { mode, outcome });
    }
    if (failure !== undefined) instruments.add('run_failures_total', 1, { code: failure.code });
    // It would hide that no poll succeeds.
    if (outcome.startsWith('completed') && mode !== 'marks')
      this.#setTime('last_success_timestamp_seconds', endedAt);
    if (pending !== undefined) instruments.set('outbox_events', pending);
    if (standing !== undefined) this.stands(standing);
  }

  /**
   * Sets all reasons of all lookups, so that a gap that is over reads 0 and one that is not known yet has no sample.
   */
  stands({ gaps, dead_letters: deadLetters }: StandingCounts): void {
    for (const lookup of [...LOOKUPS, 'users'] as const) {
      for (const reason of GAP_REASONS) {
        this.#instruments.set('standing_gaps', gaps[lookup]?.[reason] ?? 0, { lookup, reason });
      }
    }
    this.#instruments.set('standing_dead_letters', deadLetters);
  }

  /** Shows what the inventory tells, also of runs of earlier workers. */
  remembers({
    successAt,
    fullRunAt,
    standing,
    alerts = {},
    waiting,
    notices,
    oldestAnswers,
    posture,
  }: Omit<Remembered, 'readAt' | 'longestMs'>): void {
    if (successAt !== undefined) this.#setTime('last_success_timestamp_seconds', successAt);
    if (fullRunAt !== undefined) this.#setTime('last_full_run_timestamp_seconds', fullRunAt);
    this.stands(standing);
    this.#instruments.set('outbox_events', waiting.events);
    this.#instruments.set('notices_waiting', notices);
    this.#setTime('outbox_oldest_timestamp_seconds', waiting.oldestAt);
    this.#instruments.forget('oldest_answer_timestamp_seconds');
    for (const [lookup, at] of Object.entries(oldestAnswers))
      this.#setTime('oldest_answer_timestamp_seconds', at, { lookup });
    if (posture !== undefined) this.#showPosture(posture);
    this.#alerts = alerts;
  }

  /** Rules for which there is no room count together, so that there are never too many series. */
  async #showAlerts(): Promise<void> {
    this.#instruments.forget('alert_rows');
    const open = Object.entries(this.#alerts).map(([id, counts]) => [id, counts.open] as const);
    if (open.length === 0) return;
    const room = MOST_SERIES - (await this.#instruments.countSeries());
    const named = open.slice(0, open.length > room ? Math.max(0, room - 1) : room);
    for (const [alert, count] of named) this.#instruments.set('alert_rows', count, { alert });
    if (named.length === open.length) return;
    const rest = open.slice(named.length).reduce((sum, [, count]) => sum + count, 0);
    this.#instruments.set('alert_rows', rest, { alert: 'other' });
  }

  /** A status that Okta may add some day counts as `other`, so that labels stay few. */
  #showPosture({ statuses, adminMfa }: Posture): void {
    const labelOf = (status: string): string => (NAMED.includes(status) ? status : 'other');
    const byLabel = Map.groupBy(Object.entries(statuses), ([status]) => labelOf(status));
    for (const mfa of SHARES) {
      for (const status of [...NAMED, 'other']) {
        const shares = (byLabel.get(status) ?? []).map(([, found]) => found.mfa[mfa]);
        this.#instruments.set(
          'users',
          shares.reduce((sum, count) => sum + count, 0),
          { status, mfa },
        );
      }
      this.#instruments.set('admins', adminMfa[mfa], { mfa });
    }
  }

  /** The run under way, if any. */
  get run(): RunUnderWay | undefined {
    return this.#run;
  }

  /** When the next run is due, as told last. */
  get nextAt(): number | undefined {
    return this.#nextAt;
  }

  nextRunAt(at: number): void {
    this.#nextAt = at;
    this.#setTime('next_run_timestamp_seconds', at);
  }

  callTook(ms: number): void {
    this.#instruments.observe('okta_call_duration_seconds', ms / 1000);
  }

  pushTook(ms: number): void {
    this.#instruments.observe('intake_push_duration_seconds', ms / 1000);
  }

  hookAnswered(outcome: HookOutcome): void {
    this.#instruments.add('hook_requests_total', 1, { outcome });
  }

  hookEvents(used: number, unused: number): void {
    this.#instruments.add('hook_events_total', used, { used: 'yes' });
    this.#instruments.add('hook_events_total', unused, { used: 'no' });
  }

  hookLag(ms: number): void {
    this.#instruments.observe('hook_lag_seconds', ms / 1000);
  }

  hookDelivered(ms: number): void {
    this.#instruments.observe('hook_to_delivery_seconds', ms / 1000);
  }

  get contentType(): string {
    return this.#instruments.contentType;
  }

  /** A run's counts show while it is under way, because a run of a large org takes hours. */
  async text(): Promise<string> {
    this.#catchUp();
    await this.#showRun();
    this.#askSources();
    await this.#showAlerts();
    return this.#instruments.text();
  }

  async #showRun(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    const pending = await run.pending();
    const oldestAt = await run.oldestPendingAt?.();
    // Counts from before the run's end must not replace those of its end.
    if (run !== this.#run) return;
    this.#instruments.set('outbox_events', pending);
    this.#setTime('outbox_oldest_timestamp_seconds', oldestAt);
    this.#showProgress(run.progress?.());
  }

  #showProgress(progress: Partial<ProgressSnapshot> | undefined): void {
    this.#instruments.setOrForget('run_users', progress?.usersDone);
    this.#instruments.setOrForget('run_users_expected', progress?.usersTotal);
    this.#instruments.setOrForget('run_calls_left', progress?.callsLeft);
    this.#instruments.setOrForget('run_seconds_left', progress?.secondsLeft);
  }

  #askSources(): void {
    const { budgets, secrets, inventoryBytes, isReady, noticeFailures } = this.#sources;
    for (const { bucket, limit, allowance, left } of toldBuckets(budgets?.() ?? [])) {
      this.#instruments.set('okta_bucket_limit', limit, { bucket });
      this.#instruments.set('okta_bucket_allowance', allowance, { bucket });
      this.#instruments.set('okta_bucket_left', left, { bucket });
    }
    this.#instruments.forget('secret_timestamp_seconds');
    for (const { setting, since, at } of secrets?.() ?? [])
      this.#setTime('secret_timestamp_seconds', at, { setting, since });
    this.#instruments.setOrForget('inventory_bytes', inventoryBytes?.());
    const failures = noticeFailures?.() ?? 0;
    this.#instruments.add('notice_failures_total', failures - this.#noticeFailures);
    this.#noticeFailures = failures;
    if (isReady !== undefined) this.#instruments.set('ready', isReady() ? 1 : 0);
  }

  #setTime(name: NameOf<'gauge'>, at: number | undefined, labels?: Labels): void {
    if (at === undefined) this.#instruments.forget(name);
    else this.#instruments.set(name, at / 1000, labels);
  }

  /** Adds everything since the last look: a run's counts begin at 0, those of the worker go on. */
  #catchUp(): void {
    const counts = this.#run?.counts();
    if (counts === undefined) return;
    for (const { name, read } of COUNTED) {
      for (const [labels, value] of read(counts)) this.#grow(name, labels, value);
    }
  }

  #grow(name: NameOf<'counter'>, labels: Labels, value: number): void {
    const key = JSON.stringify([name, labels]);
    const seen = this.#seen.get(key) ?? 0;
    if (value < seen) return;
    this.#instruments.add(name, value - seen, labels);
    this.#seen.set(key, value);
  }
}

/** A worker has no more series than this, whatever happens. */
const MOST_SERIES = 400;

/** So many buckets are told, so that there are never too many series. */
const MOST_BUCKETS = 12;

/** Those of many endpoints come first. The others are named by their one endpoint. */
function toldBuckets(budgets: readonly Budget[]): readonly Budget[] {
  const ofOne = ({ bucket }: Budget): number => (bucket.startsWith('/') ? 1 : 0);
  return budgets.toSorted((left, right) => ofOne(left) - ofOne(right)).slice(0, MOST_BUCKETS);
}
