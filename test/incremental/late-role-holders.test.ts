import { describe, expect } from 'vitest';
import { changing } from './changing-stage.fixture.ts';
import { test, type Days } from './days.fixture.ts';

const ASSIGNEES = '/api/v1/iam/assignees/users';
const ROLES = '/api/v1/users/{id}/roles';
/** Nothing is asked again because it is old. */
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };
const FULL_RUNS: Readonly<Record<string, readonly string[]>> = { vouched: [], 'by hand': ['--full'] };

function withoutRoles({ org }: Pick<Days, 'org'>) {
  const user = org.users.find(
    ({ status, roles, groups }) =>
      status === 'ACTIVE' && roles.length === 0 && groups.every((group) => group.roles.length === 0),
  );
  if (user === undefined) throw new Error('everybody holds a role');
  return user;
}

/** Lets the list of role holders be older than the roles of this user. */
function isListedLate({ whileAsked }: Days, user: ReturnType<typeof withoutRoles>): () => void {
  const { roles } = user;
  whileAsked(({ template }) => {
    user.roles = template === ASSIGNEES ? [] : roles;
  });
  return () => {
    whileAsked(() => undefined);
    user.roles = roles;
  };
}

describe('a list of role holders that does not name a user whose own roles are known', () => {
  test.for(Object.entries(FULL_RUNS))('is late: the user is asked (%s)', async ([, argv], { days }) => {
    const stage = await days(60);
    await stage.sync();
    const user = withoutRoles(stage);
    stage.mutations.grantUserRole(user.id);
    await stage.sync();
    const end = isListedLate(stage, user);

    const ran = await stage.nextDay(AS_VOUCHED, argv);

    end();
    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth();
  });

  test('is late when a full run by hand is the first after the grant: the log tells of it', async ({
    days,
  }) => {
    const stage = await days(60);
    await stage.sync();
    const user = withoutRoles(stage);
    stage.mutations.grantUserRole(user.id);
    const end = isListedLate(stage, user);

    const ran = await stage.nextDay(AS_VOUCHED, ['--full']);

    end();
    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth();
  });

  test('costs one call for a role that was revoked without an event, and none from then on', async ({
    days,
  }) => {
    const stage = await days(60);
    await stage.sync();
    const user = stage.org.users.find(({ status, roles }) => status === 'ACTIVE' && roles.length > 0);
    if (user === undefined) throw new Error('no role holder');
    user.roles = [];
    const asked = (): number => stage.okta.calls.get(ROLES) ?? 0;
    const before = asked();

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth();
    expect(asked() - before).toBe(1);
    await stage.nextDay(AS_VOUCHED);
    expect(asked() - before).toBe(1);
  });

  test('costs nothing where the known roles are those of groups, whose holders it never names', async ({
    makeStage,
  }) => {
    const clock = { ahead: 0 };
    const now = (): number => Date.now() + clock.ahead;
    const stage = changing(
      await makeStage({ org: { users: 60 }, okta: { assignees: 'without-group-admins', now } }),
    );
    const user = withoutRoles(stage);
    // Its role makes nobody Admin, so that nothing else spares its members the call.
    const group = user.groups.find(({ members }) => members.length > 1);
    stage.mutations.bindCustomRole({ groupId: group?.id ?? '' });
    await stage.sync();
    stage.mutations.grantUserRole(user.id);
    stage.mutations.revokeUserRole(user.id);
    const asked = (): number => stage.okta.calls.get(ROLES) ?? 0;
    const first = asked();
    await stage.sync();
    const before = asked();
    expect(before - first).toBe(1);
    clock.ahead += 86_400_000;

    const ran = await stage.sync([], { ...AS_VOUCHED, FULL_SYNC_INTERVAL: '1' });

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(asked()).toBe(before);
    stage.expectTruth();
  });
});
