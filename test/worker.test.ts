import { get } from 'node:http';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext } from 'vitest';
import { createMutations } from '../src/simulator/index.ts';
import { statusSchema } from '../src/status/status.ts';
import { faultsOf } from './output-faults.ts';
import { reportOf, toldLines, type Launched } from './whole-job/launch.fixture.ts';
import { expectedEvents } from './whole-job/said.fixture.ts';
import { test, type Stage } from './whole-job/stage.fixture.ts';

const ENV = { LOG_LEVEL: 'info', HTTP_PORT: '0', FREQUENCY: '1' };
/** Where only the worker matters. */
const SMALL = { org: { users: 12, groups: 3, adminGroups: 1, admins: 2 } };
/** For machines that do much else meanwhile. */
const PATIENCE = { timeout: 40_000, interval: 25 };

const SETTINGS_READ =
  'settings read again: LOG_LEVEL and credentials count at once, the others from the next run on';

type Line = Readonly<Record<string, unknown>>;

/** A worker of the real launcher; what it logged so far can be asked for. */
interface RunningWorker extends Launched {
  readonly lines: (message: string) => Line[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<string>;
  /** Ends it by a signal; gives its exit code and how long that took. */
  readonly stop: () => Promise<{ readonly code: number | null; readonly seconds: number }>;
}

function startWorker(stage: Stage, env: Record<string, string> = {}, config?: string): RunningWorker {
  const launched = stage.start(['worker', ...(config === undefined ? [] : ['--config', config])], {
    env: { ...ENV, ...env },
  });
  const lines = (message: string): Line[] =>
    launched
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line): Line => JSON.parse(line))
      .filter(({ msg }) => msg === message);
  return {
    ...launched,
    lines,
    async get(path, headers = {}) {
      const response = await fetch(`${String(lines('worker started')[0]?.['url'])}${path}`, { headers });
      return `${response.status} ${await response.text()}`;
    },
    async stop() {
      const askedAt = performance.now();
      launched.kill('SIGTERM');
      const { code } = await launched.ended;
      return { code, seconds: (performance.now() - askedAt) / 1000 };
    },
  };
}

/** How the status page is answered when it is asked for by this `Host`. */
function pageUnder(host: string, worker: RunningWorker): Promise<number | undefined> {
  const url = String(worker.lines('worker started')[0]?.['url']);
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

function outcomes(worker: RunningWorker): unknown[] {
  return worker.lines('run ended').map(({ outcome }) => outcome);
}

type Expect = TestContext['expect'];

async function waitForRuns(expect: Expect, worker: RunningWorker, count: number): Promise<void> {
  await expect.poll(() => outcomes(worker).length, PATIENCE).toBeGreaterThanOrEqual(count);
}

describe.concurrent('the worker process', { timeout: 60_000 }, () => {
  test('goes on with both sides faulty, delivers what changes, tells health and metrics, and stops at once when idle', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage({
      okta: {
        rates: { limits: 1e9, windowSeconds: 1 },
        faults: { rate: 0.02, kinds: ['500', '502', 'reset', 'truncated'] },
      },
      intake: { faults: { rate: 0.3, kinds: ['503', 'reset', 'lost-acknowledgement'] } },
    });
    const { org, okta, intake } = stage;
    const worker = startWorker(stage);

    await waitForRuns(expect, worker, 1);
    const [user] = org.users;
    if (user === undefined) throw new Error('the org has no user');
    createMutations(org, { now: Date.now }).updateProfile(user.id, { displayName: 'Changed Meanwhile' });
    await expect
      .poll(() => JSON.stringify(intake.latestByUid().get(user.id)), PATIENCE)
      .toContain('Changed Meanwhile');
    await waitForRuns(expect, worker, 3);
    const [health, metrics] = [await worker.get('/healthz'), await worker.get('/metrics')];
    const [page, status] = [await worker.get('/'), await worker.get('/api/status')];
    const calls = okta.tally.total;
    const stopped = await worker.stop();

    expect(stopped.code).toBe(0);
    expect((await worker.ended).stdout).toBe('');
    expect(worker.lines('worker stopped')).toHaveLength(1);
    expect(health).toBe('200 ok\n');
    expect(outcomes(worker)).not.toContain('failed');
    expect(valueOf(metrics, 'runs_total{mode="full",outcome="failed"}')).toBe(0);
    expect(valueOf(metrics, 'runs_total{mode="incremental",outcome="failed"}')).toBe(0);
    expect(valueOf(metrics, 'users_listed_total')).toBeGreaterThanOrEqual(expectedEvents(org).size);
    expect(valueOf(metrics, 'outbox_events')).toBe(0);
    expect(sumOf(metrics, 'okta_calls_total')).toBeGreaterThan(calls / 2);
    expect(sumOf(metrics, 'okta_calls_total')).toBeLessThanOrEqual(calls);
    expect(page).toMatch(/^200 <!doctype html>/);
    const { posture, runs } = statusSchema.parse(JSON.parse(status.slice('200 '.length)));
    expect(runs.recent[0]).toMatchObject({ mode: 'full', outcome: expect.stringMatching(/^completed/) });
    expect(posture?.today.users).toBe(expectedEvents(org).size);
    const shown = `${metrics} ${page} ${status}`;
    expect(
      org.users
        .flatMap((each) => [each.id, org.profile(each)['login']])
        .filter((each) => typeof each === 'string' && shown.includes(each)),
    ).toEqual([]);
  });

  test('outlives a wrong token and an inventory that cannot be had, and takes the right ones from then on', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage(SMALL);
    const tokenFile = join(stage.stateDir, 'token');
    const stateDir = join(stage.stateDir, 'inventory');
    await writeFile(tokenFile, '00wrongwrongwrong');
    await writeFile(stateDir, 'a file where the folder should be');
    const worker = startWorker(stage, {
      OKTA_API_TOKEN: '',
      OKTA_API_TOKEN_FILE: tokenFile,
      STATE_DIR: stateDir,
    });

    const codes = (): unknown[] => worker.lines('a run failed').map(({ code }) => code);
    await expect.poll(codes, PATIENCE).toContain('inventory');
    await rm(stateDir);
    await expect.poll(codes, PATIENCE).toContain('okta_auth');
    await writeFile(tokenFile, 'simulated-token');
    await expect.poll(() => outcomes(worker), PATIENCE).toContain('completed');

    const metrics = await worker.get('/metrics');
    expect(valueOf(metrics, 'run_failures_total{code="okta_auth"}')).toBeGreaterThan(0);
    expect(valueOf(metrics, 'run_failures_total{code="inventory"}')).toBeGreaterThan(0);
    expect(stage.intake.latestByUid().size).toBeGreaterThan(10);
    expect((await worker.stop()).code).toBe(0);
    expect(worker.stderr()).not.toContain('00wrong');
  });

  test('waits for an inventory that another process holds, and says who', async ({ makeStage, expect }) => {
    const stage = await makeStage(SMALL);
    stage.intake.setState('silent');
    const holder = stage.start(['sync']);
    await expect.poll(() => stage.okta.tally.total, PATIENCE).toBeGreaterThan(0);
    const worker = startWorker(stage);
    await expect.poll(() => worker.lines('a run failed').length, PATIENCE).toBeGreaterThan(0);

    holder.kill('SIGKILL');
    stage.intake.setState('up');
    await expect.poll(() => outcomes(worker), PATIENCE).toContain('completed');

    expect(worker.lines('a run failed')[0]).toMatchObject({
      code: 'inventory',
      reason: expect.stringMatching(/in use by run \S+ on /),
    });
    expect((await worker.stop()).code).toBe(0);
  });

  test('keeps the inventory between its runs: another process is told who has it', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage(SMALL);
    const worker = startWorker(stage, { FREQUENCY: '600' });
    await waitForRuns(expect, worker, 1);
    await expect.poll(() => worker.lines('next run').length, PATIENCE).toBe(1);

    const second = await stage.run(['sync']);
    await worker.stop();

    expect([second.code, toldLines(second)[0]]).toEqual([
      1,
      expect.stringMatching(/in use by worker on .* since 20/),
    ]);
    expect(reportOf(await stage.run(['sync'])).outcome).toBe('completed');
  });

  test('stops within 10 s while the intake says nothing, and keeps what it could not push', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage(SMALL);
    stage.intake.setState('silent');
    const worker = startWorker(stage);
    // The first is that of the checks, without events.
    await expect.poll(() => stage.intake.requests.length, PATIENCE).toBeGreaterThan(1);
    const health = await worker.get('/healthz');

    const stopped = await worker.stop();
    stage.intake.setState('up');
    const report = JSON.parse((await stage.run(['sync'])).stdout);

    expect([health, stopped.code, outcomes(worker)]).toEqual(['200 ok\n', 0, ['cancelled']]);
    expect(report).toMatchObject({ outcome: 'completed', intake: { pending: 0 } });
    expect([...stage.intake.latestByUid().keys()].toSorted()).toEqual(
      [...expectedEvents(stage.org).keys()].toSorted(),
    );
  });

  test('at SIGHUP a run under way takes the level of the log and a new token at once, keeps the old ones where they are wrong, and opens no debugger', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage({ org: { users: 120 }, okta: { rates: { limits: 1e9 }, latencyMs: 40 } });
    const [tokenFile, config] = ['token', 'settings'].map((name) => join(stage.stateDir, name));
    if (tokenFile === undefined || config === undefined) throw new Error('no files');
    await writeFile(tokenFile, 'simulated-token');
    await writeFile(config, 'LOG_LEVEL: info\nHTTP_PORT: 0\n');
    const env = {
      OKTA_API_TOKEN: '',
      OKTA_API_TOKEN_FILE: tokenFile,
      FREQUENCY: '600',
      OKTA_MAX_CONCURRENCY: '1',
    };
    const worker = startWorker(stage, { ...env, LOG_LEVEL: '', HTTP_PORT: '' }, config);
    await expect.poll(() => worker.lines('run started').length, PATIENCE).toBe(1);
    const told = (): number => worker.lines('the settings are wrong now: the old ones stay').length;

    worker.kill('SIGUSR1');
    await writeFile(config, 'LOG_LEVEL: loud\nHTTP_PORT: many\n');
    worker.kill('SIGHUP');
    await expect.poll(told, PATIENCE).toBe(1);
    stage.okta.setTokens(['simulated-token', 'rotated-token']);
    await writeFile(tokenFile, 'rotated-token');
    await writeFile(config, 'LOG_LEVEL: trace\nHTTP_PORT: 0\nHTTP_HOST: 127.0.0.2\nSTATUS_PAGE: false\n');
    for (let times = 0; times < 20; times += 1) worker.kill('SIGHUP');
    await expect.poll(() => worker.lines(SETTINGS_READ).length, PATIENCE).toBeGreaterThan(0);
    await expect.poll(() => worker.lines('Okta answered').length, PATIENCE).toBeGreaterThan(0);
    stage.okta.setTokens(['rotated-token']);
    await waitForRuns(expect, worker, 1);
    const moved = worker.lines('listens at another address now: HTTP_HOST or HTTP_PORT has changed');

    expect(worker.lines('the settings are wrong now: the old ones stay')).toMatchObject([
      { reason: expect.stringMatching(/HTTP_PORT: .*LOG_LEVEL: |LOG_LEVEL: .*HTTP_PORT: /) },
    ]);
    expect(outcomes(worker)).toEqual(['completed']);
    expect(stage.okta.tally.unauthorised).toBeLessThanOrEqual(1);
    expect((await fetch(`${String(moved[0]?.['url'])}/healthz`)).status).toBe(200);
    expect((await fetch(`${String(moved[0]?.['url'])}/`)).status).toBe(404);
    expect((await worker.stop()).code).toBe(0);
    expect(worker.stderr()).not.toContain('Debugger');
  });

  test('leaves at once at a second signal', async ({ makeStage, expect }) => {
    const stage = await makeStage(SMALL);
    stage.intake.setState('silent');
    const worker = startWorker(stage);
    // The first is that of the checks, without events.
    await expect.poll(() => stage.intake.requests.length, PATIENCE).toBeGreaterThan(1);

    worker.kill('SIGTERM');
    await expect.poll(() => worker.lines('worker stopping').length, PATIENCE).toBe(1);
    const stopped = await worker.stop();

    expect(stopped.code).toBe(143);
  });

  test('checks at the start what `test` checks, at one call a question, and is ready; shows its page to allowed hosts', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage({ ...SMALL, okta: { rates: { limits: 1e9 }, keepsLog: true } });
    const worker = startWorker(stage, { FREQUENCY: '3600', HTTP_ALLOWED_HOSTS: 'status.example.com' });
    await expect.poll(() => worker.lines('checks at the start ended').length, PATIENCE).toBe(1);
    const readiness = await worker.get('/readyz');
    await waitForRuns(expect, worker, 1);

    expect(worker.lines('checks at the start ended')).toMatchObject([{ failed: [] }]);
    expect(readiness).toBe('200 ready\n');
    expect(await worker.get('/readyz')).toBe('200 ready\n');
    expect(await pageUnder('status.example.com', worker)).toBe(200);
    expect(await pageUnder('evil.example.com', worker)).toBe(421);
    // The run's own first question is that of the checks too: who is asked.
    const { path } = stage.okta.log[0] ?? {};
    const ofChecks = stage.okta.log.findIndex((each, at) => at > 0 && each.path === path);
    expect(ofChecks).toBeGreaterThan(5);
    expect(ofChecks).toBeLessThan(13);
    expect((await worker.stop()).code).toBe(0);
  });

  test('tells from its start on what earlier workers left: the last success, what waits, how old it is', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage(SMALL);
    stage.intake.setState(403);
    const first = startWorker(stage, { FREQUENCY: '3600' });
    await waitForRuns(expect, first, 1);
    const failed = await first.get('/metrics');
    await first.stop();
    stage.intake.setState('up');
    const second = startWorker(stage, { FREQUENCY: '3600' });
    await waitForRuns(expect, second, 1);
    await second.stop();

    // Its first run is due in a month at the earliest.
    const third = startWorker(stage, { FREQUENCY: '', SCHEDULE: '0 0 1 * *' });
    await expect.poll(() => third.lines('next run').length, PATIENCE).toBe(1);
    const metrics = await third.get('/metrics');
    const [now, age] = [Date.now() / 1000, (sample: string) => now - (valueOf(metrics, sample) ?? 0)];

    expect(valueOf(failed, 'outbox_events')).toBeGreaterThan(5);
    expect(valueOf(failed, 'outbox_oldest_timestamp_seconds')).toBeGreaterThan(now - 100);
    expect(failed).not.toMatch(/^okta_ocsf_last_success_timestamp_seconds/m);
    expect(valueOf(metrics, 'runs_total{mode="full",outcome="completed"}')).toBe(0);
    expect(age('last_success_timestamp_seconds')).toBeLessThan(100);
    expect(age('last_full_run_timestamp_seconds')).toBeLessThan(100);
    expect(sumOf(metrics, 'users{')).toBe(expectedEvents(stage.org).size);
    expect(age('oldest_answer_timestamp_seconds{lookup="factors"}')).toBeLessThan(100);
    expect(valueOf(metrics, 'outbox_events')).toBe(0);
    expect(metrics).not.toMatch(/^okta_ocsf_outbox_oldest_timestamp_seconds/m);
    expect(valueOf(metrics, 'inventory_bytes')).toBeGreaterThan(4096);
    expect(valueOf(metrics, 'ready')).toBe(1);
    expect((await third.stop()).code).toBe(0);
  });

  test('is not ready after a long outage, also while and after the checks at the start have passed', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage(SMALL);
    await stage.run(['sync'], { now: () => Date.now() - 2 * 86_400_000 });
    // The check of the intake then takes some seconds.
    stage.intake.setState('silent');
    const worker = startWorker(stage, { FREQUENCY: '3600' });
    const codes = async (): Promise<unknown> => {
      if (worker.lines('worker started').length === 0) return [];
      const answer = await worker.get('/readyz', { accept: 'application/json' });
      const { reasons }: { readonly reasons: readonly { readonly code: string }[] } = JSON.parse(
        answer.slice(4),
      );
      return reasons.map(({ code }) => code);
    };

    await expect.poll(codes, PATIENCE).toEqual(['not_checked', 'run_overdue']);
    stage.intake.setState('up');
    await worker.stop();
  });

  test('says in short what stands in the way of a run, never ends over it, and is ready once a run went well', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage({ ...SMALL, okta: { rates: { limits: 1e9 }, token: 'another-token' } });
    const tokenFile = join(stage.stateDir, 'token');
    await writeFile(tokenFile, '00wrongwrongwrong');
    stage.intake.setState(403);
    const worker = startWorker(stage, { OKTA_API_TOKEN: '', OKTA_API_TOKEN_FILE: tokenFile });

    await expect.poll(() => worker.lines('a check at the start failed').length, PATIENCE).toBe(2);
    const told = worker.lines('a check at the start failed');
    await expect.poll(() => worker.get('/readyz'), PATIENCE).toMatch(/^503 not ready: okta_auth$/m);
    const asJson = await worker.get('/readyz', { accept: 'application/json' });
    stage.intake.setState('up');
    await writeFile(tokenFile, 'another-token');
    await expect.poll(() => worker.get('/readyz'), PATIENCE).toBe('200 ready\n');

    expect(faultsOf('readyz', JSON.parse(asJson.replace(/^503 /, '')))).toEqual([]);
    expect(JSON.parse(asJson.replace(/^503 /, ''))).toEqual({
      version: 1,
      ready: false,
      reasons: [
        {
          code: 'okta_auth',
          since: expect.stringMatching(/^20.*Z$/),
          todo: expect.stringMatching(/credential/),
        },
      ],
    });
    expect(told.map(({ check }) => check)).toEqual(['okta_credential', 'intake']);
    expect(told.map(({ todo }) => typeof todo)).toEqual(['string', 'string']);
    expect(worker.lines('checks at the start ended')).toMatchObject([
      { failed: ['okta_credential', 'intake'] },
    ]);
    expect(worker.stderr()).not.toMatch(/00wrong|another-token/);
    expect((await worker.stop()).code).toBe(0);
  });

  test('does not start on a port in use: exit 2 names the setting, and Okta is not asked', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage();
    const { port } = new URL(stage.intake.url);

    const { code, stdout, stderr } = await stage.run(['worker'], { env: { ...ENV, HTTP_PORT: port } });

    expect([code, stdout, stage.okta.tally.total]).toEqual([2, '', 0]);
    expect(stderr).toBe(`error: HTTP_PORT ${port} is in use on 127.0.0.1 - give a free one, or 0 for any\n`);
  });
});

function samplesOf(metrics: string, start: string): number[] {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`okta_ocsf_${start}`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

function valueOf(metrics: string, sample: string): number | undefined {
  return samplesOf(metrics, `${sample} `)[0];
}

function sumOf(metrics: string, name: string): number {
  return samplesOf(metrics, name).reduce((sum, value) => sum + value, 0);
}
