import { describe, expect } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/index.ts';
import { reportOf, toldLines } from './launch.fixture.ts';
import { expectEvents, isNotDeprovisioned, without, withGroups, type SaidOfUser } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const noPrivileges = (said: SaidOfUser): SaidOfUser =>
  withGroups(said, (group) => without(group, 'privileges'));

describe.concurrent('whole job, settings: LOOKUPS', () => {
  const cases: readonly {
    readonly lookups: string;
    readonly change: (said: SaidOfUser) => SaidOfUser;
    readonly unasked: readonly string[];
  }[] = [
    {
      lookups: 'groups',
      change: (said) => noPrivileges(without(said, 'has_mfa', 'type', 'type_id')),
      unasked: ['/api/v1/groups/{id}/roles', '/api/v1/users/{id}/factors', '/api/v1/users/{id}/roles'],
    },
    {
      lookups: 'groups,group-roles',
      change: (said) => without(said, 'has_mfa', 'type', 'type_id'),
      unasked: ['/api/v1/users/{id}/factors', '/api/v1/users/{id}/roles', '/api/v1/iam/assignees/users'],
    },
    {
      lookups: 'factors',
      change: (said) => without(said, 'groups', 'type', 'type_id'),
      unasked: ['/api/v1/groups', '/api/v1/users/{id}/roles', '/api/v1/iam/assignees/users'],
    },
    {
      lookups: 'roles',
      change: (said) => without(said, 'groups', 'has_mfa'),
      unasked: ['/api/v1/users/{id}/factors', '/api/v1/users/{id}/groups'],
    },
    {
      lookups: 'groups,roles',
      change: (said) => noPrivileges(without(said, 'has_mfa')),
      unasked: ['/api/v1/users/{id}/factors'],
    },
    {
      lookups: 'factors,roles',
      change: (said) => without(said, 'groups'),
      unasked: ['/api/v1/users/{id}/groups'],
    },
  ];

  test.for(cases)('$lookups: the rest is not asked, left out, and no gap', async (given, { makeStage }) => {
    const { org, okta, intake, run } = await makeStage({
      okta: { rates: { limits: 1e9 }, assignees: 'without-group-admins' },
    });

    const ended = await run(['sync', '--strict'], { env: { LOOKUPS: given.lookups } });

    expectEvents(intake.latestByUid(), org, { change: given.change });
    expect(ended.code).toBe(0);
    expect(reportOf(ended)).toMatchObject({ outcome: 'completed', gaps: {} });
    expect(given.unasked.filter((template) => okta.calls.has(template))).toEqual([]);
  });

  test('roles without groups reads the members of role-holding groups only', async ({ makeStage }) => {
    const { org, okta, run } = await makeStage();

    await run(['sync'], { env: { LOOKUPS: 'roles' } });

    const holding = org.groups.filter(({ roles, members }) => roles.length > 0 && members.length > 0);
    expect(okta.calls.get('/api/v1/groups/{id}/users')).toBe(holding.length);
  });

  test('group-roles without groups is a mistake in the settings', async ({ makeStage }) => {
    const { okta, run } = await makeStage();

    const ended = await run(['sync'], { env: { LOOKUPS: 'group-roles' } });

    expect([ended.code, ended.stdout, okta.tally.total]).toEqual([2, '', 0]);
    expect(toldLines(ended)[0]).toMatch(/^error: LOOKUPS .*groups/);
  });
});

describe.concurrent('whole job, settings: the rules', () => {
  test.for(['active', 'strong'] as const)('MFA_RULE=%s', async (mfaRule, { makeStage }) => {
    const { org, intake, run } = await makeStage();

    await run(['sync'], { env: { MFA_RULE: mfaRule } });

    expectEvents(intake.latestByUid(), org, { rules: { mfaRule } });
  });

  test.for(['any-role'] as const)('ADMIN_RULE=%s', async (adminRule, { makeStage }) => {
    const { org, intake, run } = await makeStage({
      org: { users: 60, admins: 20, adminGroups: 8, groups: 12 },
    });

    await run(['sync'], { env: { ADMIN_RULE: adminRule } });

    expectEvents(intake.latestByUid(), org, { rules: { adminRule } });
  });
});

describe.concurrent('whole job, settings: which users', () => {
  test('STATUSES decide alone: INCLUDE_DEPROVISIONED adds nobody to them', async ({ makeStage }) => {
    const { org, intake, run } = await makeStage({ org: { deprovisionedShare: 0.3 } });

    await run(['sync'], { env: { STATUSES: 'ACTIVE,SUSPENDED', INCLUDE_DEPROVISIONED: 'true' } });

    const wanted = org.users.filter(({ status }) => status === 'ACTIVE' || status === 'SUSPENDED');
    expect([...intake.latestByUid().keys()].toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
  });

  test('INCLUDE_DEPROVISIONED adds deactivated users, and asks nothing about their factors', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage({ org: { users: 60, deprovisionedShare: 0.3 } });

    const report = reportOf(await run(['sync'], { env: { INCLUDE_DEPROVISIONED: 'true' } }));

    expectEvents(intake.latestByUid(), org, { isWanted: () => true });
    expect(report).toMatchObject({ outcome: 'completed', users: { listed: 60, emitted: 60 }, gaps: {} });
    expect(okta.calls.get('/api/v1/users/{id}/factors')).toBe(org.users.filter(isNotDeprovisioned).length);
  });

  const isSuspendedOrStaged = ({ status }: SimulatedUser): boolean =>
    ['SUSPENDED', 'STAGED', 'DEPROVISIONED'].includes(status);

  test.for(['true', 'false'])(
    'OKTA_USER_SEARCH chooses them, deactivated ones with INCLUDE_DEPROVISIONED=%s',
    async (includesDeprovisioned, { makeStage }) => {
      const { org, intake, run } = await makeStage({
        org: { users: 200, deprovisionedShare: 0.1, oddUsers: true },
      });
      const search = 'status eq "SUSPENDED" or status eq "STAGED" or status eq "DEPROVISIONED"';

      const env = { OKTA_USER_SEARCH: search, INCLUDE_DEPROVISIONED: includesDeprovisioned };
      const ended = await run(['sync', '--strict'], { env });

      const isWanted = (user: SimulatedUser): boolean =>
        isSuspendedOrStaged(user) && (includesDeprovisioned === 'true' || isNotDeprovisioned(user));
      expect(org.users.some(isWanted)).toBe(true);
      expectEvents(intake.latestByUid(), org, { isWanted });
      expect(ended.code).toBe(0);
    },
  );

  test.for(['sync', 'dry-run', 'plan'])(
    'a search that Okta does not understand fails %s, which names OKTA_USER_SEARCH',
    async (command, { makeStage }) => {
      const { run } = await makeStage();

      const ended = await run([command], { env: { OKTA_USER_SEARCH: 'shoeSize gt "44"' } });

      expect(ended.code).toBe(1);
      expect(toldLines(ended)[0]).toMatch(/^error: .*400.*OKTA_USER_SEARCH/);
      expect(toldLines(ended)[1]).toMatch(/^hint: .*OKTA_USER_SEARCH/);
    },
  );

  test.for(['E0000031', 'E0000001'])(
    'a search that Okta does not understand any more (%s) fails an incremental run, which names it',
    async (code, { makeStage }) => {
      const { okta, run } = await makeStage();
      const env = { OKTA_USER_SEARCH: 'status eq "ACTIVE"' };
      await run(['sync'], { env });
      okta.setRefusals([{ template: '/api/v1/users', status: 400, code }]);

      const ended = await run(['sync'], { env });

      expect(reportOf(ended)).toMatchObject({ mode: 'incremental', outcome: 'failed' });
      expect(reportOf(ended).error?.message).toContain('OKTA_USER_SEARCH');
    },
  );

  test('a search that fails without OKTA_USER_SEARCH does not name it', async ({ makeStage }) => {
    const { okta, run } = await makeStage();
    await run(['sync']);
    okta.setRefusals([{ template: '/api/v1/users', status: 400, code: 'E0000031' }]);

    const ended = await run(['sync']);

    expect(reportOf(ended).error?.message).toMatch(/400/);
    expect(JSON.stringify(reportOf(ended).error)).not.toContain('OKTA_USER_SEARCH');
  });
});
