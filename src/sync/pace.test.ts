import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PacedOrg, secondsOf, type PaceOptions } from '../okta/pace/pace.fixture.ts';
import { systemClock } from '../process/clock.ts';
import { createMeter } from './pace.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const MEMBERS = '/api/v1/groups/{id}/users';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 7, 20, 12, 0, 17, 640) });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Told {
  readonly at: number;
  readonly calls: number;
  readonly secondsLeft: number | undefined;
}

/** A run of so many calls, and what its meter told every ten seconds. */
async function measure(options: PaceOptions, planned: ReadonlyMap<string, number>) {
  const org = new PacedOrg(options);
  const asked = new Map<string, number>();
  const meter = createMeter({
    clock: systemClock,
    count: () => {
      for (const endpoint of planned.keys())
        asked.set(endpoint, org.calls.filter(({ template }) => template === endpoint).length);
      return { calls: asked };
    },
    budgetOf: (endpoint) => org.limits.budgetOf(endpoint),
  });
  const told: Told[] = [];
  const ticking = setInterval(() => {
    const { calls, secondsLeft } = meter(0, { users: undefined, calls: planned });
    told.push({ at: Date.now(), calls, secondsLeft });
  }, 10_000);
  await secondsOf(Promise.all([...planned].map(([endpoint, count]) => org.askMany(endpoint, count))));
  clearInterval(ticking);
  return { org, told, endedAt: Date.now(), meter };
}

describe('sync, pace: the time that is left', () => {
  const cases: readonly (PaceOptions & {
    readonly name: string;
    readonly planned: readonly [string, number][];
  })[] = [
    { name: 'in a quiet org', planned: [[FACTORS, 2_500]] },
    {
      name: 'when another bucket lasts longer',
      planned: [
        [FACTORS, 600],
        [MEMBERS, 2_000],
      ],
    },
    { name: 'beside others who spend', rates: { competitorShare: 0.3 }, planned: [[FACTORS, 2_500]] },
    {
      name: 'where others leave less than the share',
      share: 0.9,
      rates: { limits: 200, competitorShare: 0.3 },
      planned: [[FACTORS, 3_000]],
    },
    { name: 'below the share, by slow answers', latencyMs: 5_000, width: 10, planned: [[FACTORS, 1_000]] },
  ];

  test.for(cases)(
    'is right within 20 % once 10 % is done: $name',
    async ({ name: _name, planned, ...options }) => {
      const total = planned.reduce((sum, [, count]) => sum + count, 0);

      const { told, endedAt } = await measure(options, new Map(planned));

      const telling = told.filter(({ calls }) => calls >= total * 0.1 && calls < total * 0.97);
      const errors = telling.map(({ at, secondsLeft = 0 }) => secondsLeft / ((endedAt - at) / 1000) - 1);
      expect(telling.length).toBeGreaterThan(10);
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.2);
    },
  );

  test('is not told while next to nothing is done', async () => {
    const { told } = await measure({}, new Map([[FACTORS, 10_000]]));

    expect(told[0]?.secondsLeft).toBeUndefined();
  });
});

test('sync, pace: the pace is calls a minute, and the budget is what the binding bucket still allows in its window', async () => {
  const { meter } = await measure({}, new Map([[FACTORS, 1_000]]));

  const snapshot = meter(12, { users: 40, calls: new Map([[FACTORS, 2_000]]) });

  expect(snapshot).toMatchObject({ usersDone: 12, usersTotal: 40, calls: 1_000 });
  expect(snapshot.callsPerMinute).toBeGreaterThan(285);
  expect(snapshot.callsPerMinute).toBeLessThan(305);
  expect(snapshot.budget).toMatchObject({ bucket: 'users', allowance: 300 });
  expect(snapshot.budget?.left).toBeLessThan(300);
});
