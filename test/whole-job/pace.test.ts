import { describe, expect } from 'vitest';
import type { OktaServerOptions } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const ORG = { users: 90, groups: 10, groupsPerUser: 2, adminGroups: 2, admins: 6 };
/** The calls of a run of this org when nothing is refused. */
const EXPECTED_CALLS = 105;

describe.concurrent(
  'whole job, pace: whatever the limits, no call is lost, and none is made twice but those refused',
  () => {
    const cases: readonly (OktaServerOptions & {
      readonly name: string;
      readonly env?: Record<string, string>;
      readonly most429s: number;
    })[] = [
      { name: 'no limits', most429s: 0 },
      { name: "the org's limit shown", rates: { limits: 100, windowSeconds: 4 }, most429s: 0 },
      {
        name: "the token's share shown",
        rates: { limits: 160, windowSeconds: 4, tokenShare: 0.5, headers: 'share' },
        most429s: 0,
      },
      {
        name: "the token's share lower than ours, and not shown",
        rates: { limits: 120, windowSeconds: 4, tokenShare: 0.3 },
        env: { OKTA_RATE_LIMIT_SHARE: '0.9' },
        most429s: 20,
      },
      { name: 'no headers', rates: { limits: 400, windowSeconds: 2, headers: 'none' }, most429s: 0 },
      {
        name: 'a clock an hour behind',
        skewMs: -3_600_000,
        rates: { limits: 100, windowSeconds: 4 },
        most429s: 0,
      },
      {
        name: 'factors with a bucket of their own, and a smaller one',
        rates: { limits: 200, windowSeconds: 4, ownBuckets: { [FACTORS]: 60 } },
        env: { OKTA_RATE_LIMIT_SHARE: '0.9' },
        most429s: 10,
      },
      {
        name: 'others who spend',
        rates: { limits: 100, windowSeconds: 4, competitorShare: 0.3 },
        most429s: 3,
      },
      {
        name: 'others who spend nearly all',
        rates: { limits: 150, windowSeconds: 4, competitorShare: 0.6 },
        env: { OKTA_RATE_LIMIT_SHARE: '0.9' },
        most429s: 20,
      },
      {
        name: 'few requests at once',
        rates: { limits: 1e6, windowSeconds: 4 },
        maxConcurrency: 2,
        latencyMs: 30,
        most429s: 200,
      },
    ];
    test.for(cases)('$name', async ({ name: _name, env = {}, most429s, ...options }, { makeStage }) => {
      const { org, okta, intake, run } = await makeStage({ org: ORG, okta: options });

      const ended = await run(['sync', '--strict'], { env });

      const { total, rateLimited, concurrencyLimited } = okta.tally;
      const report = reportOf(ended);
      expectEvents(intake.latestByUid(), org);
      expect([ended.code, report.outcome]).toEqual([0, 'completed']);
      expect(report.okta.rate_limited).toBe(rateLimited + concurrencyLimited);
      expect(report.okta.rate_limited).toBeLessThanOrEqual(most429s);
      expect(report.okta.total_calls).toBe(total);
      expect(total - rateLimited - concurrencyLimited).toBe(EXPECTED_CALLS);
    });

    test('a limit that changes on the way is kept at once', async ({ makeStage, expect }) => {
      const { okta, run } = await makeStage({ org: ORG, okta: { rates: { limits: 120, windowSeconds: 3 } } });
      const running = run(['sync']);
      await expect.poll(() => okta.windows.length, { timeout: 45_000 }).toBeGreaterThan(2);
      okta.setLimit('users', 40);

      const report = reportOf(await running);

      const small = okta.windows.filter(({ bucket, limit }) => bucket === 'users' && limit === 40);
      expect(report.okta.rate_limited).toBe(0);
      expect(small.length).toBeGreaterThan(1);
      expect(Math.max(...small.map(({ spent }) => spent))).toBeLessThanOrEqual(21);
    });

    test('a spent bucket makes its own calls wait, and the report says for how long', async ({
      makeStage,
    }) => {
      const { okta, run } = await makeStage({
        org: ORG,
        okta: { rates: { limits: { users: 100, groups: 1000 }, windowSeconds: 4, tokenShare: 0.25 } },
      });

      const report = reportOf(await run(['sync']));

      expect(okta.tally.rateLimited).toBeGreaterThan(0);
      expect(report.okta.wait_seconds).toBeGreaterThan(0.3);
      expect(report.okta.wait_seconds).toBeLessThan(report.duration_seconds);
      expect(report.okta.waits?.['users']).toBeGreaterThan(0.3);
      expect(report.okta.waits?.['users']).toBeLessThanOrEqual(report.okta.wait_seconds);
      expect(report.okta.org_share).toBeUndefined();
    });

    test("limits that look like the token's own share: the report says what is spent of the org's", async ({
      makeStage,
    }) => {
      const rates = {
        tokenShare: 0.5,
        headers: 'share',
        limits: { users: 600, groups: 500, logs: 120 },
      } as const;
      const { run } = await makeStage({ org: { users: 5 }, okta: { rates } });

      const report = reportOf(await run(['sync']));

      expect(report.okta.org_share).toEqual({ shown: 0.5, spent: 0.25 });
    });
  },
);
