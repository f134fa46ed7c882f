import { expect } from 'vitest';
import { test } from '../hostile/meddler.fixture.ts';
import { on } from '../hostile/meddler.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';

/** Larger than any answer that is read, as 64 MiB are, but told by its values: quicker to send. */
const TOO_LARGE = `[${'0,'.repeat(2_000_001)}0]`;

test.for([
  ['users', /^\/api\/v1\/users\?/],
  ['groups', /^\/api\/v1\/groups\?/],
  ['members', /^\/api\/v1\/groups\/[^/]+\/users\?/],
  ['role holders', /^\/api\/v1\/iam\/assignees\/users\?/],
] as const)(
  'whole job, large users: pages of %s that are too large to be read are halved until they can be: every event is right',
  async ([, endpoint], { makeStage, meddleWith }) => {
    const { org, okta, intake, run } = await makeStage({ org: { users: 16, groups: 4, adminGroups: 1 } });
    const limits: number[] = [];
    const meddler = await meddleWith(
      okta.url,
      on(endpoint, ({ path }) => {
        const limit = Number(/[?&]limit=(\d+)/.exec(path)?.[1]);
        limits.push(limit);
        return limit > 6 ? { body: TOO_LARGE } : {};
      }),
    );

    const ended = await run(['sync'], { env: { OKTA_BASE_URL: meddler.url } });

    expect(reportOf(ended)).toMatchObject({ outcome: 'completed', gaps: {} });
    expectEvents(intake.latestByUid(), org);
    const readable = limits.filter((limit) => limit <= 6);
    expect(readable.length).toBeGreaterThan(0);
    expect(limits.length - readable.length).toBeLessThanOrEqual(40);
  },
);
