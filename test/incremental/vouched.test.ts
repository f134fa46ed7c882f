import { describe, expect } from 'vitest';
import { makeServiceApp } from '../whole-job/service-app.fixture.ts';
import { changing } from './changing-stage.fixture.ts';
import { test, type Days } from './days.fixture.ts';

describe('a full run that the System Log vouches for', () => {
  test('asks nobody where nothing has changed', async ({ days }) => {
    const stage = await days();
    const first = await stage.sync();

    const second = await stage.nextDay({ VERIFY_ANSWERS: '31536000' });

    expect(second.report).toMatchObject({ mode: 'full', outcome: 'completed', users: { emitted: 0 } });
    expect(first.calls).toBeGreaterThan(120);
    expect(second.calls).toBeLessThanOrEqual(12);
  });

  test('has every user right after changes of all kinds', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    for (const seed of [1, 2, 3, 4]) {
      const known = new Map(stage.latest());
      stage.change(40, seed);
      const ran = await stage.nextDay({ VERIFY_ANSWERS: '31536000' });
      expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
      stage.expectTruth(known, `changes ${seed}`);
    }
  });

  test('counts each answer once, also of users who wait for the directory', async ({ days }) => {
    const stage = await days(120, 10);
    await stage.sync();

    const { users, vouched } = (await stage.nextDay({ VERIFY_ANSWERS: '31536000' })).report;

    expect(vouched?.factors).toEqual({ vouched: users.listed, asked: 0, proven: 0, drift: 0 });
  });

  test('asks everybody by hand, and not with --vouched', async ({ days }) => {
    const stage = await days();
    const first = await stage.sync();

    expect((await stage.sync(['--full', '--vouched'])).calls).toBeLessThanOrEqual(12);
    expect((await stage.sync(['--full'])).calls).toBeGreaterThan(0.9 * first.calls);
    expect((await stage.nextDay({ VERIFY_ANSWERS: '0' })).calls).toBeGreaterThan(0.9 * first.calls);
  });
});

describe('nothing is vouched for', () => {
  const LOGS = '/api/v1/logs';

  test.for<[string, (stage: Days) => Promise<void>, Readonly<Record<string, string>>]>([
    [
      'after a cursor that Okta refused',
      async ({ okta, nextDay }) => {
        okta.setStyle({ refuseCursors: 400 });
        await nextDay({ FULL_SYNC_INTERVAL: '1000000' });
        okta.setStyle({ refuseCursors: undefined });
      },
      {},
    ],
    [
      'after a time in which the log could not be read',
      async ({ okta, nextDay }) => {
        okta.setRefusals([{ template: LOGS, status: 403 }]);
        await nextDay({ FULL_SYNC_INTERVAL: '1000000' });
        okta.setRefusals([]);
      },
      {},
    ],
    ['after 91 days', async ({ pass }) => pass(91), {}],
    ['when LOOKUPS has changed', async () => undefined, { LOOKUPS: 'groups,factors' }],
    [
      'while the log may not be read',
      async ({ okta }) => okta.setRefusals([{ template: LOGS, status: 403 }]),
      {},
    ],
  ])('%s', async ([, happen, env], { days }) => {
    const stage = await days();
    const first = await stage.sync();
    await happen(stage);

    const next = await stage.nextDay({ VERIFY_ANSWERS: '31536000', ...env });

    expect(next.report.mode).toBe('full');
    expect(next.calls).toBeGreaterThan(0.5 * first.calls);
    // From that run on the log vouches again.
    stage.okta.setRefusals([]);
    const after = await stage.nextDay({ VERIFY_ANSWERS: '31536000', ...env });
    if (after.calls > 20) await stage.nextDay({ VERIFY_ANSWERS: '31536000', ...env });
    expect((await stage.nextDay({ VERIFY_ANSWERS: '31536000', ...env })).calls).toBeLessThanOrEqual(20);
  });
});

describe('answers are verified', () => {
  test('one after another, the oldest first, all of them within VERIFY_ANSWERS', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    // As if the log had never told.
    for (const user of stage.org.users) user.factors = user.factors.slice(1);
    const env = { VERIFY_ANSWERS: String(5 * 86_400), FULL_SYNC_INTERVAL: '31536000' };

    const calls = [];
    for (let day = 1; day <= 6; day += 1) {
      const ran = await stage.nextDay(env);
      expect(ran.report.mode).toBe('incremental');
      calls.push(ran.calls);
    }

    stage.expectTruth();
    expect(Math.max(...calls)).toBeLessThan(2 * Math.min(...calls) + 10);
  });

  test('by nobody with VERIFY_ANSWERS=0, beside full runs', async ({ days }) => {
    const stage = await days();
    await stage.sync();

    const ran = await stage.nextDay({ VERIFY_ANSWERS: '0', FULL_SYNC_INTERVAL: '31536000' });

    expect(ran.calls).toBeLessThanOrEqual(8);
  });
});

describe('a change of the enrolment policy makes all factors due', () => {
  const LATER = { FULL_SYNC_INTERVAL: '31536000', VERIFY_ANSWERS: '31536000' };

  test.for([
    'policy.rule.update',
    'policy.lifecycle.activate',
    'security.authenticator.lifecycle.deactivate',
    'system.mfa.factor.deactivate',
    'zone.update',
  ])('at once with POLICY_RECHECK=at-once: %s', async (eventType, { days }) => {
    const stage = await days(60);
    await stage.sync();
    const { users } = stage.mutations.forbidFactor('sms', eventType);

    const ran = await stage.nextDay({ ...LATER, POLICY_RECHECK: 'at-once' });

    expect(users.length).toBeGreaterThan(0);
    expect(ran.report.mode).toBe('incremental');
    stage.expectTruth();
    expect((await stage.nextDay(LATER)).calls).toBeLessThanOrEqual(8);
  });

  test('spread over POLICY_RECHECK, in no run everybody', async ({ days }) => {
    const stage = await days();
    const first = await stage.sync();
    await stage.nextDay(LATER);
    stage.mutations.forbidFactor('sms');

    const calls = [];
    for (let day = 1; day <= 6; day += 1)
      calls.push((await stage.nextDay({ ...LATER, POLICY_RECHECK: String(4 * 86_400) })).calls);

    stage.expectTruth();
    expect(Math.max(...calls)).toBeLessThan(0.6 * first.calls);
  });

  test('but not one of another policy', async ({ days }) => {
    const stage = await days(60);
    await stage.sync();
    await stage.nextDay(LATER);
    stage.mutations.sayPolicy('OKTA_SIGN_ON');

    expect((await stage.nextDay({ ...LATER, POLICY_RECHECK: 'at-once' })).calls).toBeLessThanOrEqual(8);
  });
});

describe("a user's factors become due when the user's groups change", () => {
  test.for(['by-membership', 'own-list'])('known %s', async (way, { days }) => {
    const stage = await days(60);
    if (way === 'own-list') stage.okta.setRefusals([{ template: '/api/v1/groups/{id}/users', status: 403 }]);
    await stage.sync();
    const user = stage.org.users.find(({ status, factors }) => status === 'ACTIVE' && factors.length > 1);
    const group = stage.org.groups.find(
      (each) => each.type === 'OKTA_GROUP' && user !== undefined && !user.groups.includes(each),
    );
    if (user === undefined || group === undefined) throw new Error('the org has none that fits');
    // Another enrolment policy counts for members of this group.
    stage.mutations.addMember(group.id, user.id);
    user.factors = user.factors.slice(1);

    await stage.nextDay({ FULL_SYNC_INTERVAL: '31536000', VERIFY_ANSWERS: '31536000' });

    stage.expectTruth();
  });
});

describe('the factors of the members of a deleted group become due', () => {
  const FACTORS = '/api/v1/users/{id}/factors';
  const MANY = 120;
  const LATER = { FULL_SYNC_INTERVAL: '31536000', VERIFY_ANSWERS: '31536000' };

  /** A group of users of whom nobody is in another such group. Returns what deletes it. */
  function makeTeam({ org, mutations }: Days, at: number): () => void {
    const [id = ''] = mutations.createGroup({ name: `Team ${at}` }).groups;
    const members = org.users
      .filter(({ status, factors }) => status === 'ACTIVE' && factors.length > 0)
      .slice(at * MANY, (at + 1) * MANY);
    if (members.length < MANY) throw new Error('the org is too small');
    for (const user of members) mutations.addMember(id, user.id);
    return () => {
      mutations.deleteGroup(id);
      // Another enrolment policy counts for them now.
      for (const user of members) user.factors = user.factors.slice(1);
    };
  }

  test('over POLICY_RECHECK where they are many, those of each group within its own time', async ({
    days,
  }) => {
    const stage = await days(450);
    const [deleteFirst, deleteSecond] = [makeTeam(stage, 0), makeTeam(stage, 1)];
    await stage.sync();
    const ran: { readonly asked: number; readonly due: number }[] = [];

    for (let day = 1; day <= 7; day += 1) {
      if (day === 1) deleteFirst();
      if (day === 3) deleteSecond();
      const before = stage.okta.calls.get(FACTORS) ?? 0;
      const { report } = await stage.nextDay({ ...LATER, POLICY_RECHECK: String(4 * 86_400) });
      ran.push({ asked: (stage.okta.calls.get(FACTORS) ?? 0) - before, due: report.due?.factors ?? 0 });
    }

    // Each run verifies a few answers, too.
    expect(ran[0]?.due).toBeGreaterThan(MANY - 5);
    // The time of the first group is over on the fifth day, that of the second on the seventh.
    expect(ran[4]?.due).toBeGreaterThan(0);
    expect(ran[4]?.due).toBeLessThanOrEqual(MANY);
    expect(ran[6]?.due).toBe(0);
    expect(Math.max(...ran.map(({ asked }) => asked))).toBeLessThan(MANY);
    stage.expectTruth();
  });
});

describe('a log that forgets events', () => {
  test('is not believed any more once verified answers differ, and the next full run asks everybody', async ({
    days,
  }) => {
    const stage = await days();
    const first = await stage.sync();
    for (const user of stage.org.users) user.factors = user.factors.slice(1);
    const env = { VERIFY_ANSWERS: String(5 * 86_400) };

    const noticed = await stage.nextDay({ ...env, FULL_SYNC_INTERVAL: '31536000' });
    const full = await stage.nextDay(env);

    expect(noticed.report.notes?.at(-1)).toMatch(/not believed for factors: \d+ of \d+/);
    expect(noticed.report.vouched?.factors?.drift).toBeGreaterThanOrEqual(3);
    expect(full.report.vouched?.factors).toMatchObject({ vouched: 0, drift: 0 });
    expect(full.report.vouched?.roles?.asked).toBe(0);
    expect(full.calls).toBeGreaterThan(0.5 * first.calls);
    stage.expectTruth();
    expect((await stage.nextDay({ VERIFY_ANSWERS: '31536000' })).calls).toBeLessThanOrEqual(12);
  });

  test('late is believed: its events are read once more before an answer counts as drift', async ({
    days,
  }) => {
    const stage = await days();
    await stage.sync();
    await stage.nextDay({ FULL_SYNC_INTERVAL: '31536000' });
    const withFactors = stage.org.users.filter(
      ({ status, factors }) => status === 'ACTIVE' && factors.length > 0,
    );
    let left = 20;
    // While the run verifies, the factors of users whom it has not asked yet are reset.
    stage.whileAsked(() => {
      const user = withFactors.pop();
      if (left > 0 && user !== undefined) stage.mutations.resetFactors(user.id);
      left -= 1;
    });

    const ran = await stage.nextDay({ FULL_SYNC_INTERVAL: '31536000', VERIFY_ANSWERS: String(2 * 86_400) });

    expect(ran.report.vouched?.factors).toMatchObject({ drift: 0 });
    expect(ran.report.vouched?.factors?.proven).toBeGreaterThan(10);
  });
});

test('nothing is vouched for once Okta grants other scopes', async ({ makeStage }) => {
  const all = ['okta.users.read', 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];
  const { oauth, env } = makeServiceApp({
    grantedScopes: all.filter((scope) => scope !== 'okta.roles.read'),
  });
  const stage = changing(await makeStage({ org: { users: 60 }, okta: { oauth } }));
  const full = ['--full', '--vouched'];
  const first = await stage.sync([], env);
  const second = await stage.sync(full, env);
  Object.assign(oauth, { grantedScopes: all });

  const granted = await stage.sync(full, env);

  expect(second.calls).toBeLessThan(0.5 * first.calls);
  expect(granted.report.vouched?.factors).toMatchObject({ vouched: 0 });
  stage.expectTruth();
  expect((await stage.sync(full, env)).report.vouched?.factors).toMatchObject({ asked: 0 });
});
