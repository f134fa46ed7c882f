import { describe, expect } from 'vitest';
import { expectedSekoiaEvent } from '../truth.ts';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { differences } from '../whole-job/said.fixture.ts';
import { changing } from './changing-stage.fixture.ts';
import { killAt, test, type Days } from './days.fixture.ts';

const MEMBERS = '/api/v1/groups/{id}/users';
const LOGS = '/api/v1/logs';
/** Nothing is asked again because it is old. */
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };

describe('answers to other LOOKUPS are not believed', () => {
  test('though the run that was to ask all of them was killed before it had read the log', async ({
    days,
  }) => {
    const stage = await days();
    await stage.sync([], { LOOKUPS: 'groups' });
    await killAt(stage, LOGS, 1);

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.calls).toBeGreaterThan(100);
    stage.expectTruth();
  });

  test('nor by a full run that was interrupted before an incremental run with them', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    await killAt(stage, '/api/v1/groups', 1, ['sync', '--full']);
    const known = stage.latest();
    stage.change(40, 1);
    await stage.sync(['--incremental'], { LOOKUPS: 'groups' });

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth(known);
  });
});

describe('a lookup for which the log is not believed beside an interrupted full run', () => {
  test('is asked of everybody by a full run that began after that', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    await killAt(stage, '/api/v1/users/{id}/factors', 60, ['sync', '--full']);
    // The log never tells of this.
    for (const user of stage.org.users) user.factors = user.factors.slice(1);
    const env = { VERIFY_ANSWERS: String(4 * 86_400), MAX_DRIFT: '1%' };
    const lost = await stage.nextDay(env, ['--incremental']);

    const goneOn = await stage.nextDay(AS_VOUCHED);
    const next = await stage.nextDay(AS_VOUCHED);

    expect(lost.report.notes).toContainEqual(expect.stringMatching(/not believed for factors/));
    expect(goneOn.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(goneOn.report.notes).toContainEqual(expect.stringMatching(/the next full run asks everybody/));
    expect(next.report).toMatchObject({ mode: 'full', vouched: { factors: { vouched: 0 } } });
    stage.expectTruth();
    expect((await stage.nextDay(AS_VOUCHED)).report.vouched?.factors?.asked).toBe(0);
  });
});

/** An active user in several groups, one of which is chosen. */
function memberOfSeveral({ org }: Days) {
  const user = org.users.find(
    ({ status, groups }) =>
      status === 'ACTIVE' && groups.filter(({ type }) => type === 'OKTA_GROUP').length > 1,
  );
  const group = user?.groups.find(({ type }) => type === 'OKTA_GROUP');
  if (user === undefined || group === undefined) throw new Error('the org has no such user');
  return { user, group };
}

function wrongAbout({ org, latest }: Pick<Days, 'org' | 'latest'>, userId: string): readonly string[] {
  return differences(latest().get(userId), expectedSekoiaEvent(org, userId), userId);
}

describe('a user who was not selected for a time is read with all groups', () => {
  test('where groups are read by their members, and none but the selecting one has moved', async ({
    days,
  }) => {
    const stage = await days();
    const { user, group } = memberOfSeveral(stage);
    const env = { ...AS_VOUCHED, INCLUDE_GROUPS: group.id };
    await stage.sync([], env);
    stage.mutations.removeMember(group.id, user.id);
    const without = await stage.nextDay(env);
    stage.mutations.addMember(group.id, user.id);

    const ran = await stage.nextDay(env);

    expect(without.report.users.left_selection).toBe(1);
    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(wrongAbout(stage, user.id)).toEqual([]);
    expect((await stage.nextDay(env)).users).toEqual([]);
  });
});

/** The settings while the user is in and while not, and what makes the user leave and rejoin. */
interface Flip {
  readonly inside: Readonly<Record<string, string>>;
  readonly outside?: Readonly<Record<string, string>>;
  readonly leave?: 'suspend' | 'deactivate';
  readonly rejoin?: 'unsuspend' | 'reactivate';
}

describe('a user who leaves the selection and comes back is read anew', () => {
  const BOTH = 'ACTIVE,SUSPENDED';
  const ACTIVE = 'status eq "ACTIVE"';

  test.for<[string, Flip]>([
    ['by a status', { inside: { STATUSES: 'ACTIVE' }, leave: 'suspend', rejoin: 'unsuspend' }],
    [
      'by STATUSES to and fro',
      { inside: { STATUSES: BOTH }, outside: { STATUSES: 'ACTIVE' }, leave: 'suspend' },
    ],
    ['by a search', { inside: { OKTA_USER_SEARCH: ACTIVE }, leave: 'suspend', rejoin: 'unsuspend' }],
    [
      'by OKTA_USER_SEARCH to and fro',
      {
        inside: { OKTA_USER_SEARCH: 'status eq "ACTIVE" or status eq "SUSPENDED"' },
        outside: { OKTA_USER_SEARCH: ACTIVE },
        leave: 'suspend',
      },
    ],
    [
      'by INCLUDE_DEPROVISIONED to and fro, deactivated',
      {
        inside: { INCLUDE_DEPROVISIONED: 'true' },
        outside: { INCLUDE_DEPROVISIONED: 'false' },
        leave: 'deactivate',
      },
    ],
    [
      'by INCLUDE_DEPROVISIONED to and fro, deactivated and back',
      {
        inside: { INCLUDE_DEPROVISIONED: 'true' },
        outside: { INCLUDE_DEPROVISIONED: 'false' },
        leave: 'deactivate',
        rejoin: 'reactivate',
      },
    ],
  ])('%s', async ([, { inside, outside = inside, leave, rejoin }], { days }) => {
    const stage = await days(60);
    const { user, group } = memberOfSeveral(stage);
    const other = stage.org.groups.find(
      ({ type, id }) => type === 'OKTA_GROUP' && !user.groups.some((each) => each.id === id),
    );
    await stage.sync([], { ...AS_VOUCHED, ...inside });
    if (leave !== undefined) stage.mutations[leave](user.id);
    await stage.nextDay({ ...AS_VOUCHED, ...outside });
    // All this happens while nobody looks.
    stage.mutations.resetFactors(user.id);
    if (leave !== 'deactivate') {
      stage.mutations.removeMember(group.id, user.id);
      stage.mutations.addMember(other?.id ?? '', user.id);
    }
    await stage.nextDay({ ...AS_VOUCHED, ...outside });
    if (rejoin !== undefined) stage.mutations[rejoin](user.id);

    const back = await stage.nextDay({ ...AS_VOUCHED, ...inside });

    expect(back.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(wrongAbout(stage, user.id)).toEqual([]);
    expect((await stage.nextDay({ ...AS_VOUCHED, ...inside })).users).toEqual([]);
  });
});

describe('a group that does not let its members be listed', () => {
  test('makes everybody tell the own list of groups, named by the log or not', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    const [id = ''] = stage.mutations.createGroup({ name: 'Imported', type: 'APP_GROUP' }).groups;
    stage.okta.setRefusals([{ template: MEMBERS, only: (each) => each === id, status: 403 }]);
    // Half of what an import does stands in no log.
    for (const user of stage.org.users.slice(0, 20)) stage.mutations.addMember(id, user.id);

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.report.notes).toContainEqual(expect.stringMatching(/Imported .* every user .* own list/));
    stage.expectTruth();
    expect((await stage.nextDay(AS_VOUCHED)).calls).toBeLessThanOrEqual(12);
  });

  test('leaves no gap in a full run amid which a poll finds that it has changed', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    const [id = ''] = stage.mutations.createGroup({ name: 'Imported', type: 'APP_GROUP' }).groups;
    stage.okta.setRefusals([{ template: MEMBERS, only: (each) => each === id, status: 403 }]);
    stage.mutations.addMember(id, stage.org.users[0]?.id ?? '');
    stage.okta.setStyle({ retentionDays: 0 });
    stage.pass(1);
    const asked = (): number => stage.okta.calls.get('/api/v1/logs') ?? 0;
    const before = asked();
    let factors = 0;
    stage.whileAsked(({ template }) => {
      if (template === '/api/v1/users/{id}/factors' && (factors += 1) === 20) stage.pass(0.1);
    });

    const ran = await stage.run(['sync', '--full'], { env: { VERIFY_ANSWERS: '0' }, now: stage.okta.now });

    expect(asked() - before).toBeGreaterThan(1);
    expect(reportOf(ran)).toMatchObject({ mode: 'full', outcome: 'completed', gaps: {} });
    stage.expectTruth();
  });

  test('is named by a note where only those are asked whom the log names', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    const [first = '', second = ''] = ['First', 'Second'].map(
      (name) => stage.mutations.createGroup({ name, type: 'APP_GROUP' }).groups[0] ?? '',
    );
    stage.okta.setRefusals([{ template: MEMBERS, only: (id) => id === first, status: 403 }]);
    const [user, other] = stage.org.users.filter(({ status }) => status === 'ACTIVE');
    stage.mutations.addMember(first, user?.id ?? '');
    const asksAll = await stage.nextDay(AS_VOUCHED);
    expect(asksAll.report).toMatchObject({ outcome: 'completed', gaps: {}, standing: { gaps: {} } });
    stage.okta.setRefusals([{ template: MEMBERS, status: 403 }]);
    stage.mutations.addMember(second, other?.id ?? '');

    const { report, calls } = await stage.nextDay(AS_VOUCHED);

    expect(report.notes).toContainEqual(
      expect.stringMatching(/Second .* only users whom the System Log names/),
    );
    expect(wrongAbout(stage, other?.id ?? '')).toEqual([]);
    expect(calls).toBeLessThanOrEqual(20);
  });
});

describe('a full run that goes on and has read the members of a large group', () => {
  test('reads them again when a user came whom it has not read yet', async ({ makeStage }) => {
    let onRequest = (_template: string): void => undefined;
    const stage = changing(
      await makeStage({
        org: { users: 1150, groups: 3, groupsPerUser: 1, admins: 1 },
        okta: { onRequest: ({ template }) => onRequest(template) },
      }),
    );
    const { org, mutations } = stage;
    const [id = ''] = mutations.createGroup({ name: 'Large', type: 'OKTA_GROUP' }).groups;
    const late = org.users.findLast(({ status }) => status === 'ACTIVE');
    if (late === undefined) throw new Error('the org has no such user');
    for (const user of org.users) if (user !== late) mutations.addMember(id, user.id);
    const child = stage.start(['sync']);
    let asked = 0;
    onRequest = (template) => {
      if (template === '/api/v1/users/{id}/factors' && (asked += 1) >= 300) child.kill('SIGKILL');
    };
    await child.ended;
    onRequest = () => undefined;
    mutations.addMember(id, late.id);

    const { report } = await stage.sync();

    expect(report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(report.vouched?.factors?.asked).toBeLessThan(1000);
    expect(wrongAbout(stage, late.id)).toEqual([]);
  });
});
