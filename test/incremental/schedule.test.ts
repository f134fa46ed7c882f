import { expect } from 'vitest';
import { z } from 'zod';
import { test } from '../whole-job/stage.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

test('incremental run, schedule: --incremental without a full run is a full one, and says so', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());

  const first = await stage.sync(['--incremental']);
  const next = await stage.sync(['--incremental']);

  expect(first.report).toMatchObject({
    mode: 'full',
    notes: [expect.stringMatching(/no full run has ended/)],
  });
  expect(next.report.mode).toBe('incremental');
});

test('incremental run, schedule: a full run is due when FULL_SYNC_INTERVAL has passed since the end of the last', async ({
  makeStage,
}) => {
  let now = Date.now();
  const stage = changing(await makeStage({ okta: { now: () => now } }));
  await stage.sync();
  now += 86_000_000;

  expect((await stage.sync()).report.mode).toBe('incremental');
  now += 500_000;
  expect((await stage.sync()).report.mode).toBe('full');
  expect((await stage.sync(['--full'])).report.mode).toBe('full');
});

test('incremental run, schedule: a setting that decides what is said sends every event again, without a call about a user', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  await stage.sync();
  const users = stage.latest().size;

  const ran = await stage.sync([], { MFA_RULE: 'strong' });

  expect(ran.report).toMatchObject({ mode: 'incremental', users: { emitted: users } });
  expect(ran.calls).toBeLessThanOrEqual(4);
  expect((await stage.sync([], { MFA_RULE: 'strong' })).users).toEqual([]);
});

test('incremental run, schedule: another ORG_LABEL is said of every user by the next run, where the dialect carries it', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  const env = { DIALECT: 'ocsf-1.6.0', ORG_LABEL: 'before' };
  await stage.sync([], env);
  const users = stage.latest().size;
  const renamed = { ...env, ORG_LABEL: 'after' };

  const ran = await stage.sync([], renamed);

  expect(ran.report).toMatchObject({ mode: 'incremental', users: { emitted: users } });
  const events = [...stage.latest().values()];
  expect(events.filter((event) => !JSON.stringify(event).includes('"labels":["after"]'))).toEqual([]);
  expect((await stage.sync([], renamed)).users).toEqual([]);
  expect((await stage.sync([], { ...env, DIALECT: 'sekoia' })).users).toHaveLength(users);
  expect((await stage.sync([], { ...renamed, DIALECT: 'sekoia' })).users).toEqual([]);
});

test('incremental run, schedule: a shorter MAX_ANSWER_AGE ends what a last known answer said, without waiting for a change of the user', async ({
  makeStage,
}) => {
  let now = Date.now();
  const stage = changing(await makeStage({ okta: { now: () => now } }));
  await stage.sync();
  now += 7_200_000;
  stage.okta.setRefusals([{ template: '/api/v1/users/{id}/factors', status: 403 }]);
  await stage.sync(['--full']);
  const hasMfa = (): number =>
    [...stage.latest().values()].filter((event) => JSON.stringify(event).includes('has_mfa')).length;
  expect(hasMfa()).toBeGreaterThan(0);

  const { report } = await stage.sync([], { MAX_ANSWER_AGE: '3600' });

  expect(report.mode).toBe('incremental');
  expect(hasMfa()).toBe(0);
});

const ROLE_LIST = z.object({
  user: z.object({ uid: z.string() }),
  enrichments: z.array(z.looseObject({ type: z.string(), data: z.unknown() })),
});

function roleLists(events: readonly unknown[]): ReadonlyMap<string, unknown> {
  const read = events.map((event) => ROLE_LIST.parse(event));
  return new Map(
    read.map(({ user, enrichments }) => [
      user.uid,
      enrichments.find(({ type }) => type === 'admin_roles')?.data,
    ]),
  );
}

test('incremental run, schedule: a dialect that lists roles asks those who were spared because a group made them Admin', async ({
  makeStage,
}) => {
  const stage = changing(
    await makeStage({ org: { users: 60, admins: 20, adminGroups: 3, groupsPerUser: 3 } }),
  );
  await stage.sync();
  const env = { DIALECT: 'ocsf-1.6.0' };

  expect((await stage.sync([], env)).report.mode).toBe('incremental');

  const { stdout } = await stage.run(['dry-run'], { env });
  const lines = stdout.trimEnd().split('\n');
  const fresh = roleLists(lines.map((line): unknown => JSON.parse(line)));
  expect(roleLists([...stage.latest().values()])).toEqual(fresh);
  expect(await stage.sync([], env)).toMatchObject({ users: [] });
});

test('incremental run, schedule: a setting that decides what is read makes the next run full', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  await stage.sync([], { LOOKUPS: 'groups' });

  expect((await stage.sync()).report).toMatchObject({ mode: 'full', outcome: 'completed' });
  stage.expectTruth();
});

test('incremental run, schedule: RESEND_INTERVAL sends all events again with a full run, once', async ({
  makeStage,
}) => {
  let now = Date.now();
  const stage = changing(await makeStage({ okta: { now: () => now } }));
  await stage.sync();
  const users = stage.latest().size;
  const env = { RESEND_INTERVAL: '3600' };
  now += 3_600_000;

  expect((await stage.sync(['--incremental'], env)).users).toEqual([]);
  expect((await stage.sync(['--full'], env)).users).toHaveLength(users);
  expect((await stage.sync(['--full'], env)).users).toEqual([]);
});
