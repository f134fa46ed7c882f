import { describe, expect } from 'vitest';
import type { OktaServerOptions } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const USER_GROUPS = '/api/v1/users/{id}/groups';
const USER_ROLES = '/api/v1/users/{id}/roles';
const MEMBERS = '/api/v1/groups/{id}/users';

const WIDE = { rates: { limits: 1e9 } } as const;

const ANSWERS: readonly (OktaServerOptions & { readonly name: string })[] = [
  { name: 'as Okta documents it' },
  { name: 'role assignees missing', assignees: 'missing' },
  { name: 'role assignees refused', assignees: 'refused' },
  { name: 'role assignees without those by group', assignees: 'without-group-admins' },
  { name: 'admin flag absent', adminFlag: 'absent', assignees: 'without-group-admins' },
  { name: 'admin flag absent of some', adminFlag: 'mixed' },
];

describe.concurrent('whole job, ways of asking: by group, every event is exactly right', () => {
  const org = { users: 90, groups: 20, groupsPerUser: 4, adminGroups: 4, oddUsers: true };

  test.for(ANSWERS)('$name', async ({ name: _name, ...okta }, { makeStage }) => {
    const stage = await makeStage({ org, okta: { ...WIDE, ...okta } });

    const ended = await stage.run(['sync', '--strict']);

    expectEvents(stage.intake.latestByUid(), stage.org);
    expect([ended.code, reportOf(ended).gaps]).toEqual([0, {}]);
    expect([stage.okta.calls.has(MEMBERS), stage.okta.calls.has(USER_GROUPS)]).toEqual([true, false]);
  });
});

describe.concurrent('whole job, ways of asking: roles without groups: who is Admin is exactly right', () => {
  const cases = [
    ...ANSWERS.map((answer) => ({ ...answer, hasAdministrators: false })),
    { name: 'the built-in group of administrators', hasAdministrators: true },
  ];

  test.for(cases)('$name', async ({ name: _name, hasAdministrators, ...okta }, { makeStage }) => {
    const stage = await makeStage({
      org: { users: 90, groups: 20, adminGroups: 4, oktaAdministratorsGroup: hasAdministrators },
      okta: { ...WIDE, ...okta },
    });

    const ended = await stage.run(['sync', '--strict'], { env: { LOOKUPS: 'roles' } });

    expectEvents(stage.intake.latestByUid(), stage.org, {
      change: ({ groups: _groups, has_mfa: _mfa, ...said }) => said,
    });
    expect([ended.code, reportOf(ended).gaps]).toEqual([0, {}]);
    expect(stage.okta.calls.has(USER_GROUPS)).toBe(false);
  });
});

describe.concurrent('whole job, ways of asking: the built-in group of administrators', () => {
  const org = { users: 90, groups: 20, adminGroups: 4, oktaAdministratorsGroup: true };

  test('is learnt from those whom the list of role holders names, and from nobody else', async ({
    makeStage,
  }) => {
    const stage = await makeStage({ org, okta: WIDE });

    const ended = await stage.run(['sync', '--strict']);

    expectEvents(stage.intake.latestByUid(), stage.org);
    expect([ended.code, reportOf(ended).gaps]).toEqual([0, {}]);
    expect(stage.okta.calls.get(USER_GROUPS)).toBeLessThan(40);
  });

  test('is left out, and said to be, where that list is refused too', async ({ makeStage }) => {
    const stage = await makeStage({ org, okta: { ...WIDE, assignees: 'refused' } });
    const { oktaAdministrators } = stage.org;

    const ended = await stage.run(['sync']);

    expectEvents(stage.intake.latestByUid(), stage.org, {
      change: (said) => {
        const { groups } = said;
        const others = Array.isArray(groups)
          ? groups.filter(({ uid }) => uid !== oktaAdministrators?.id)
          : groups;
        return { ...said, groups: others };
      },
    });
    expect([ended.code, reportOf(ended).outcome]).toEqual([0, 'completed_with_gaps']);
    expect(reportOf(ended).gaps).toEqual({ groups: { refused: 1 } });
  });

  test('that is left out stands until the list of role holders may be read', async ({ makeStage }) => {
    const assignees = { template: '/api/v1/iam/assignees/users', status: 403 };
    const stage = await makeStage({ org, okta: { ...WIDE, refuse: [assignees] } });

    const first = reportOf(await stage.run(['sync']));
    const second = await stage.run(['sync', '--strict']);
    stage.okta.setRefusals([]);
    const third = await stage.run(['sync', '--strict', '--full']);

    const standing = { gaps: { groups: { refused: 1 } }, dead_letters: 0 };
    expect(first.standing).toEqual(standing);
    expect([second.code, reportOf(second)]).toMatchObject([4, { outcome: 'completed_with_gaps', standing }]);
    expect([third.code, reportOf(third)]).toMatchObject([
      0,
      { outcome: 'completed', standing: { gaps: {}, dead_letters: 0 } },
    ]);
    expectEvents(stage.intake.latestByUid(), stage.org);
  });
});

test('whole job, ways of asking: no call for the roles of whom a group makes Admin already', async ({
  makeStage,
}) => {
  const { org, okta, run } = await makeStage({
    org: { users: 90, groups: 20, adminGroups: 4, admins: 5 },
    okta: WIDE,
  });
  const byGroup = org.users.filter(({ groups }) =>
    groups.some(({ roles }) => roles.some(({ status, type }) => status === 'ACTIVE' && /admin/i.test(type))),
  );
  expect(byGroup.length).toBeGreaterThan(5);

  await run(['sync', '--strict']);

  expect(okta.calls.get(USER_ROLES)).toBeLessThanOrEqual(5 + 4);
});
