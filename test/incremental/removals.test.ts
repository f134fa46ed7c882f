import { describe, expect } from 'vitest';
import { test, type Stage } from '../whole-job/stage.fixture.ts';
import { changing, uidOf, type ChangingStage } from './changing-stage.fixture.ts';

const LOGS = '/api/v1/logs';
const NO_LOG = { refuse: [{ template: LOGS, status: 403 }] } as const;

function someUsers({ org }: Stage, count: number): readonly string[] {
  return org.users
    .filter(({ status }) => status === 'ACTIVE')
    .slice(0, count)
    .map(({ id }) => id);
}

function remove({ mutations }: ChangingStage, ids: readonly string[]): void {
  for (const id of ids) {
    mutations.deactivate(id);
    mutations.deleteUser(id);
  }
}

function isEnabled(stage: Stage, id: string): unknown {
  const found = stage.intake.received.findLast(({ item }) => uidOf(item) === id)?.item['enrichments'];
  return Array.isArray(found) ? found[0]?.data?.is_enabled : undefined;
}

test('incremental run, removals: a deleted user of whom the log tells is removed by the next run, with a last event', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  await stage.sync();
  const known = stage.latest();
  const [id = ''] = someUsers(stage, 1);
  remove(stage, [id]);

  const ran = await stage.sync();

  expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed', users: { removed: 1 } });
  expect(isEnabled(stage, id)).toBe(false);
  stage.expectTruth(known);
  expect((await stage.sync()).report.users).toMatchObject({ removed: 0, emitted: 0 });
});

test('incremental run, removals: without the log a full run misses the user, and Okta has the last word', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage({ okta: NO_LOG }));
  await stage.sync();
  const [gone = '', deactivated = ''] = someUsers(stage, 2);
  remove(stage, [gone]);
  stage.mutations.deactivate(deactivated);

  const ran = await stage.sync(['--full']);

  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed', users: { removed: 1 } });
  expect(isEnabled(stage, gone)).toBe(false);
  expect(isEnabled(stage, deactivated)).toBe(false);
  expect((await stage.sync(['--full'])).report.users).toMatchObject({ removed: 0, emitted: 0 });
});

describe('incremental run, removals: more gone than MAX_REMOVALS allows', () => {
  const ORG = { users: 200, groups: 6 };

  test.for([
    ['a full run', NO_LOG, ['--full']],
    ['an incremental run', {}, []],
  ] as const)(
    '%s removes nobody, delivers the rest and fails, until that is accepted',
    async ([, okta, argv], { makeStage }) => {
      const stage = changing(await makeStage({ org: ORG, okta }));
      await stage.sync();
      const gone = someUsers(stage, 60);
      remove(stage, gone);
      const [, renamed = ''] = stage.org.users
        .filter(({ status }) => status === 'ACTIVE')
        .map(({ id }) => id);
      stage.mutations.updateProfile(renamed, { displayName: 'Renamed' });

      const refused = await stage.sync(argv);
      const next = await stage.sync();
      const accepted = await stage.sync(['--accept-removals']);

      expect(refused.report).toMatchObject({
        outcome: 'failed',
        error: { code: 'okta_response' },
        users: { removed: 0 },
      });
      expect(refused.users).toEqual([renamed]);
      expect(next.report).toMatchObject({ mode: 'incremental', outcome: 'completed', users: { removed: 0 } });
      expect(next.report.notes).toEqual(
        expect.arrayContaining([expect.stringMatching(/60 users.*--accept-removals/)]),
      );
      expect(next.calls).toBeLessThanOrEqual(4);
      expect(accepted.report).toMatchObject({ outcome: 'completed', users: { removed: 60 } });
      expect(accepted.users).toEqual(gone.toSorted());
      expect((await stage.sync()).report.users).toMatchObject({ removed: 0, emitted: 0 });
    },
  );
});

test('incremental run, removals: who leaves the selection is forgotten without an event', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  const department = 'Selected';
  const chosen = someUsers(stage, 6);
  for (const id of chosen) stage.mutations.updateProfile(id, { department });
  const env = { OKTA_USER_SEARCH: `profile.department eq "${department}"` };
  await stage.sync([], env);
  const [leaving = '', ...staying] = chosen;
  stage.mutations.updateProfile(leaving, { department: 'Elsewhere' });

  const incremental = await stage.sync([], env);
  const full = await stage.sync(['--full'], env);

  expect(incremental.users).toEqual([]);
  expect(full.users).toEqual([]);
  expect(full.report.users).toMatchObject({ listed: staying.length, left_selection: 1, removed: 0 });
});

test('incremental run, removals: of the selection, what moves no stamp is told by the log as well', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage());
  const [id = ''] = someUsers(stage, 1);
  const env = { OKTA_USER_SEARCH: `id eq "${id}"` };
  await stage.sync([], env);
  for (const user of stage.org.users.filter((each) => each.id === id)) {
    const { lastUpdatedAt } = user;
    stage.mutations.lock(id);
    stage.org.changeUser(user, { lastUpdatedAt }, stage.okta.now());
  }

  const ran = await stage.sync([], env);

  expect(ran.users).toEqual([id]);
  expect(isEnabled(stage, id)).toBe(false);
});
