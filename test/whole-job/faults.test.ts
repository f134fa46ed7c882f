import { describe, expect } from 'vitest';
import { reportOf } from './launch.fixture.ts';
import { expectedEvents, expectEvents, isNotDeprovisioned } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

describe('whole job, faults: faults that a retry can cure', () => {
  test('2,000 users: each arrives exactly right, and the report counts what happened', async ({
    makeStage,
  }) => {
    const { org, okta, intake, run } = await makeStage({
      org: {
        users: 2_000,
        groups: 150,
        groupsPerUser: 6,
        adminGroups: 12,
        admins: 30,
        oddUsers: true,
        brokenUsers: true,
      },
      okta: { rates: { limits: 1e9, windowSeconds: 1 }, faults: { rate: 0.02 } },
      intake: { faults: { rate: 0.05 } },
    });

    // The timeouts alone are shortened: answers that never come are among the faults.
    const ended = await run(['sync'], { fastClock: 'timeouts', env: { BATCH_SIZE: '10' } });
    const report = reportOf(ended);

    expectEvents(intake.latestByUid(), org);
    const listed = org.users.filter(isNotDeprovisioned).length;
    const emitted = expectedEvents(org).size;
    expect(ended.code).toBe(0);
    expect(report).toMatchObject({
      outcome: 'completed',
      users: { listed, emitted, unchanged: 0, dead_lettered: listed - emitted },
      gaps: {},
      okta: { total_calls: okta.tally.total, calls: Object.fromEntries(okta.calls) },
      intake: { accepted: emitted, pending: 0 },
    });
    expect(listed - emitted).toBe(5);
    expect(okta.tally.faults).toBeGreaterThan(30);
    expect(report.intake.batches + report.intake.retries).toBe(intake.requests.length);
  });
});
