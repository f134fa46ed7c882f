import { describe, expect } from 'vitest';
import type { SimulatedGroup, SimulatedOrg, SimulatedUser } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
import {
  expectedEvents,
  expectEvents,
  isNotDeprovisioned,
  without,
  withGroups,
  type SaidOfUser,
} from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const GROUP_ROLES = '/api/v1/groups/{id}/roles';

const withoutMfa = (said: SaidOfUser): SaidOfUser => without(said, 'has_mfa');

function countOf(org: SimulatedOrg): number {
  return org.users.filter(isNotDeprovisioned).length;
}

function firstId(org: SimulatedOrg): string {
  const id = org.users.find((user) => isNotDeprovisioned(user) && user.factors.length > 0)?.id;
  if (id === undefined) throw new Error('the org has nobody with a factor');
  return id;
}

describe.concurrent('whole job, refused lookups: a refusal that passes', () => {
  const cases = [
    { template: FACTORS, status: 403, code: 'E0000006' },
    { template: FACTORS, status: 401, code: 'E0000011' },
    { template: '/api/v1/users', status: 403, code: 'E0000006' },
  ] as const;

  test.for(cases)(
    '$status of $template: nothing is lost, at one call more',
    async ({ template, status, code }, { makeStage }) => {
      const refuse = [{ template, status, code, from: 2, to: 2 }];
      const { org, okta, intake, run } = await makeStage({
        org: { users: 210 },
        okta: { rates: { limits: 1e9 }, refuse },
      });

      const ended = await run(['sync', '--strict'], {
        sleepsFaster: 10,
        env: { LOOKUPS: 'factors', OKTA_MAX_CONCURRENCY: '1' },
      });

      expect([ended.code, reportOf(ended).outcome]).toEqual([0, 'completed']);
      expect(okta.tally.refused + okta.tally.unauthorised).toBeLessThanOrEqual(1);
      expect(intake.latestByUid().size).toBe(expectedEvents(org).size);
    },
  );
});

describe.concurrent('whole job, refused lookups: factors that may not be read', () => {
  test('are left out of every event, asked for at most five times, and probed with one call by the next run', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage({
      okta: { rates: { limits: 1e9 }, refuse: [{ template: FACTORS, status: 403 }] },
    });

    const first = await run(['sync']);
    const firstCalls = okta.calls.get(FACTORS);
    const second = await run(['sync', '--full', '--strict']);

    expectEvents(intake.latestByUid(), org, { change: withoutMfa });
    expect([first.code, second.code]).toEqual([0, 4]);
    for (const ended of [first, second]) {
      const gaps = { factors: { refused: countOf(org) } };
      expect(reportOf(ended)).toMatchObject({ outcome: 'completed_with_gaps', gaps });
    }
    expect([firstCalls, okta.calls.get(FACTORS)]).toEqual([5, 6]);

    okta.setRefusals([]);
    const third = await run(['sync', '--full', '--strict']);

    expect([third.code, reportOf(third).gaps]).toEqual([0, {}]);
    expectEvents(intake.latestByUid(), org);
  });

  test('of one user alone, stand for themselves: all others are asked', async ({ makeStage }) => {
    const { org, okta, intake, run } = await makeStage({ okta: { rates: { limits: 1e9 } } });
    const id = firstId(org);
    okta.setRefusals([{ template: FACTORS, status: 403, only: (asked) => asked === id }]);

    const report = reportOf(await run(['sync']));

    expectEvents(intake.latestByUid(), org, {
      change: (said, user) => (user.id === id ? withoutMfa(said) : said),
    });
    expect(report.gaps).toEqual({ factors: { refused: 1 } });
  });

  test('because the feature is off (401 with E0000015) are missing, and the run goes on', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage({
      okta: { rates: { limits: 1e9 }, refuse: [{ template: FACTORS, status: 401, code: 'E0000015' }] },
    });

    const ended = await run(['sync']);

    expectEvents(intake.latestByUid(), org, { change: withoutMfa });
    expect(ended.code).toBe(0);
    expect(reportOf(ended).gaps).toEqual({ factors: { missing: countOf(org) } });
    expect(okta.calls.get(FACTORS)).toBeLessThanOrEqual(5);
  });

  test('because Okta fails over one user again and again are left out of that event alone', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage();
    const id = firstId(org);
    okta.setRefusals([{ template: FACTORS, status: 500, only: (asked) => asked === id }]);

    const report = reportOf(await run(['sync'], { sleepsFaster: 10 }));

    expectEvents(intake.latestByUid(), org, {
      change: (said, user) => (user.id === id ? withoutMfa(said) : said),
    });
    expect(report.gaps).toEqual({ factors: { unavailable: 1 } });
  });
});

/** Which groups show no admin flag at all. */
const FLAGLESS = {
  hasAdminPrivilege: () => false,
  mixed: ({ number }: SimulatedGroup) => number % 3 === 0,
  absent: () => true,
};

describe.concurrent('whole job, refused lookups: roles of groups that cannot be read', () => {
  const cases = [
    { adminFlag: 'hasAdminPrivilege', assignees: 'ok' },
    { adminFlag: 'hasAdminPrivilege', assignees: 'without-group-admins' },
    { adminFlag: 'hasAdminPrivilege', assignees: 'missing' },
    { adminFlag: 'mixed', assignees: 'ok' },
    { adminFlag: 'absent', assignees: 'without-group-admins' },
  ] as const;

  test.for(cases)(
    'never become "no roles", nor their members "User": $adminFlag, assignees $assignees',
    async ({ adminFlag, assignees }, { makeStage }) => {
      const { org, intake, run } = await makeStage({
        org: { groups: 20, adminGroups: 6 },
        okta: {
          rates: { limits: 1e9 },
          adminFlag,
          assignees,
          refuse: [{ template: GROUP_ROLES, status: 403 }],
        },
      });
      const isUnknown = (group: SimulatedGroup): boolean =>
        group.roles.length > 0 || FLAGLESS[adminFlag](group);
      // Okta's own list of a user's roles holds those of groups too, and is asked of whom assignees names.
      const isNamed = (user: SimulatedUser): boolean =>
        assignees === 'missing' ||
        user.roles.length > 0 ||
        (assignees === 'ok' && org.groupsOf(user).some(({ roles }) => roles.length > 0));
      const change = (said: SaidOfUser, user: SimulatedUser): SaidOfUser => {
        const shown = withGroups(said, (group) => {
          const known = org.group(group.uid);
          return known === undefined || isUnknown(known) ? without(group, 'privileges') : group;
        });
        const isOpen = !isNamed(user) && org.groupsOf(user).some(isUnknown);
        return isOpen ? without(shown, 'type', 'type_id') : shown;
      };

      const report = reportOf(await run(['sync']));

      expectEvents(intake.latestByUid(), org, { change });
      const typeless = [...expectedEvents(org, { change }).values()].filter(
        ({ user }) => typeof user === 'object' && user !== null && !('type' in user),
      ).length;
      const groups = org.groups.filter((group) => isUnknown(group) && group.members.length > 0).length;
      expect(report.outcome).toBe('completed_with_gaps');
      expect(report.gaps).toEqual({
        'group-roles': { refused: groups },
        ...(typeless === 0 ? {} : { roles: { refused: typeless } }),
      });
    },
  );

  test('because Okta always fails (500) stay unknown as well', async ({ makeStage }) => {
    const { org, intake, run } = await makeStage({
      org: { groups: 6, adminGroups: 2 },
      okta: {
        rates: { limits: 1e9 },
        adminFlag: 'mixed',
        assignees: 'without-group-admins',
        refuse: [{ template: GROUP_ROLES, status: 500 }],
      },
    });

    const ended = await run(['sync'], { sleepsFaster: 10 });

    // Everyone's flag is absent: nobody but direct holders is known.
    expectEvents(intake.latestByUid(), org, {
      change: (said, user) =>
        withGroups(user.roles.length > 0 ? said : without(said, 'type', 'type_id'), (group) => {
          const known = org.group(group.uid);
          const isKnown = known?.roles.length === 0 && !FLAGLESS.mixed(known);
          return isKnown ? group : without(group, 'privileges');
        }),
    });
    expect(ended.code).toBe(0);
    expect(Object.keys(reportOf(ended).gaps['group-roles'] ?? {})).toEqual(['unavailable']);
  });

  test('are no gap while the last known ones stand in', async ({ makeStage }) => {
    const { org, okta, intake, run } = await makeStage({ org: { groups: 6, adminGroups: 2 } });
    await run(['sync']);
    okta.setRefusals([{ template: GROUP_ROLES, status: 403 }]);

    const report = reportOf(await run(['sync', '--full']));

    expect(report).toMatchObject({ outcome: 'completed', gaps: {}, users: { emitted: 0 } });
    expect(report.stale['group-roles']?.count).toBeGreaterThan(0);
    expectEvents(intake.latestByUid(), org);
  });
});

describe.concurrent('whole job, refused lookups: other lookups', () => {
  test('roles that may not be read leave only those Admin whose groups say so', async ({ makeStage }) => {
    const { org, okta, intake, run } = await makeStage({
      okta: {
        rates: { limits: 1e9 },
        assignees: 'refused',
        refuse: [{ template: '/api/v1/users/{id}/roles', status: 403 }],
      },
    });
    const isAdminByGroup = (user: SimulatedUser): boolean =>
      org
        .groupsOf(user)
        .flatMap(({ roles }) => roles)
        .some(({ status, type }) => status === 'ACTIVE' && /admin/i.test(type));

    const report = reportOf(await run(['sync']));

    expectEvents(intake.latestByUid(), org, {
      change: (said, user) => (isAdminByGroup(user) ? said : without(said, 'type', 'type_id')),
    });
    const open = org.users.filter((user) => isNotDeprovisioned(user) && !isAdminByGroup(user)).length;
    expect(report.gaps).toEqual({ roles: { refused: open } });
    expect(okta.calls.get('/api/v1/users/{id}/roles')).toBe(5);
  });

  test('groups that may not be read at all are left out, and who could be Admin by one is not called User', async ({
    makeStage,
  }) => {
    const { org, intake, run } = await makeStage({
      okta: {
        rates: { limits: 1e9 },
        refuse: [
          { template: '/api/v1/groups', status: 403 },
          { template: '/api/v1/users/{id}/groups', status: 403 },
        ],
      },
    });
    const isNamed = (user: SimulatedUser): boolean => org.rolesOf(user).length > 0;

    const report = reportOf(await run(['sync']));

    expectEvents(intake.latestByUid(), org, {
      change: (said, user) =>
        isNamed(user) ? without(said, 'groups') : without(said, 'groups', 'type', 'type_id'),
    });
    expect(report.gaps.groups).toEqual({ refused: countOf(org) });
  });

  test('assume-none says none of everything that failed, as the reference does, and counts it all the same', async ({
    makeStage,
  }) => {
    const { org, intake, run } = await makeStage({
      okta: {
        rates: { limits: 1e9 },
        refuse: [{ path: /\/(factors|groups|roles)$|assignees/, status: 403 }],
      },
    });

    const ended = await run(['sync'], { env: { ON_LOOKUP_FAILURE: 'assume-none' } });

    expectEvents(intake.latestByUid(), org, {
      change: (said) => ({ ...said, groups: [], has_mfa: false, type: 'User', type_id: 1 }),
    });
    const refused = countOf(org);
    expect(reportOf(ended)).toMatchObject({
      outcome: 'completed_with_gaps',
      gaps: { groups: { refused }, factors: { refused }, roles: { refused } },
    });
  });

  test('a user who vanished between page and lookup gets no event, and is counted as gone', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage();
    const id = firstId(org);
    okta.setRefusals([{ path: /^\/api\/v1\/users\//, only: (asked) => asked === id, status: 404 }]);

    const ended = await run(['sync']);

    expectEvents(intake.latestByUid(), org, {
      isWanted: (user) => isNotDeprovisioned(user) && user.id !== id,
    });
    expect(ended.code).toBe(0);
    expect(reportOf(ended).gaps['factors']).toEqual({ gone: 1 });
  });

  test('a 404 on the factors of a user who is there is a gap, not the end of the user', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage();
    const id = firstId(org);
    okta.setRefusals([{ template: FACTORS, only: (asked) => asked === id, status: 404 }]);

    const report = reportOf(await run(['sync']));

    expectEvents(intake.latestByUid(), org, {
      change: (said, user) => (user.id === id ? withoutMfa(said) : said),
    });
    expect(report.gaps).toEqual({ factors: { missing: 1 } });
  });
});
