import { describe, expect } from 'vitest';
import type { OktaServerOptions } from '../../src/simulator/index.ts';
import { changing } from './changing-stage.fixture.ts';
import { test, type Days } from './days.fixture.ts';

const ROLES = '/api/v1/users/{id}/roles';
/** Nothing is asked again because it is old. */
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };

/** A group of three active users through whom nobody holds a role yet. */
function makeTeam({ org, mutations }: Pick<Days, 'org' | 'mutations'>) {
  const [groupId = ''] = mutations.createGroup({ name: 'Team' }).groups;
  const members = org.users
    .filter(({ status, roles }) => status === 'ACTIVE' && roles.length === 0)
    .filter(({ groups }) => groups.every(({ roles }) => roles.length === 0))
    .slice(0, 3);
  for (const { id } of members) mutations.addMember(groupId, id);
  const [first] = members;
  if (first === undefined) throw new Error('everybody holds a role');
  // Its role makes nobody Admin, so that nothing else spares its members a call.
  return { members, first, bindRole: () => mutations.bindCustomRole({ groupId }) };
}

const ROLE = {
  id: 'ra1-silent',
  label: 'Help Desk Administrator',
  type: 'HELP_DESK_ADMIN',
  status: 'ACTIVE',
  createdAt: 0,
  role: undefined,
  resourceSet: undefined,
} as const;

function rolesAsked({ okta }: Pick<Days, 'okta'>): () => number {
  let last = okta.calls.get(ROLES) ?? 0;
  return () => {
    const before = last;
    last = okta.calls.get(ROLES) ?? 0;
    return last - before;
  };
}

describe('users whom the list of role holders names because their group has come to hold a role', () => {
  test('are not asked for roles, day after day', async ({ days }) => {
    const stage = await days(60);
    const { bindRole } = makeTeam(stage);
    await stage.sync();
    bindRole();
    const asked = rolesAsked(stage);

    for (const day of [1, 2]) {
      const ran = await stage.nextDay(AS_VOUCHED);

      expect({ day, mode: ran.report.mode, asked: asked() }).toEqual({ day, mode: 'full', asked: 0 });
      stage.expectTruth();
    }
  });

  test('are asked when the log tells of a role of their own', async ({ days }) => {
    const stage = await days(60);
    const { first, bindRole } = makeTeam(stage);
    await stage.sync();
    bindRole();
    stage.mutations.grantUserRole(first.id);
    const asked = rolesAsked(stage);

    await stage.nextDay(AS_VOUCHED);

    expect(asked()).toBe(1);
    stage.expectTruth();
  });

  test('are asked in the last full run before VERIFY_ANSWERS, or earlier, though the log tells nothing', async ({
    days,
  }) => {
    const stage = await days(60);
    const { members, first, bindRole } = makeTeam(stage);
    await stage.sync();
    bindRole();
    first.roles = [ROLE];
    const asked = rolesAsked(stage);
    // Full runs are a day apart, so the third one is the last before an answer is so old.
    const verified = { VERIFY_ANSWERS: String(3 * 86_400 + 79_000), FULL_SYNC_INTERVAL: '80000' };

    for (let day = 1; day <= 3; day += 1) await stage.nextDay(verified);

    expect(asked()).toBeGreaterThanOrEqual(members.length);
    stage.expectTruth();
  });

  test('are asked where nothing vouches for what was known', async ({ days }) => {
    const stage = await days(60);
    const { members, bindRole } = makeTeam(stage);
    await stage.sync();
    bindRole();
    const asked = rolesAsked(stage);

    await stage.nextDay({ VERIFY_ANSWERS: '0' });

    expect(asked()).toBeGreaterThanOrEqual(members.length);
    stage.expectTruth();
  });
});

describe('a list of role holders that names nobody for the roles of groups', () => {
  test('names a member with a role of their own, which no event told: that one is asked', async ({
    makeStage,
  }) => {
    const clock = { ahead: 0 };
    const okta: Partial<OktaServerOptions> = {
      assignees: 'without-group-admins',
      now: () => Date.now() + clock.ahead,
    };
    const stage = changing(await makeStage({ org: { users: 60 }, okta }));
    const { first, bindRole } = makeTeam(stage);
    await stage.sync();
    bindRole();
    first.roles = [ROLE];
    const asked = rolesAsked(stage);
    clock.ahead += 86_400_000;

    await stage.sync([], { ...AS_VOUCHED, FULL_SYNC_INTERVAL: '1' });

    expect(asked()).toBe(1);
    stage.expectTruth();
  });
});
