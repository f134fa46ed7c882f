import { describe, expect, test } from 'vitest';
import { OktaAuthError } from '../ports/errors.ts';
import type { RunCounts } from '../ports/report.ts';
import { WorkerMetrics, type EndedRunFacts } from './metrics.ts';
import { runCounts } from './run-counts.fixture.ts';

const ENDED: EndedRunFacts = {
  outcome: 'completed',
  failure: undefined,
  startedAt: 1_000_000,
  endedAt: 1_090_000,
  pending: 0,
  standing: undefined,
};

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
      .filter(([name]) => !name.includes('_bucket')),
  );
}

describe('worker, metrics', () => {
  test('what is not known yet has no sample; what is counted starts at 0', async () => {
    const found = await samples(new WorkerMetrics('1.2.3'));

    expect(Object.keys(found)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/outbox|last_success|next_run|standing/)]),
    );
    expect(found).toMatchObject({
      'build_info{version="1.2.3"}': 1,
      'runs_total{outcome="failed"}': 0,
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
      okta: { calls: { '/api/v1/users': 5 }, rate_limited: 1, wait_seconds: 2.5 },
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
      okta_rate_limited_total: 1,
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
    metrics.nextRunAt(1_200_000);

    expect(await samples(metrics)).toMatchObject({
      'runs_total{outcome="completed_with_gaps"}': 1,
      run_duration_seconds_sum: 90,
      run_duration_seconds_count: 1,
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
    metrics.runEnded({ ...ENDED, outcome: 'failed', failure, endedAt: 9_000_000, pending: undefined });

    expect(await samples(metrics)).toMatchObject({
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

    expect(await samples(other)).toMatchObject({ 'runs_total{outcome="completed"}': 0 });
  });

  test('every name has the prefix, a help text and a base unit or total', async () => {
    const metrics = new WorkerMetrics('1.2.3');
    metrics.runEnded(ENDED);
    metrics.nextRunAt(1);
    const described = [...(await metrics.text()).matchAll(/^# (HELP|TYPE) (\S+) (.*)$/gm)];
    const names = new Set(described.map(([, , name]) => name ?? ''));

    expect([...names].filter((name) => !/^okta_ocsf_[a-z_]+$/.test(name))).toEqual([]);
    const counters = described.filter(([, kind, , text]) => kind === 'TYPE' && text === 'counter');
    expect(counters.filter(([, , name = '']) => !name.endsWith('_total'))).toEqual([]);
    expect(described.filter(([, , , text]) => text === '')).toEqual([]);
  });
});
