import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished } from 'vitest';
import { inventoryFile } from '../../src/inventory/sqlite/database.ts';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { SOON, test } from '../whole-job/stage.fixture.ts';
import { callsOf, changing, uidOf } from './changing-stage.fixture.ts';

const ORG = { users: 200, groups: 10, groupsPerUser: 2 };
const SETTINGS = { BATCH_SIZE: '50' };

/** Okta tells its time in whole seconds: two attempts within one cannot be told apart. */
async function nextSecond(): Promise<void> {
  const now = Date.now();
  await expect.poll(() => Date.now() - now, SOON).toBeGreaterThan(1000);
}

test('incremental run, full runs: a full run that was killed at 60 % goes on with what was not yet answered', async ({
  makeStage,
}) => {
  const whole = changing(await makeStage({ org: ORG }));
  const { calls } = await whole.sync([], SETTINGS);
  const stage = changing(await makeStage({ org: ORG, okta: { latencyMs: 5 } }));
  const child = stage.start(['sync'], { env: SETTINGS });
  await expect.poll(() => callsOf(stage), SOON).toBeGreaterThanOrEqual(0.6 * calls);
  child.kill('SIGKILL');
  await child.ended;
  const spent = callsOf(stage) - calls * 0.6;

  const ran = await stage.sync([], SETTINGS);

  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
  // A kill takes back what was stored in the last tenth of a second, which the simulator answers much faster than Okta.
  expect(ran.calls).toBeLessThanOrEqual(0.6 * calls - Math.min(0, spent));
  stage.expectTruth();
  expect((await stage.sync([], SETTINGS)).report).toMatchObject({
    mode: 'incremental',
    users: { emitted: 0 },
  });
});

test('incremental run, full runs: changes between the attempts of a full run arrive when it goes on', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: ORG, okta: { latencyMs: 5 } }));
  const child = stage.start(['sync'], { env: SETTINGS });
  await expect.poll(() => callsOf(stage), SOON).toBeGreaterThanOrEqual(125);
  child.kill('SIGKILL');
  await child.ended;
  const known = stage.latest();
  stage.change(25, 9);

  const ran = await stage.sync([], SETTINGS);

  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
  stage.expectTruth(known);
});

test('incremental run, full runs: who is gone between the attempts of a full run is looked for, without the log too', async ({
  makeStage,
}) => {
  const okta = { latencyMs: 5, refuse: [{ template: '/api/v1/logs', status: 403 }] } as const;
  const stage = changing(await makeStage({ org: ORG, okta }));
  await stage.sync([], SETTINGS);
  const before = callsOf(stage);
  const child = stage.start(['sync', '--full'], { env: SETTINGS });
  await expect.poll(() => callsOf(stage), SOON).toBeGreaterThanOrEqual(before + 175);
  child.kill('SIGKILL');
  await child.ended;
  const gone = stage.org.users.filter(({ status }) => status === 'ACTIVE').slice(0, 10);
  for (const { id } of gone) {
    stage.mutations.deactivate(id);
    stage.mutations.deleteUser(id);
  }

  const ran = await stage.sync([], SETTINGS);

  expect(ran.report).toMatchObject({ mode: 'full', users: { removed: 10 }, standing: { gaps: {} } });
  // Some of them may have been without answers when the first attempt ended: a lookup finds them gone.
  const reasons = Object.values(ran.report.gaps).flatMap((counts) => Object.keys(counts));
  expect(reasons.filter((reason) => reason !== 'gone')).toEqual([]);
  expect(ran.report.outcome).toMatch(/^completed/);
});

test("incremental run, full runs: a change of one user's factors arrives within FREQUENCY, not at the end of a long full run", async ({
  makeStage,
}) => {
  const frequency = 3;
  const stage = changing(await makeStage({ org: { ...ORG, users: 400 }, okta: { latencyMs: 250 } }));
  const env = { BATCH_SIZE: '25', FREQUENCY: String(frequency), OKTA_MAX_CONCURRENCY: '12' };
  const child = stage.start(['sync'], { env });
  await expect.poll(() => stage.intake.received.length, SOON).toBeGreaterThanOrEqual(25);
  const id = uidOf(stage.intake.received[0]?.item ?? {});
  const before = stage.intake.received.length;
  stage.mutations.resetFactors(id);
  stage.mutations.activateFactor(id, 'webauthn');
  stage.mutations.updateProfile(id, { displayName: 'Renamed in between' });

  const arrived = () => stage.intake.received.slice(before).some(({ item }) => uidOf(item) === id);
  let hasEnded = false;
  const ended = child.ended.finally(() => (hasEnded = true));
  await expect.poll(arrived, SOON).toBe(true);

  // The run is still reading: the change did not wait for its end.
  expect(hasEnded).toBe(false);
  expect(reportOf(await ended)).toMatchObject({ mode: 'full', outcome: 'completed' });
  stage.expectTruth();
});

test('incremental run, full runs: whoever loses the last role is out of the administrators, whose members Okta does not list', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: { users: 80, oktaAdministratorsGroup: true } }));
  await stage.sync();
  const admin = stage.org.users.find(
    ({ roles, groups }) =>
      roles.length === 1 && roles[0]?.role === undefined && groups.every((group) => group.roles.length === 0),
  );
  stage.mutations.revokeUserRole(admin?.id ?? '');

  const ran = await stage.sync(['--full']);

  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
  stage.expectTruth();
});

test('incremental run, full runs: whoever becomes an administrator between the attempts of a full run is in their hidden group at its end', async ({
  makeStage,
}) => {
  const org = { users: 250, groups: 6, groupsPerUser: 2, oktaAdministratorsGroup: true };
  const stage = changing(await makeStage({ org, okta: { latencyMs: 5 } }));
  const child = stage.start(['sync'], { env: { ...SETTINGS, LOOKUPS: 'groups,group-roles,roles' } });
  await expect.poll(() => stage.intake.received.length, SOON).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await child.ended;
  await nextSecond();
  stage.mutations.grantUserRole(uidOf(stage.intake.received[0]?.item ?? {}));

  const ran = await stage.sync([], { ...SETTINGS, LOOKUPS: 'groups,group-roles,roles' });

  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
  const uid = uidOf(stage.intake.received[0]?.item ?? {});
  expect(JSON.stringify(stage.latest().get(uid))).toContain('Okta Administrators');
});

test('incremental run, full runs: what an attempt could not learn before it was killed is asked by the one that goes on', async ({
  makeStage,
}) => {
  const okta = { latencyMs: 5, refuse: [{ template: '/api/v1/users/{id}/factors', status: 403 }] } as const;
  const stage = changing(await makeStage({ org: { users: 120, groups: 10, groupsPerUser: 2 }, okta }));
  const child = stage.start(['sync'], { env: SETTINGS });
  await expect.poll(() => stage.okta.calls.get('/api/v1/users/{id}/factors') ?? 0, SOON).toBe(5);
  child.kill('SIGKILL');
  await child.ended;
  stage.okta.setRefusals([]);
  await nextSecond();

  const ran = await stage.sync([], SETTINGS);

  expect(ran.report.standing).toEqual({ gaps: {}, dead_letters: 0 });
  expect(ran.report.gaps).toEqual({});
  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
  stage.expectTruth();
});

test('incremental run, full runs: polls that take longer than FREQUENCY leave the full run time to read users', async ({
  makeStage,
}) => {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const onRequest = ({ template }: { readonly template: string | undefined }): void => {
    if (template === '/api/v1/logs' || template === '/api/v1/users') ahead += 3_600_000;
  };
  const stage = changing(await makeStage({ org: { users: 60 }, okta: { now, onRequest } }));

  const ran = await stage.run(['sync'], { env: { FREQUENCY: '1200' }, now });

  expect(reportOf(ran)).toMatchObject({ mode: 'full', outcome: 'completed' });
  const polls = stage.okta.calls.get('/api/v1/logs') ?? 0;
  expect(polls).toBeGreaterThan(1);
  expect(polls).toBeLessThan(10);
});

test('incremental run, full runs: a selected user on a later page gets a role that a poll learns of first', async ({
  makeStage,
}) => {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  let onAsked = (): void => undefined;
  const stage = changing(
    await makeStage({
      org: { users: 450 },
      okta: { now, onRequest: ({ template }) => template === '/api/v1/users/{id}/factors' && onAsked() },
    }),
  );
  const user = stage.org.users.findLast(
    ({ status, roles, groups }) =>
      status === 'ACTIVE' && roles.length === 0 && groups.every((group) => group.roles.length === 0),
  );
  let asked = 0;
  onAsked = () => {
    asked += 1;
    if (asked !== 60) return;
    stage.mutations.grantUserRole(user?.id ?? '');
    ahead = 3_600_000;
  };

  const ran = await stage.run(['sync'], { env: { OKTA_USER_SEARCH: 'status eq "ACTIVE"' }, now });

  expect(reportOf(ran)).toMatchObject({ mode: 'full', outcome: 'completed' });
  expect(stage.okta.calls.get('/api/v1/logs')).toBeGreaterThan(1);
  expect(JSON.stringify(stage.latest().get(user?.id ?? ''))).toContain('"Admin"');
});

test('incremental run, full runs: a full run that has listed everybody keeps no mark of users who are not selected', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: { users: 30 } }));
  const selected = { OKTA_USER_SEARCH: 'status eq "ACTIVE"' };
  await stage.sync([], selected);
  const others = stage.org.users.filter(({ status }) => status === 'SUSPENDED');
  for (const { id } of others) stage.mutations.grantUserRole(id);

  await stage.sync(['--full'], selected);

  const inventory = new DatabaseSync(inventoryFile(stage.stateDir), { readOnly: true });
  onTestFinished(() => inventory.close());
  expect(others).not.toEqual([]);
  expect(inventory.prepare('SELECT id, question FROM marks').all()).toEqual([]);
});
