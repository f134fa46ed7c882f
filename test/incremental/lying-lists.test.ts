import { describe, expect } from 'vitest';
import { test } from '../hostile/meddler.fixture.ts';
import type { Meddle, Passing } from '../hostile/meddler.ts';
import type { Stage, StageOptions } from '../whole-job/stage.fixture.ts';
import { changing, uidOf, type ChangingStage } from './changing-stage.fixture.ts';

const NO_LOG = { template: '/api/v1/logs', status: 403 } as const;
const USER = '/api/v1/users/{id}';

function orgOf(users: number): StageOptions {
  return {
    org: { users, deprovisionedShare: 0 },
    okta: { rates: { limits: 1e9, windowSeconds: 1 }, refuse: [NO_LOG] },
  };
}

/** From then on the list shows these users alone, as if there were no others. */
function listing(shown: ReadonlySet<string> | undefined, { path, body }: Passing): Partial<Passing> {
  if (shown === undefined || !path.startsWith('/api/v1/users?')) return {};
  const users: readonly { readonly id: string }[] = JSON.parse(body);
  return { body: JSON.stringify(users.filter(({ id }) => shown.has(id))) };
}

/** Okta as it is, until it is told to hide all but some of its users. */
function hiding({ okta }: Stage) {
  let shown: ReadonlySet<string> | undefined;
  const meddle: Meddle = (passing) => listing(shown, passing);
  return {
    meddle,
    /** The list shows `ids` alone, and Okta answers 404 for all others. */
    showOnly: (ids: readonly string[], statusOfOthers = 404): void => {
      const only = new Set(ids);
      shown = only;
      const refusal = { template: USER, only: (id: string) => !only.has(id), status: statusOfOthers };
      okta.setRefusals(statusOfOthers === 200 ? [NO_LOG] : [NO_LOG, refusal]);
    },
  };
}

function idsOf({ org }: Pick<Stage, 'org'>): readonly string[] {
  return org.users.map(({ id }) => id);
}

function disabledIn({ intake }: Stage): readonly string[] {
  return [...intake.latestByUid()].flatMap(([id, { enrichments }]) =>
    Array.isArray(enrichments) && enrichments[0]?.data?.is_enabled === false ? [id] : [],
  );
}

function remove({ mutations }: ChangingStage, ids: readonly string[]): void {
  for (const id of ids) {
    mutations.deactivate(id);
    mutations.deleteUser(id);
  }
}

describe('incremental run, lying lists: a list that lies, and a 404 for each user that it hides', () => {
  test.for([
    [45, 0, /^Okta's list of users is empty, and Okta answers 404 for 45 of 45 known users$/],
    [60, 12, /^48 of 60 known users are missing from Okta, over half; /],
    [45, 40, /^Okta answers 404 for 5 of 45 known users at once, more than MAX_REMOVALS=10% allows$/],
    [12, 8, /^Okta answers 404 for 4 of 12 known users at once, /],
    [2, 0, /^Okta's list of users is empty, /],
  ] as const)(
    'of %i users that shows %i removes nobody and fails, until that is accepted',
    async ([users, count, message], { makeStage, meddleWith }) => {
      const stage = await makeStage(orgOf(users));
      const { meddle, showOnly } = hiding(stage);
      const { sync, mutations } = changing(stage);
      const env = { OKTA_BASE_URL: (await meddleWith(stage.okta.url, meddle)).url };
      await sync([], env);
      const disabledBefore = disabledIn(stage);
      const shown = idsOf(stage).slice(0, count);
      showOnly(shown);
      for (const id of shown.slice(0, 1)) mutations.updateProfile(id, { displayName: 'Renamed' });

      const refused = await stage.run(['sync', '--full'], { env });
      const report = JSON.parse(refused.stdout);
      const sentMeanwhile = disabledIn(stage);
      const renamed = stage.intake.latestByUid().get(shown[0] ?? '');
      const next = await sync([], env);
      const accepted = await sync(['--accept-removals'], env);
      const after = await sync(['--full'], env);

      expect(refused.code).toBe(1);
      expect(report).toMatchObject({
        outcome: 'failed',
        mode: 'full',
        users: { listed: count, removed: 0 },
        error: { code: 'okta_response', message: expect.stringMatching(message) },
      });
      expect(report.error.hint).toContain('`okta-ocsf sync --accept-removals`');
      expect(sentMeanwhile).toEqual(disabledBefore);
      expect(JSON.stringify(renamed ?? 'Renamed')).toContain('Renamed');
      expect(next.report).toMatchObject({ mode: 'incremental', outcome: 'completed', users: { removed: 0 } });
      expect(next.report.notes).toContainEqual(
        expect.stringMatching(new RegExp(`^${users - count} users .*--accept-removals`)),
      );
      expect(accepted.report).toMatchObject({ outcome: 'completed', users: { removed: users - count } });
      expect(accepted.users).toEqual(idsOf(stage).slice(count).toSorted());
      expect(after.report).toMatchObject({ outcome: 'completed', users: { removed: 0 } });
    },
  );

  test('whose users still exist one by one disables nobody, and doubts the one who does not', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = await makeStage(orgOf(20));
    const { meddle, showOnly } = hiding(stage);
    const own = changing(stage);
    const env = { OKTA_BASE_URL: (await meddleWith(stage.okta.url, meddle)).url };
    await own.sync([], env);
    const before = disabledIn(stage);
    remove(own, idsOf(stage).slice(0, 1));
    showOnly(idsOf(stage).slice(0, 5), 200);

    const { report } = await own.sync(['--full'], env);

    expect(report).toMatchObject({ outcome: 'failed', users: { listed: 5, removed: 0 } });
    expect(report.error?.message).toMatch(/^15 of 20 known users are missing/);
    expect(disabledIn(stage)).toEqual(before);
  });

  test('in a full run that goes on after it was cut off removes nobody either', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = await makeStage(orgOf(45));
    const { meddle, showOnly } = hiding(stage);
    const { sync } = changing(stage);
    const env = { OKTA_BASE_URL: (await meddleWith(stage.okta.url, meddle)).url };
    await sync([], env);
    stage.okta.setRefusals([NO_LOG, { template: '/api/v1/users', status: 403 }]);
    const cut = await sync(['--full'], env);
    showOnly([]);

    const resumed = await sync([], env);

    expect(cut.report).toMatchObject({ outcome: 'failed', error: { code: 'okta_forbidden' } });
    expect(resumed.report).toMatchObject({ outcome: 'failed', mode: 'full', users: { removed: 0 } });
    expect(resumed.report.error?.message).toMatch(/list of users is empty/);
  });
});

describe('incremental run, lying lists: few who are really deleted', () => {
  test.for([
    [12, 1, ['--full']],
    [45, 3, ['--full']],
    [45, 4, ['--full']],
    [12, 1, []],
    [45, 3, []],
  ] as const)('of %i users %i are removed at once: %j', async ([users, count, argv], { makeStage }) => {
    const { org, okta } = orgOf(users);
    const stage = changing(
      await makeStage(argv.length > 0 ? orgOf(users) : { org, okta: { ...okta, refuse: [] } }),
    );
    await stage.sync();
    const gone = idsOf(stage).slice(0, count);
    remove(stage, gone);

    const ran = await stage.sync(argv);

    expect(ran.report).toMatchObject({ outcome: 'completed', users: { removed: count } });
    expect(ran.users).toEqual(gone.toSorted());
  });

  test('five of 45 of whom the log tells wait to be accepted, and the rest is delivered', async ({
    makeStage,
  }) => {
    const stage = changing(await makeStage({ org: { users: 45, deprovisionedShare: 0 } }));
    await stage.sync();
    const gone = idsOf(stage).slice(0, 5);
    const [renamed = ''] = idsOf(stage).slice(10);
    remove(stage, gone);
    stage.mutations.updateProfile(renamed, { displayName: 'Renamed' });

    const refused = await stage.sync();
    const accepted = await stage.sync(['--accept-removals']);

    expect(refused.report).toMatchObject({ outcome: 'failed', mode: 'incremental', users: { removed: 0 } });
    expect(refused.users).toEqual([renamed]);
    expect(accepted.report).toMatchObject({ outcome: 'completed', users: { removed: 5 } });
    expect(accepted.users).toEqual(gone.toSorted());
  });
});

test('incremental run, lying lists: everybody really deleted is believed once that is accepted, and an org without users is no failure', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage(orgOf(8)));
  await stage.sync();
  const everybody = idsOf(stage);
  remove(stage, everybody);

  const refused = await stage.sync(['--full']);
  const accepted = await stage.sync(['--full', '--accept-removals']);
  const empty = await stage.sync(['--full']);

  expect(refused.report).toMatchObject({ outcome: 'failed', users: { removed: 0 } });
  expect(accepted.report).toMatchObject({ mode: 'full', outcome: 'completed', users: { removed: 8 } });
  expect(accepted.users).toEqual(everybody.toSorted());
  expect(empty.report).toMatchObject({ outcome: 'completed', users: { listed: 0, removed: 0 } });
});

test('incremental run, lying lists: users who leave the selection are no removals, however many, and one who is gone beside them is one', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage(orgOf(12)));
  const everybody = idsOf(stage);
  for (const id of everybody) stage.mutations.updateProfile(id, { department: 'Selected' });
  const env = { OKTA_USER_SEARCH: 'profile.department eq "Selected"' };
  await stage.sync([], env);
  const [gone = '', ...leaving] = everybody;
  remove(stage, [gone]);
  for (const id of leaving) stage.mutations.updateProfile(id, { department: 'Elsewhere' });

  const ran = await stage.sync(['--full'], env);

  expect(ran.report).toMatchObject({ outcome: 'completed', users: { removed: 1, left_selection: 11 } });
  expect(ran.users).toEqual([gone]);
});

test('incremental run, lying lists: users who were deactivated are delivered as disabled, however many, and are no removals', async ({
  makeStage,
}) => {
  const stage = changing(await makeStage(orgOf(20)));
  await stage.sync();
  const everybody = idsOf(stage);
  for (const id of everybody.slice(0, 15)) stage.mutations.deactivate(id);

  const ran = await stage.sync(['--full']);

  expect(ran.report).toMatchObject({ outcome: 'completed', users: { removed: 0 } });
  expect(ran.users).toEqual(everybody.slice(0, 15).toSorted());
  expect(disabledIn(stage)).toEqual(expect.arrayContaining(everybody.slice(0, 15)));
});

test('incremental run, lying lists: a dry run of an empty list ends like any other', async ({
  makeStage,
  meddleWith,
}) => {
  const stage = await makeStage(orgOf(8));
  const { meddle, showOnly } = hiding(stage);
  const env = { OKTA_BASE_URL: (await meddleWith(stage.okta.url, meddle)).url };
  await stage.run(['sync'], { env });
  showOnly([]);

  const ended = await stage.run(['dry-run'], { env });

  expect([ended.code, ended.stdout]).toEqual([0, '']);
  expect(stage.intake.received.map(({ item }) => uidOf(item))).toHaveLength(8);
});
