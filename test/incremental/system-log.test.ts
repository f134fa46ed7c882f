import { expect } from 'vitest';
import { test, type Stage } from '../whole-job/stage.fixture.ts';
import { changing, mostCalls, touchedBy, type ChangingStage } from './changing-stage.fixture.ts';

const DAY = 86_400_000;
const LOGS = '/api/v1/logs';

function aUser({ org }: Stage, fits: (user: Stage['org']['users'][number]) => boolean = () => true): string {
  const user = org.users.find((each) => each.status === 'ACTIVE' && each.factors.length > 0 && fits(each));
  if (user === undefined) throw new Error('the org has none that fits');
  return user.id;
}

async function synced(stage: Stage, ...rest: readonly [object?, number?]): Promise<ChangingStage> {
  const changed = changing(stage, ...rest);
  await changed.sync();
  return changed;
}

test('incremental run, system log: a log that may not be read changes no schedule, and the report says what is seen late', async ({
  makeStage,
}) => {
  const stage = await synced(await makeStage({ okta: { refuse: [{ template: LOGS, status: 403 }] } }));
  const [renamed, reset] = [aUser(stage), aUser(stage, ({ id }) => id !== aUser(stage))];

  stage.mutations.updateProfile(renamed, { displayName: 'Renamed' });
  stage.mutations.resetFactors(reset);
  const ran = await stage.sync();

  expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
  expect(ran.report.notes).toEqual([expect.stringMatching(/System Log may not be read.*factors and roles/)]);
  expect(ran.users).toEqual([renamed]);
  expect((await stage.sync(['--full'])).users).toEqual([reset]);
  stage.expectTruth();
});

test('incremental run, system log: where Okta does not take the filter, every event is read, and the report says so', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ okta: { longestLogFilter: 1_000, keepsLog: true } }));
  const opening = await stage.sync();
  const first = stage.okta.log.filter(({ template }) => template === LOGS);
  const reset = aUser(stage);
  stage.mutations.resetFactors(reset);

  const ran = await stage.sync();

  expect(first.map(({ status }) => status)).toEqual([400, 200]);
  expect(first.at(-1)?.path).not.toContain('filter=');
  expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
  expect(opening.report.notes).toEqual([expect.stringMatching(/did not take the filter of the System Log/)]);
  expect(ran.users).toEqual([reset]);
  stage.expectTruth();
});

test('incremental run, system log: a log that is down for a while loses nothing', async ({ makeStage }) => {
  const stage = changing(await makeStage());
  stage.okta.setRefusals([{ template: LOGS, status: 501 }]);
  await stage.sync();
  stage.mutations.resetFactors(aUser(stage));
  await stage.sync();
  stage.okta.setRefusals([]);

  const ran = await stage.sync();

  expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
  expect(ran.users).toHaveLength(1);
  stage.expectTruth();
});

test.for([400, 410] as const)(
  'incremental run, system log: a cursor refused with %i makes the next run full, once, and the report says why',
  async (status, { makeStage }) => {
    const stage = await synced(await makeStage());
    stage.mutations.resetFactors(aUser(stage));
    stage.okta.setStyle({ refuseCursors: status });
    const refused = await stage.sync();
    stage.okta.setStyle({ refuseCursors: undefined });
    const next = await stage.sync();
    const after = await stage.sync();

    expect(refused.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
    expect(refused.report.notes).toEqual([
      expect.stringMatching(/refused the System Log's cursor.*next run is a full one/),
    ]);
    expect(next.report).toMatchObject({
      mode: 'full',
      notes: [expect.stringMatching(/refused the System Log's cursor/)],
    });
    expect(after.report.mode).toBe('incremental');
    expect(after.report.notes).toBeUndefined();
    stage.expectTruth();
  },
);

test('incremental run, system log: a gap longer than Okta keeps its log makes the next run full, once, and the report says why', async ({
  makeStage,
}) => {
  let now = Date.now();
  const stage = await synced(await makeStage({ okta: { now: () => now } }));
  const env = { FULL_SYNC_INTERVAL: String((100 * DAY) / 1000) };
  stage.mutations.resetFactors(aUser(stage));
  now += 91 * DAY;

  const full = await stage.sync(['--incremental'], env);

  expect(full.report).toMatchObject({ mode: 'full', notes: [expect.stringMatching(/90 days/)] });
  stage.expectTruth();
  expect((await stage.sync([], env)).report.mode).toBe('incremental');
});

test('incremental run, system log: what the log tells late, and out of order, arrives with the run after', async ({
  makeStage,
}) => {
  let now = Date.now();
  const stage = await synced(await makeStage({ okta: { now: () => now } }), { lagMs: [60_000, 600_000] });
  const known = stage.latest();
  stage.change(20, 3);
  await stage.sync();
  now += 600_000;

  const ran = await stage.sync();

  expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
  stage.expectTruth(known);
});

test('incremental run, system log: what the search index shows late arrives with the first run after it does', async ({
  makeStage,
}) => {
  let now = Date.now();
  const lag = 120_000;
  const stage = await synced(await makeStage({ okta: { now: () => now, searchLagMs: lag } }));
  const known = stage.latest();
  const changes = stage.change(25, 5);
  const most = mostCalls(stage.org, changes);
  const early = await stage.sync();
  now += lag;

  const late = await stage.sync();

  expect(early.calls).toBeLessThanOrEqual(most);
  expect(late.calls).toBeLessThanOrEqual(most);
  stage.expectTruth(known);
  expect([...early.users, ...late.users].filter((id) => !touchedBy(changes).has(id))).toEqual([]);
});

test('incremental run, system log: an older record that the index still shows never replaces a newer one', async ({
  makeStage,
}) => {
  let now = Date.now();
  const lag = 60_000;
  const stage = await synced(await makeStage({ okta: { now: () => now, searchLagMs: lag } }));
  const id = aUser(stage);
  stage.mutations.updateProfile(id, { displayName: 'First' });
  now += lag / 2;
  stage.mutations.updateProfile(id, { displayName: 'Second' });
  await stage.sync();
  now += lag / 2;

  const ran = await stage.sync();

  expect(ran.users).toEqual([]);
  stage.expectTruth();
});
