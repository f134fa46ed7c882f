import { expect } from 'vitest';
import { createMutations } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const USER_GROUPS = '/api/v1/users/{id}/groups';
const MEMBERS = '/api/v1/groups/{id}/users';
const GROUP = '/api/v1/groups/{id}';

test('whole job, gone groups: a group deleted after it was listed is left out, and no user is asked for groups because of it', async ({
  makeStage,
}) => {
  let onFirstMembers = (): void => undefined;
  const { org, okta, intake, run } = await makeStage({
    org: { users: 60, groups: 10 },
    okta: {
      onRequest: ({ template }) => {
        if (template === MEMBERS) onFirstMembers();
      },
    },
  });
  const mutations = createMutations(org, { now: okta.now });
  const deleted = org.groups.findLast(({ roles, type }) => roles.length === 0 && type === 'OKTA_GROUP');
  onFirstMembers = () => {
    onFirstMembers = () => undefined;
    mutations.deleteGroup(deleted?.id ?? '');
  };

  const ended = await run(['sync', '--strict']);

  expect(reportOf(ended)).toMatchObject({ outcome: 'completed', gaps: {} });
  expect(okta.calls.has(USER_GROUPS)).toBe(false);
  expect(okta.calls.get(GROUP)).toBeLessThanOrEqual(2);
  expectEvents(intake.latestByUid(), org);
});

test('whole job, gone groups: a group whose members answer 404 although it is there is asked about user by user', async ({
  makeStage,
}) => {
  const { org, okta, intake, run } = await makeStage({ org: { users: 60, groups: 10 } });
  const [, , , , missing] = org.groups;
  okta.setRefusals([{ template: MEMBERS, only: (id) => id === missing?.id, status: 404 }]);

  const ended = await run(['sync', '--strict']);

  expect(reportOf(ended)).toMatchObject({ outcome: 'completed', gaps: {} });
  expect(okta.calls.has(USER_GROUPS)).toBe(true);
  expectEvents(intake.latestByUid(), org);
});

test('whole job, gone groups: a group that is gone when it is asked for its roles is no gap', async ({
  makeStage,
}) => {
  const { org, okta, intake, run } = await makeStage({
    org: { users: 60, groups: 10 },
    okta: { adminFlag: 'absent' },
  });
  const [gone] = org.groups.filter(({ roles, type }) => roles.length === 0 && type === 'OKTA_GROUP');
  okta.setRefusals([{ path: /^\/api\/v1\/groups\//, only: (id) => id === gone?.id, status: 404 }]);

  const { outcome, gaps } = reportOf(await run(['sync']));

  expect([outcome, gaps]).toEqual(['completed', {}]);
  expect(JSON.stringify([...intake.latestByUid().values()])).not.toContain(gone?.id);
});
