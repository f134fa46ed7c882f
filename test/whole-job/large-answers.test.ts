import { expect } from 'vitest';
import { test } from '../hostile/meddler.fixture.ts';
import { on } from '../hostile/meddler.ts';
import { reportOf } from './launch.fixture.ts';

const USERS = 60;
/** Megabytes hold more roles than that; the longer each is, the less time they take to read. */
const ROLES = 2500;
const LONG = 'x'.repeat(600);

/** Holds the run with room to spare: two thirds are enough. All the answers together take more than half as much again. */
const HEAP_MEBIBYTES = 90;

/** Two megabytes of roles, of which no two are the same. */
function rolesOf(userId: string): string {
  const roles = Array.from({ length: ROLES }, (_, at) => ({
    id: `irb${at}${userId}`,
    label: `Role ${at} of ${userId} ${LONG}`,
    type: 'CUSTOM',
    status: 'ACTIVE',
    assignmentType: 'USER',
  }));
  return JSON.stringify(roles);
}

test('whole job, large answers: answers of megabytes are let go as soon as they are stored: a small heap holds a run over many of them', async ({
  makeStage,
  meddleWith,
}) => {
  const { okta, intake, run } = await makeStage({
    org: { users: USERS, groups: 2, adminGroups: 0, deprovisionedShare: 0 },
    okta: { assignees: 'missing' },
  });
  const meddler = await meddleWith(
    okta.url,
    on(/^\/api\/v1\/users\/[^/]+\/roles/, ({ path }) => ({ body: rolesOf(path.split('/')[4] ?? '') })),
  );

  const ended = await run(['sync'], {
    env: {
      OKTA_BASE_URL: meddler.url,
      LOOKUPS: 'roles',
      OKTA_MAX_CONCURRENCY: '1',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MEBIBYTES}`,
    },
  });
  expect(reportOf(ended)).toMatchObject({ outcome: 'completed', gaps: {}, users: { emitted: USERS } });
  expect(intake.latestByUid().size).toBe(USERS);
});
