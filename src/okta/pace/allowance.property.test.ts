import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PacedOrg, secondsOf } from './pace.fixture.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const ROLES = '/api/v1/users/{id}/roles';
const USERS = '/api/v1/users';
const START = Date.UTC(2026, 7, 20, 12, 0, 17);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Scene {
  readonly share: number;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly latencyMs: number;
  readonly width: number;
  readonly skewMs: number;
  readonly ownLimit: number | undefined;
  /** Of nobody asking, between two bouts of work. */
  readonly pauseMs: number;
  /** One answer in so many never comes, though the org has counted its call; absent: none. */
  readonly losesOneIn?: number;
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  share: fc.oneof(fc.constantFrom(0.1, 0.5, 0.9, 1), fc.double({ min: 0.01, max: 1, noNaN: true })),
  limit: fc.oneof(fc.constantFrom(250, 100, 10), fc.integer({ min: 1, max: 120 })),
  windowSeconds: fc.constantFrom(60, 60, 10, 3),
  latencyMs: fc.oneof(fc.constant(40), fc.integer({ min: 0, max: 4000 })),
  width: fc.integer({ min: 1, max: 20 }),
  skewMs: fc.integer({ min: -2000, max: 2000 }),
  ownLimit: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
  pauseMs: fc.integer({ min: 0, max: 90_000 }),
});

/** Work on several endpoints at once, a pause, and work again. */
async function work(scene: Scene): Promise<PacedOrg> {
  const { limit, windowSeconds, ownLimit, share, pauseMs } = scene;
  const ownBuckets = ownLimit === undefined ? {} : { [FACTORS]: ownLimit };
  const org = new PacedOrg({ ...scene, rates: { limits: limit, windowSeconds, ownBuckets } });
  const count = (most: number): number => Math.max(2, Math.ceil(most * share * 0.8));
  const bout = (): Promise<unknown> =>
    Promise.all([
      org.askMany(USERS, count(limit)),
      org.askMany(FACTORS, count(ownLimit ?? limit)),
      org.askMany(ROLES, count(limit)),
    ]);
  await secondsOf(bout());
  await vi.advanceTimersByTimeAsync(pauseMs);
  await secondsOf(bout());
  return org;
}

/** The most calls of a bucket that arrived within one length of a window, wherever that begins. */
function mostWithin(org: PacedOrg, templates: readonly string[], lengthMs: number): number {
  const times = org.calls.filter(({ template }) => templates.includes(template)).map(({ at }) => at);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + lengthMs).length));
}

/** Where more was spent than the share allows. */
function excessOf({ share, limit, ownLimit, windowSeconds }: Scene, org: PacedOrg): string[] {
  const allowed = (most: number): number => Math.max(1, Math.floor(most * share));
  const most = (templates: readonly string[]): number => mostWithin(org, templates, windowSeconds * 1000);
  const shared = ownLimit === undefined ? [USERS, ROLES, FACTORS] : [USERS, ROLES];
  const spent = [
    ...org.windows.history.map(
      (window) => ['a window of Okta', window.spent, allowed(window.limit)] as const,
    ),
    ['any other of the family', most(shared), allowed(limit)] as const,
    ...(ownLimit === undefined
      ? []
      : [['any other of factors', most([FACTORS]), allowed(ownLimit)] as const]),
  ];
  return [
    ...org.refused.map(({ template }) => `${template} was refused`),
    ...spent.flatMap(([what, calls, may]) => (calls > may ? [`${what}: ${calls} of ${may} calls`] : [])),
  ];
}

/** Where calls came closer together than evenly after a bucket's first burst, which is the only one. */
function burstsOf({ share, limit, ownLimit, windowSeconds }: Scene, org: PacedOrg): string[] {
  // An endpoint that turns out to have a bucket of its own has a burst of its own too. Whole seconds and slow answers
  // make a short window look much shorter.
  if (ownLimit !== undefined || windowSeconds < 60) return [];
  const allowed = Math.max(1, Math.floor(limit * share));
  const apartMs = (windowSeconds * 1000) / allowed;
  const first = Math.max(10, Math.floor(allowed / 20));
  const times = org.calls.slice(first).map(({ at }) => at);
  // Missed calls are made up for a little faster than evenly; others of a bucket go beside the one that proves it. Ten
  // were the most of 500 scenes.
  const most = 5 / 0.65 + 3;
  return times.flatMap((from) => {
    const count = times.filter((at) => at >= from && at < from + 5 * apartMs).length;
    return count > most ? [`${count} calls in the time of 5, at ${from - START}`] : [];
  });
}

test.each([1, 10])(
  'okta, allowance: calls whose answers never come count too, %i at once: 25 of 250 are not exceeded',
  async (width) => {
    const scene = {
      share: 0.1,
      limit: 250,
      windowSeconds: 60,
      latencyMs: 40,
      width,
      skewMs: 0,
      ownLimit: undefined,
      pauseMs: 0,
      losesOneIn: 10,
    };

    expect(excessOf(scene, await work(scene))).toEqual([]);
  },
);

test.each([4, 5])(
  'okta, allowance: where the first answers of short windows never come, no more than half of %i calls are made',
  async (limit) => {
    const shared = {
      share: 0.5,
      limit,
      windowSeconds: 10,
      latencyMs: 40,
      width: 1,
      skewMs: 0,
      pauseMs: 20_000,
    };
    const scene = { ...shared, ownLimit: undefined, losesOneIn: 2 };

    expect(excessOf(scene, await work(scene))).toEqual([]);
  },
);

// Each scene plays minutes of work on a clock that tests turn.
test(
  'okta, allowance: in no window, of Okta or any other, more calls are made than the share allows, and only the first go at once',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(scenes, fc.integer({ min: 0, max: 999 }), async (scene, offsetMs) => {
        vi.setSystemTime(START + offsetMs);

        const org = await work(scene);

        expect(excessOf(scene, org)).toEqual([]);
        expect(burstsOf(scene, org)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  },
);
