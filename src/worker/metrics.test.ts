import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../okta/endpoints.ts';
import { ASSET_GAPS } from '../ports/assets.ts';
import { OktaAuthError, type ConnectorError } from '../ports/errors.ts';
import { GAP_REASONS, LOOKUPS } from '../ports/org.ts';
import type { Posture } from '../ports/posture.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';
import type { RunCounts } from '../ports/report.ts';
import type { Budget } from '../ports/source.ts';
import { SETTING_ROWS } from '../settings/table.ts';
import { DECLARED } from './metrics/table.ts';
import { WorkerMetrics, type EndedRunFacts } from './metrics.ts';
import { TODO_AFTER } from './obstacles.ts';
import { runCounts } from './run-counts.fixture.ts';

const ENDED: EndedRunFacts = {
  outcome: 'completed',
  mode: 'full',
  failure: undefined,
  startedAt: 1_000_000,
  endedAt: 1_090_000,
  pending: 0,
  standing: undefined,
};

const PROGRESS: ProgressSnapshot = {
  usersDone: 1,
  usersTotal: 2,
  calls: 3,
  callsLeft: 4,
  callsPerMinute: 5,
  secondsLeft: 6,
};
const BUDGET: Budget = {
  bucket: 'users',
  limit: 600,
  allowance: 300,
  left: 120,
  windowMs: 60_000,
  isLearnt: true,
};
/** Of four kinds of garbage collection, each once it has happened: three buckets, all, sum and count. */
const GC_SERIES = 4 * 6;
const NOBODY = { yes: 0, no: 0, unknown: 0 };
const POSTURE: Posture = {
  statuses: {
    ACTIVE: { users: 6, mfa: { yes: 5, no: 0, unknown: 1 } },
    ASLEEP: { users: 2, mfa: { yes: 0, no: 2, unknown: 0 } },
    unknown: { users: 3, mfa: { yes: 0, no: 0, unknown: 3 } },
  },
  admins: NOBODY,
  adminMfa: { yes: 0, no: 4, unknown: 0 },
  factors: {},
  signIns: { recent: 0, dormant: 0, never: 0, unknown: 0 },
  serviceAccounts: NOBODY,
  privilegedGroups: NOBODY,
};
const ERRORS = Object.keys(TODO_AFTER);
/** Buckets: each endpoint may turn out to have one of its own, beside those that are guessed. */
const TEMPLATES = Object.values(ENDPOINTS).map(({ template }) => template);
const COUNTED_TEMPLATES = Object.values(ENDPOINTS)
  .filter((endpoint) => !('isUncounted' in endpoint))
  .map(({ template }) => template);
const BUCKETS = [
  ...new Set([...COUNTED_TEMPLATES, ...Object.values(ENDPOINTS).map(({ bucket }) => bucket.name)]),
];

/** Every metric with every value that its labels can have. */
function everything(): WorkerMetrics {
  // The credential of the command `hooks` is read by that command alone.
  const secrets = SETTING_ROWS.filter(
    ({ name, isSecret }) => isSecret === true && !name.startsWith('OKTA_HOOKS_'),
  ).map(({ name }) => name);
  const metrics = new WorkerMetrics(
    '1.2.3',
    {
      budgets: () => BUCKETS.map((bucket) => ({ ...BUDGET, bucket })),
      secrets: () => secrets.map((setting) => ({ setting, since: 'file', at: 1 })),
      inventoryBytes: () => 1,
      isReady: () => true,
    },
    true,
  );
  metrics.hookLag(1);
  metrics.hookDelivered(1);
  const ofLookups = <T>(row: T) => Object.fromEntries(LOOKUPS.map((lookup) => [lookup, row]));
  const reasons = Object.fromEntries(GAP_REASONS.map((reason) => [reason, 1]));
  // An asset that the org lacks is no gap, and none is gone between page and lookup.
  const ofAssets = Object.fromEntries(
    ASSET_GAPS.map((name) => [name, { refused: 1, unavailable: 1, unreadable: 1 }]),
  );
  const refusals = [...BUCKETS, 'concurrency', ENDPOINTS.token.template];
  const counts: RunCounts = {
    ...runCounts({ gaps: { ...ofLookups(reasons), users: reasons, ...ofAssets } }),
    vouched: ofLookups({ vouched: 1, asked: 1, proven: 1, drift: 1 }),
    okta: {
      total_calls: 1,
      calls: Object.fromEntries(TEMPLATES.map((template) => [template, 1])),
      rate_limited: 1,
      rate_limited_in: Object.fromEntries(refusals.map((bucket) => [bucket, 1])),
      wait_seconds: 1,
    },
  };
  for (const mode of ['full', 'incremental', undefined] as const) {
    for (const outcome of ['completed', 'completed_with_gaps', 'cancelled', 'failed'] as const) {
      if (mode === undefined && outcome !== 'failed') continue;
      metrics.runStarted({ counts: () => counts, pending: async () => 1 });
      metrics.runEnded({ ...ENDED, mode, outcome });
    }
  }
  for (const code of ERRORS) metrics.runEnded({ ...ENDED, outcome: 'failed', failure: errorOf(code) });
  metrics.remembers({
    successAt: 1,
    fullRunAt: 1,
    posture: POSTURE,
    standing: { gaps: { ...ofLookups(reasons), users: reasons, ...ofAssets }, dead_letters: 1 },
    alerts: Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [`rule-${at}`, { open: 2, new: 0, closed: 0, unconfirmed: 0 }]),
    ),
    waiting: { events: 1, oldestAt: 1 },
    notices: 1,
    oldestAnswers: ofLookups(1),
  });
  metrics.nextRunAt(1);
  metrics.callTook(1);
  metrics.pushTook(1);
  metrics.runStarted({
    counts: () => counts,
    pending: async () => 1,
    oldestPendingAt: async () => 1,
    progress: () => PROGRESS,
  });
  return metrics;
}

/** An error with any code of the list. */
function errorOf(code: string): ConnectorError {
  return Object.assign(new OktaAuthError('no'), { code });
}

function start(metrics: WorkerMetrics, counts: () => RunCounts, pending = 0): void {
  metrics.runStarted({ counts, pending: () => Promise.resolve(pending) });
}

/** The samples, by name and labels, without those of buckets. */
async function samples(metrics: WorkerMetrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines
      .map((line): [string, number] => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at).replace(/^okta_ocsf_/, ''), Number(line.slice(at + 1))];
      })
      .filter(([name]) => !/_bucket\{.*le=/.test(name)),
  );
}

describe('worker, metrics', () => {
  test('what is not known yet has no sample; what is counted starts at 0', async () => {
    const found = await samples(new WorkerMetrics('1.2.3'));

    const named = Object.keys(found).map((sample) => sample.replace(/\{.*/, ''));
    expect(named).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /outbox|last_|^users$|admins|next_run|standing|run_users|run_calls|oldest|secret|bucket|inventory|ready/,
        ),
      ]),
    );
    expect(found).toMatchObject({
      'build_info{version="1.2.3"}': 1,
      'runs_total{mode="full",outcome="failed"}': 0,
      'runs_total{mode="incremental",outcome="completed"}': 0,
      users_listed_total: 0,
      run_in_progress: 0,
    });
  });

  test("a run's counts show while it goes on, and add to those of the runs before", async () => {
    const metrics = new WorkerMetrics('1.2.3');
    let counts = runCounts();
    start(metrics, () => counts, 7);

    counts = runCounts({
      users: { listed: 200, emitted: 150, dead_lettered: 2 },
      gaps: { factors: { refused: 3 } },
      okta: { calls: { '/api/v1/users': 5 }, rate_limited_in: { users: 1 }, wait_seconds: 2.5 },
      intake: { batches: 2, accepted: 100, retries: 1 },
    });
    const during = await samples(metrics);
    metrics.runEnded(ENDED);
    start(metrics, () => runCounts({ users: { listed: 10 }, gaps: { factors: { refused: 1 } } }));
    const after = await samples(metrics);

    expect(during).toMatchObject({
      run_in_progress: 1,
      outbox_events: 7,
      users_listed_total: 200,
      users_emitted_total: 150,
      users_dead_lettered_total: 2,
      'gaps_total{lookup="factors",reason="refused"}': 3,
      'okta_calls_total{endpoint="/api/v1/users"}': 5,
      'okta_rate_limited_total{bucket="users"}': 1,
      okta_wait_seconds_total: 2.5,
      intake_batches_total: 2,
      intake_retries_total: 1,
      intake_events_accepted_total: 100,
    });
    expect(after).toMatchObject({
      users_listed_total: 210,
      users_emitted_total: 150,
      'gaps_total{lookup="factors",reason="refused"}': 4,
      outbox_events: 0,
    });
  });

  test('the end of a run is told by outcome, duration, time and what still waits', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    start(metrics, () => runCounts());

    metrics.runEnded({ ...ENDED, outcome: 'completed_with_gaps', pending: 12 });
    metrics.runEnded({ ...ENDED, mode: 'marks', endedAt: 9_000_000, pending: 12 });
    metrics.nextRunAt(1_200_000);

    expect(await samples(metrics)).toMatchObject({
      'runs_total{mode="full",outcome="completed_with_gaps"}': 1,
      'run_duration_seconds_sum{mode="full",outcome="completed_with_gaps"}': 90,
      'run_duration_seconds_count{mode="full",outcome="completed_with_gaps"}': 1,
      last_success_timestamp_seconds: 1090,
      next_run_timestamp_seconds: 1200,
      outbox_events: 12,
      run_in_progress: 0,
    });
  });

  test('a failed run counts by its code and is no success; what waits stays as last known', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    start(metrics, () => runCounts());
    metrics.runEnded({ ...ENDED, pending: 12 });

    const failure = new OktaAuthError('no');
    metrics.runEnded({
      ...ENDED,
      outcome: 'failed',
      mode: undefined,
      failure,
      endedAt: 9_000_000,
      pending: undefined,
    });

    expect(await samples(metrics)).toMatchObject({
      'runs_total{mode="unknown",outcome="failed"}': 1,
      'run_failures_total{code="okta_auth"}': 1,
      last_success_timestamp_seconds: 1090,
      outbox_events: 12,
    });
  });

  test('answers are counted by lookup: vouched for, asked, proven and drifted', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    const vouched = { factors: { vouched: 90, asked: 4, proven: 6, drift: 1 } };
    start(metrics, () => ({ ...runCounts(), vouched }));

    expect(await samples(metrics)).toMatchObject({
      'answers_total{lookup="factors",kind="vouched"}': 90,
      'answers_total{lookup="factors",kind="asked"}': 4,
      'answers_total{lookup="factors",kind="proven"}': 6,
      'answers_total{lookup="factors",kind="drift"}': 1,
    });
  });

  test('what stands shows from the start of a run on, by lookup and reason, and reads 0 once it is over', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    const refused = 'standing_gaps{lookup="group-roles",reason="refused"}';

    metrics.stands({ gaps: { 'group-roles': { refused: 4 } }, dead_letters: 5 });
    const before = await samples(metrics);
    metrics.runEnded({ ...ENDED, standing: { gaps: { roles: { unavailable: 1 } }, dead_letters: 0 } });
    const after = await samples(metrics);
    metrics.runEnded({ ...ENDED, standing: undefined });

    expect(before).toMatchObject({ [refused]: 4, standing_dead_letters: 5 });
    expect(after).toMatchObject({
      [refused]: 0,
      'standing_gaps{lookup="roles",reason="unavailable"}': 1,
      standing_dead_letters: 0,
    });
    expect(await samples(metrics)).toMatchObject({ 'standing_gaps{lookup="roles",reason="unavailable"}': 1 });
  });

  test('two workers in one process share nothing', async () => {
    const [one, other] = [new WorkerMetrics('1'), new WorkerMetrics('1')];

    one.runEnded(ENDED);

    expect(await samples(other)).toMatchObject({ 'runs_total{mode="full",outcome="completed"}': 0 });
  });

  test('how far a run has come shows while it is under way, and no longer', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    metrics.runStarted({
      counts: () => runCounts(),
      pending: async () => 3,
      oldestPendingAt: async () => 500_000,
      progress: () => ({
        ...PROGRESS,
        usersDone: 40,
        usersTotal: 100,
        callsLeft: 60,
        secondsLeft: undefined,
      }),
    });
    const during = await samples(metrics);
    metrics.runEnded(ENDED);

    expect(during).toMatchObject({
      run_users: 40,
      run_users_expected: 100,
      run_calls_left: 60,
      outbox_oldest_timestamp_seconds: 500,
    });
    expect(Object.keys(during)).not.toContain('run_seconds_left');
    expect(
      Object.keys(await samples(metrics)).filter((name) => /^run_(users|calls|seconds)/.test(name)),
    ).toEqual([]);
  });

  test('what the inventory remembers shows before any run of this worker, and goes when it is over', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    const remembered: Parameters<WorkerMetrics['remembers']>[0] = {
      successAt: 7_000_000,
      fullRunAt: 6_000_000,
      posture: POSTURE,
      alerts: { 'admin-without-mfa': { open: 3, new: 1, closed: 0, unconfirmed: 2 } },
      standing: { gaps: { users: { unreadable: 2 } }, dead_letters: 1 },
      notices: 4,
      waiting: { events: 4, oldestAt: 5_000_000 },
      oldestAnswers: { factors: 4_000_000, groups: 3_000_000 },
    };

    metrics.remembers(remembered);
    const first = await samples(metrics);
    const waiting = { events: 0, oldestAt: undefined };
    metrics.remembers({ ...remembered, alerts: undefined, waiting, oldestAnswers: { factors: 8_000_000 } });
    const then = await samples(metrics);

    expect(first).toMatchObject({
      last_success_timestamp_seconds: 7000,
      notices_waiting: 4,
      last_full_run_timestamp_seconds: 6000,
      'users{status="ACTIVE",mfa="yes"}': 5,
      'users{status="ACTIVE",mfa="unknown"}': 1,
      'users{status="STAGED",mfa="no"}': 0,
      'users{status="other",mfa="no"}': 2,
      'users{status="unknown",mfa="unknown"}': 3,
      'admins{mfa="no"}': 4,
      'standing_gaps{lookup="users",reason="unreadable"}': 2,
      'alert_rows{alert="admin-without-mfa"}': 3,
      standing_dead_letters: 1,
      outbox_events: 4,
      outbox_oldest_timestamp_seconds: 5000,
      'oldest_answer_timestamp_seconds{lookup="groups"}': 3000,
    });
    expect(then).toMatchObject({
      outbox_events: 0,
      'oldest_answer_timestamp_seconds{lookup="factors"}': 8000,
    });
    expect(Object.keys(then)).not.toContain('outbox_oldest_timestamp_seconds');
    expect(Object.keys(then)).not.toContain('alert_rows{alert="admin-without-mfa"}');
    expect(Object.keys(then)).not.toContain('oldest_answer_timestamp_seconds{lookup="groups"}');
  });

  test('budgets, secrets, the size of the inventory and readiness are asked for at each scrape', async () => {
    let isReady = false;
    const metrics = new WorkerMetrics('1.2.3', {
      budgets: () => [BUDGET],
      secrets: () => [{ setting: 'OKTA_API_TOKEN', since: 'file', at: 9_000_000 }],
      inventoryBytes: () => 4096,
      isReady: () => isReady,
    });
    const before = await samples(metrics);
    isReady = true;

    expect(before).toMatchObject({
      'okta_bucket_limit{bucket="users"}': 600,
      'okta_bucket_allowance{bucket="users"}': 300,
      'okta_bucket_left{bucket="users"}': 120,
      'secret_timestamp_seconds{setting="OKTA_API_TOKEN",since="file"}': 9000,
      inventory_bytes: 4096,
      ready: 0,
    });
    expect(await samples(metrics)).toMatchObject({ ready: 1 });
  });

  test('calls and pushes are told by how long they took', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    metrics.callTook(300);
    metrics.callTook(1200);
    metrics.pushTook(80);

    expect(await samples(metrics)).toMatchObject({
      okta_call_duration_seconds_sum: 1.5,
      okta_call_duration_seconds_count: 2,
      intake_push_duration_seconds_count: 1,
    });
  });

  test('every metric has the prefix, a help text and the name that its kind asks for; what the table declares is there', async () => {
    const text = await everything().text();
    const described = [...text.matchAll(/^# (HELP|TYPE) (\S+) (.*)$/gm)];
    const names = new Set(described.map(([, , name]) => name ?? ''));

    expect([...names].filter((name) => !/^okta_ocsf_[a-z0-9_]+$/.test(name))).toEqual([]);
    const counters = described.filter(([, kind, , text]) => kind === 'TYPE' && text === 'counter');
    expect(counters.filter(([, , name = '']) => !name.endsWith('_total'))).toEqual([]);
    expect(described.filter(([, , , text]) => text === '')).toEqual([]);
    const sampled = text.split('\n').filter((line) => !line.startsWith('#'));
    const silent = DECLARED.filter(
      ({ name }) => !sampled.some((line) => line.startsWith(`okta_ocsf_${name}`)),
    );
    expect(silent).toEqual([]);
    expect([...names]).toEqual(
      expect.arrayContaining([
        'okta_ocsf_process_resident_memory_bytes',
        'okta_ocsf_nodejs_eventloop_lag_seconds',
      ]),
    );
  });

  test('there are never more than 400 series, whatever happens', async () => {
    const text = await everything().text();
    const series = text.split('\n').filter((line) => /^okta_ocsf_(?!nodejs_gc)/.test(line));

    expect(series.length).toBeGreaterThan(250);
    expect(series.length + GC_SERIES).toBeLessThanOrEqual(400);
  });
});
