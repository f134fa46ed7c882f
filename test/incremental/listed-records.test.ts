import { expect } from 'vitest';
import { test, type Stage } from '../whole-job/stage.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

/** So many groups that the directory is there in the middle of a page of users. */
const MANY = { users: 900, groups: 40, groupsPerUser: 2 };
const SOME = { users: 60, groups: 8, groupsPerUser: 2, deprovisionedShare: 0.2 };
/** Without the log, which would have them read once more at the end. */
const slow = { latencyMs: [2, 20], refuse: [{ template: '/api/v1/logs', status: 403 }] } as const;

/** The users whose newest event lacks this text. */
function without({ intake }: Stage, text: string): string[] {
  return [...intake.latestByUid()]
    .filter(([, event]) => !JSON.stringify(event).includes(text))
    .map(([id]) => id);
}

test('incremental run, listed records: a full run delivers the record that it has listed, whenever the directory is ready', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: MANY, okta: slow }));
  await stage.sync();
  const { org, mutations } = stage;
  for (const { id, status } of org.users.filter((user) => user.status !== 'DEPROVISIONED')) {
    if (status === 'ACTIVE' && id.charCodeAt(id.length - 1) % 2 === 0) mutations.suspend(id);
    else mutations.updateProfile(id, { displayName: `Renamed ${id}` });
  }

  const { report } = await stage.sync(['--full']);

  expect(report).toMatchObject({ mode: 'full', outcome: 'completed' });
  stage.expectTruth();
  expect(report.users.emitted).toBe(report.users.listed);
});

test('incremental run, listed records: what a setting keeps from now on reaches every user with the full run that it comes with', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: MANY, okta: slow }));
  const env = { DIALECT: 'ocsf-1.6.0' };
  await stage.sync([], env);

  const { report } = await stage.sync(['--full'], { ...env, RAW_DATA: 'true' });

  expect(report).toMatchObject({ mode: 'full', outcome: 'completed' });
  expect(without(stage, '"raw_data"')).toEqual([]);
});

test.for(['--incremental', '--full'])(
  'incremental run, listed records: what a setting keeps from now on reaches known users who are deactivated, too: %s',
  async (mode, { makeStage }) => {
    let now = Date.now();
    const stage = changing(await makeStage({ org: SOME, okta: { now: () => now } }));
    const env = { DIALECT: 'ocsf-1.6.0' };
    await stage.sync([], env);
    for (const { id } of stage.org.users.filter(({ status }) => status === 'ACTIVE').slice(0, 5))
      stage.mutations.deactivate(id);
    await stage.sync([], env);
    const known = stage.latest().size;
    // By then nobody is listed because of a change.
    now += 3_600_000;
    await stage.sync([], env);

    const { report } = await stage.sync([mode], { ...env, RAW_DATA: 'true' });

    expect(report.outcome).toBe('completed');
    expect(without(stage, '"raw_data"')).toEqual([]);
    // Deactivated users of whom the inventory knew nothing stay unknown.
    expect(stage.latest().size).toBe(known);
  },
);

test('incremental run, listed records: a full run that was killed before its end leaves the rest of the relisting to the next run of either kind', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ org: { users: 400, groups: 8, groupsPerUser: 2 } }));
  const env = { DIALECT: 'ocsf-1.6.0' };
  await stage.sync([], env);
  const all = { ...env, RAW_DATA: 'true' };
  stage.okta.setRefusals([{ template: '/api/v1/users', status: 500 }]);
  const failed = await stage.run(['sync', '--full'], { env: all, sleepsFaster: 100 });
  expect(failed.code).toBe(1);
  stage.okta.setRefusals([]);

  const { report } = await stage.sync(['--incremental'], all);

  expect(report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
  expect(without(stage, '"raw_data"')).toEqual([]);
});
