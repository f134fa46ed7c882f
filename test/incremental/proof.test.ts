import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import { inventoryFile } from '../../src/inventory/sqlite/database.ts';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { SOON, test as stageTest, type Stage } from '../whole-job/stage.fixture.ts';
import { callsOf, changing } from './changing-stage.fixture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SECONDS_A_DAY = 86_400;
/** Every run is incremental, unless a full one is needed. */
const INCREMENTAL = { FULL_SYNC_INTERVAL: '31536000' };
/** Half of all old answers are verified each day. */
const HALF = { VERIFY_ANSWERS: String(2 * SECONDS_A_DAY) };
const NEVER = { VERIFY_ANSWERS: '31536000' };

interface Clock {
  ahead: number;
  onRequest: (path: string) => void;
}

/** One clock for Okta and for the runs, which tests move. */
function clocked(stage: Stage, clock: Clock) {
  const changed = changing(stage);
  const now = (): number => Date.now() + clock.ahead;
  return {
    ...changed,
    now,
    pass: (ms: number) => {
      clock.ahead += ms;
    },
    onRequest: (act: (path: string) => void) => {
      clock.onRequest = act;
    },
    after: async (ms: number, env: Readonly<Record<string, string>> = {}, argv: readonly string[] = []) => {
      clock.ahead += ms;
      const before = callsOf(stage);
      const ended = await stage.run(['sync', ...argv], { env: { ...INCREMENTAL, ...env }, now });
      const [report, { stderr }] = [reportOf(ended), ended];
      return { report, stderr, calls: callsOf(stage) - before };
    },
    /** An entry in the log, just as it is. */
    say: (eventType: string, toJson?: () => unknown) => {
      const event = {
        uuid: `odd-${clock.ahead}`,
        published: new Date(now()).toISOString(),
        eventType,
        target: null,
      };
      if (toJson !== undefined) Object.defineProperty(event, 'toJSON', { value: toJson });
      stage.org.log.append(event, now());
    },
  };
}

const test = stageTest.extend<{
  clockedStage: (users?: number) => Promise<ReturnType<typeof clocked>>;
}>({
  clockedStage: async ({ makeStage }, use) => {
    await use(async (users = 120) => {
      const clock: Clock = { ahead: 0, onRequest: () => undefined };
      const now = (): number => Date.now() + clock.ahead;
      return clocked(
        await makeStage({
          org: { users },
          okta: { now, onRequest: ({ path }) => clock.onRequest(path) },
        }),
        clock,
      );
    });
  },
});

type Clocked = ReturnType<typeof clocked>;

/** As if the log had never told. */
function changeFactors({ org }: Pick<Clocked, 'org'>): void {
  for (const user of org.users) user.factors = user.factors.slice(1);
}

function withFactors({ org }: Pick<Clocked, 'org'>) {
  return org.users.filter(({ status, factors }) => status !== 'DEPROVISIONED' && factors.length > 0);
}

describe('incremental run, proof: factors that are due prove nothing', () => {
  test('after a change of the enrolment policy', async ({ clockedStage }) => {
    const stage = await clockedStage();
    await stage.after(0);
    await stage.after(DAY_MS, NEVER);
    stage.mutations.forbidFactor('sms');
    changeFactors(stage);

    const ran = await stage.after(DAY_MS, {
      VERIFY_ANSWERS: String(4 * SECONDS_A_DAY),
      POLICY_RECHECK: String(20 * SECONDS_A_DAY),
    });

    expect(ran.report.vouched?.factors ?? { drift: 0 }).toMatchObject({ drift: 0 });
    expect(ran.report.vouched?.roles?.proven).toBeGreaterThan(0);
    expect(ran.report.notes).toBeUndefined();
    expect(ran.report.due?.factors).toBeGreaterThan(0);
    expect(ran.report.due?.factors).toBeLessThan(120);
  });

  test("after a change of many users' groups, which the report counts", async ({ clockedStage }) => {
    const stage = await clockedStage(240);
    await stage.after(0);
    await stage.after(DAY_MS, NEVER);
    const group = stage.org.groups.find(({ type }) => type === 'OKTA_GROUP');
    if (group === undefined) throw new Error('the org has no such group');
    for (const user of withFactors(stage)) {
      if (user.groups.includes(group)) continue;
      stage.mutations.addMember(group.id, user.id);
      user.factors = user.factors.slice(1);
    }

    const ran = await stage.after(DAY_MS, {
      VERIFY_ANSWERS: String(8 * SECONDS_A_DAY),
      POLICY_RECHECK: String(20 * SECONDS_A_DAY),
    });

    expect(ran.report.vouched?.factors ?? { drift: 0 }).toMatchObject({ drift: 0 });
    expect(ran.report.notes).toBeUndefined();
    expect(ran.report.due?.factors).toBeGreaterThan(0);
    expect(Date.parse(ran.report.due?.until ?? '')).toBeGreaterThan(stage.now() + 19 * DAY_MS);
    await stage.after(DAY_MS, { ...NEVER, POLICY_RECHECK: 'at-once' });
    stage.expectTruth();
  });
});

describe('incremental run, proof: a cursor that Okta refuses while a run verifies', () => {
  test('makes a full run due, and no answer counts as drift', async ({ clockedStage }) => {
    const stage = await clockedStage();
    await stage.after(0);
    changeFactors(stage);
    stage.onRequest((path) => {
      if (path.endsWith('/factors')) stage.okta.setStyle({ refuseCursors: 400 });
    });

    const ran = await stage.after(DAY_MS, HALF, ['--full', '--vouched']);
    stage.onRequest(() => undefined);
    stage.okta.setStyle({ refuseCursors: undefined });

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.report.vouched?.factors?.drift).toBe(0);
    expect((await stage.after(HOUR_MS, NEVER)).report).toMatchObject({
      mode: 'full',
      notes: [expect.stringMatching(/refused the System Log's cursor/)],
    });
    stage.expectTruth();
  });
});

describe('incremental run, proof: the share of a run', () => {
  test('counts from the end of a full run, however long that was', async ({ clockedStage }) => {
    const stage = await clockedStage();
    stage.onRequest(() => stage.pass(DAY_MS / 100));
    await stage.after(0, { FREQUENCY: '31536000' });
    stage.onRequest(() => undefined);

    const ran = await stage.after(HOUR_MS, { VERIFY_ANSWERS: String(7 * SECONDS_A_DAY) });

    expect(ran.report.mode).toBe('incremental');
    expect(ran.calls).toBeLessThanOrEqual(12);
  });

  test('counts from an incremental run that came between two attempts of a full one', async ({
    makeStage,
  }) => {
    const clock = { ahead: 0 };
    const stage = changing(
      await makeStage({ org: { users: 300 }, okta: { latencyMs: 5, now: () => Date.now() + clock.ahead } }),
    );
    const first = await stage.sync();
    const child = stage.start(['sync', '--full']);
    const before = callsOf(stage);
    await expect.poll(() => callsOf(stage) - before, SOON).toBeGreaterThan(first.calls / 2);
    child.kill('SIGKILL');
    await child.ended;
    const week = { ...INCREMENTAL, VERIFY_ANSWERS: String(7 * SECONDS_A_DAY) };
    clock.ahead += 3 * DAY_MS;
    await stage.sync(['--incremental'], week);
    clock.ahead += HOUR_MS;

    expect((await stage.sync([], week)).report.mode).toBe('full');
    clock.ahead += HOUR_MS;
    const ran = await stage.sync([], week);

    expect(ran.report.mode).toBe('incremental');
    expect(ran.calls).toBeLessThanOrEqual(20);
  });
});

describe('incremental run, proof: POLICY_RECHECK=at-once', () => {
  test('reads all due factors in that run, also when a full run learns of the change', async ({
    clockedStage,
  }) => {
    const stage = await clockedStage();
    let asked = 0;
    stage.onRequest(() => {
      asked += 1;
      if (asked === 100) {
        stage.mutations.forbidFactor('sms');
        stage.pass(2 * HOUR_MS);
      }
    });

    const ran = await stage.after(0, { POLICY_RECHECK: 'at-once' });

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.report.due).toBeUndefined();
    stage.expectTruth();
  });
});

describe('incremental run, proof: an odd entry of the log', () => {
  test('that names nobody makes everybody due whom it may mean, and the report says so', async ({
    clockedStage,
  }) => {
    const stage = await clockedStage(60);
    await stage.after(0);
    changeFactors(stage);
    stage.say('user.mfa.factor.update');

    const ran = await stage.after(HOUR_MS, { ...NEVER, POLICY_RECHECK: 'at-once' });

    expect(ran.report.notes).toEqual([expect.stringMatching(/name nobody.*user\.mfa\.factor\.update \(1\)/)]);
    stage.expectTruth();
  });

  test('that makes no sense ends the trust in the log, and both reports say so', async ({ clockedStage }) => {
    const stage = await clockedStage(60);
    const first = await stage.after(0);
    changeFactors(stage);
    stage.say('user.mfa.factor.update', () => 'what?');

    const ran = await stage.after(HOUR_MS, NEVER);
    const full = await stage.after(HOUR_MS, { ...NEVER, FULL_SYNC_INTERVAL: '1' });
    const next = await stage.after(HOUR_MS, { ...NEVER, FULL_SYNC_INTERVAL: '1' });

    expect(ran.report.notes).toEqual([
      expect.stringMatching(/make no sense.*the next full run asks everybody/),
    ]);
    expect(full.report.notes).toEqual([expect.stringMatching(/make no sense.*this run asks everybody/)]);
    expect(full.calls).toBeGreaterThan(0.5 * first.calls);
    stage.expectTruth();
    expect(next.report.notes).toBeUndefined();
    expect(next.calls).toBeLessThanOrEqual(12);
  });
});

test('incremental run, proof: what a run that was killed had compared still counts', async ({
  makeStage,
}) => {
  const clock = { ahead: 0 };
  const stage = changing(
    await makeStage({ org: { users: 400 }, okta: { latencyMs: 5, now: () => Date.now() + clock.ahead } }),
  );
  await stage.sync();
  changeFactors(stage);
  clock.ahead += DAY_MS;
  const env = { ...INCREMENTAL, VERIFY_ANSWERS: String(SECONDS_A_DAY) };
  const before = stage.okta.calls.get('/api/v1/users/{id}/factors') ?? 0;
  const child = stage.start(['sync'], { env });
  const asked = (): number => (stage.okta.calls.get('/api/v1/users/{id}/factors') ?? 0) - before;
  await expect.poll(asked, SOON).toBeGreaterThan(250);
  child.kill('SIGKILL');
  await child.ended;

  const next = await stage.sync([], { ...INCREMENTAL, ...NEVER });

  expect(next.report.notes).toEqual([expect.stringMatching(/not believed for factors: \d+ of \d+ verified/)]);
});

test('incremental run, proof: a cursor that asks for other events is not gone on with', async ({
  clockedStage,
}) => {
  const stage = await clockedStage(60);
  const first = await stage.after(0);
  // A version that knew fewer events had opened the log.
  const database = new DatabaseSync(inventoryFile(stage.stateDir));
  database.exec("UPDATE run_state SET record = json_set(record, '$.log.filter', 'fewer')");
  database.close();
  const user = withFactors(stage)[0];
  if (user === undefined) throw new Error('the org has nobody with factors');
  const asked: string[] = [];
  stage.onRequest((path) => asked.push(path));
  stage.mutations.resetFactors(user.id);

  const ran = await stage.after(HOUR_MS, NEVER);

  expect(asked.some((path) => path.startsWith('/api/v1/logs?since='))).toBe(true);
  expect(ran.report.notes).toEqual([expect.stringMatching(/other events.*the next full run asks everybody/)]);
  stage.expectTruth();
  const full = await stage.after(HOUR_MS, { ...NEVER, FULL_SYNC_INTERVAL: '1' });
  expect(full.report.notes).toEqual([expect.stringMatching(/other events.*this run asks everybody/)]);
  expect(full.calls).toBeGreaterThan(0.5 * first.calls);
});

test('incremental run, proof: drift is told with its age, and the next full run says why it asks everybody', async ({
  clockedStage,
}) => {
  const stage = await clockedStage();
  await stage.after(0);
  changeFactors(stage);

  const noticed = await stage.after(3 * DAY_MS, { ...HALF, LOG_LEVEL: 'debug' });
  const full = await stage.after(HOUR_MS, { ...NEVER, FULL_SYNC_INTERVAL: '1' });

  expect(noticed.report.notes).toEqual([
    expect.stringMatching(/^factors: \d+ of \d+ answers verified .* age of those: 3 days$/),
    expect.stringMatching(/not believed for factors: .* the next full run asks everybody$/),
  ]);
  expect(noticed.stderr).toMatch(/"user_id":"00u\w+","lookup":"factors","age_seconds":2592\d\d/);
  expect(noticed.stderr).toMatch(/"lookup":"factors","proven":\d+,"drift":\d+,"age":"3 days"/);
  expect(full.report.notes).toEqual([
    expect.stringMatching(/not believed for factors: .* this run asks everybody$/),
  ]);
  expect((await stage.after(HOUR_MS, { ...NEVER, FULL_SYNC_INTERVAL: '1' })).report.notes).toBeUndefined();
});
