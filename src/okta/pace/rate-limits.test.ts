import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PacedOrg, secondsOf } from './pace.fixture.ts';
import type { PaceOptions } from './pace.fixture.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const USERS = '/api/v1/users';
const MEMBERS = '/api/v1/groups/{id}/users';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 7, 20, 12, 0, 17, 640) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The number of calls in each window of a bucket, without the last window. */
function spentIn(org: PacedOrg, bucket: string): readonly number[] {
  return org.windows.history
    .filter((window) => window.bucket === bucket)
    .map(({ spent }) => spent)
    .slice(0, -1);
}

function largestGapSeconds(org: PacedOrg): number {
  const gaps = org.calls.slice(1).map(({ at }, index) => at - (org.calls[index]?.at ?? at));
  return Math.max(...gaps) / 1000;
}

describe('okta, rate limits: a quiet org', () => {
  const cases: readonly (PaceOptions & {
    readonly name: string;
    readonly share?: number;
    readonly floor: number;
  })[] = [
    { name: "the org's limit shown", floor: 240 },
    { name: "the token's share shown", rates: { tokenShare: 0.5, headers: 'share' }, floor: 480 },
    { name: 'a clock an hour ahead', skewMs: 3_600_000, floor: 240 },
    { name: 'a clock an hour behind', skewMs: -3_600_123, floor: 240 },
    { name: 'the whole bucket', share: 1, floor: 120 },
    { name: 'slow answers', latencyMs: 900, floor: 240 },
    { name: 'windows of ten seconds', rates: { limits: 100, windowSeconds: 10 }, floor: 240 },
    {
      name: 'windows of ten seconds, resets rounded up',
      rates: { limits: 600, windowSeconds: 10 },
      resetsLateSeconds: 1,
      floor: 40,
    },
    { name: 'windows of five minutes', rates: { limits: 3_000, windowSeconds: 300 }, floor: 240 },
  ];

  test.for(cases)(
    'is read at its share, evenly and without a 429: $name',
    async ({ name: _name, floor, ...options }) => {
      const org = new PacedOrg(options);

      const seconds = await secondsOf(org.askMany(FACTORS, 1_200));

      const limit = org.limits.budgetOf(FACTORS).limit;
      const most = limit * (options.share ?? 0.5);
      expect(org.refused).toEqual([]);
      expect(seconds / floor).toBeLessThan(1.04);
      expect(Math.max(...spentIn(org, 'users'))).toBeLessThanOrEqual(most);
      expect(largestGapSeconds(org)).toBeLessThan(3);
      // Calls that are spaced evenly wait for the pace all the time, ten at once no longer than one.
      expect(org.limits.waitedMs / 1000 / seconds).toBeGreaterThan(0.9);
      expect(org.limits.waitedMs / 1000).toBeLessThanOrEqual(seconds);
    },
  );

  test('counts what waited by bucket, even spacing included', async () => {
    const org = new PacedOrg();

    const seconds = await secondsOf(Promise.all([org.askMany(FACTORS, 150), org.askMany(MEMBERS, 30)]));

    const waited = Object.fromEntries(org.limits.waitedInMs);
    expect(Object.keys(waited).toSorted()).toEqual(['groups', 'users']);
    expect(waited['users']).toBeGreaterThan(seconds * 900);
    expect(waited['groups']).toBeLessThan(10_000);
    expect(org.limits.waitedMs).toBeLessThanOrEqual(seconds * 1000);
  });

  test('without headers is read at the share of what Okta last published', async () => {
    const org = new PacedOrg({ rates: { headers: 'none', limits: 1_000 } });

    const seconds = await secondsOf(org.askMany(FACTORS, 900));

    expect(seconds).toBeGreaterThan(175);
    expect(seconds).toBeLessThan(190);
    expect(org.refused).toEqual([]);
  });

  test('whose resets have passed whenever they are told is read evenly all the same', async () => {
    const org = new PacedOrg({ rates: { limits: 100 }, resetsLateSeconds: -90 });

    const seconds = await secondsOf(org.askMany(FACTORS, 150));

    expect(org.refused).toEqual([]);
    expect(seconds).toBeGreaterThan(175);
    expect(seconds).toBeLessThan(190);
  });

  test('with a limit that changes on the way is read at the share of the new one', async () => {
    const org = new PacedOrg();
    const reading = org.askMany(FACTORS, 1_050);
    await vi.advanceTimersByTimeAsync(61_000);
    org.windows.setLimit('users', 200);
    await vi.advanceTimersByTimeAsync(120_000);
    org.windows.setLimit('users', 600);

    await secondsOf(reading);

    expect(org.refused).toEqual([]);
    expect(spentIn(org, 'users').every((spent) => spent <= 300)).toBe(true);
    const small = org.windows.history.filter(({ limit }) => limit === 200).map(({ spent }) => spent);
    expect(small.length).toBeGreaterThan(0);
    expect(Math.max(...small)).toBeLessThanOrEqual(100);
  });

  test.each([
    { limit: 10, share: 0.05, minutes: 2 },
    { limit: 1, share: 0.5, minutes: 2 },
    { limit: 20, share: 0.0125, minutes: 4 },
    { limit: 10, share: 0.1, minutes: 1 },
  ])('that leaves less than a call a minute is asked less often: $share of $limit', async (setting) => {
    const { limit, share, minutes } = setting;
    const org = new PacedOrg({ share, rates: { limits: limit } });

    const seconds = await secondsOf(org.askMany(FACTORS, 5));

    expect(org.limits.budgetOf(FACTORS).allowance).toBe(limit * share);
    expect(seconds).toBeGreaterThanOrEqual(4 * minutes * 60);
    expect(seconds).toBeLessThan(4.2 * minutes * 60);
  });

  test('spends its buckets side by side', async () => {
    const org = new PacedOrg();

    const seconds = await secondsOf(Promise.all([org.askMany(FACTORS, 900), org.askMany(MEMBERS, 750)]));

    expect(seconds).toBeLessThan(180 * 1.04);
  });

  test('that is left alone for a while is asked again at once', async () => {
    const org = new PacedOrg({ share: 0.05 });
    await secondsOf(org.askMany(FACTORS, 30));
    const waitedMs = org.limits.waitedMs;
    await vi.advanceTimersByTimeAsync(600_000);

    expect(await secondsOf(org.ask(FACTORS))).toBeLessThan(0.1);
    expect(org.limits.waitedMs).toBe(waitedMs);
  });
});

test('okta, rate limits: another share counts at once, and never is more spent in a window than it allowed', async () => {
  const begun = Date.now();
  const minutes = (): number => (Date.now() - begun) / 60_000;
  const org = new PacedOrg({
    share: () => (minutes() >= 3 && minutes() < 6 ? 0.8 : 0.2),
    rates: { limits: 600 },
  });

  await secondsOf(org.askMany(FACTORS, 3_000));

  const spent = spentIn(org, 'users');
  expect(org.refused).toEqual([]);
  expect(Math.max(...spent.slice(0, 2))).toBeLessThanOrEqual(120);
  expect(Math.max(...spent)).toBeGreaterThan(400);
  expect(Math.max(...spent)).toBeLessThanOrEqual(480);
  expect(Math.max(...spent.slice(8))).toBeLessThanOrEqual(120);
});

describe('okta, rate limits: the first calls of a process', () => {
  /** How many calls have left so many milliseconds after the first. */
  const leftWithin = (org: PacedOrg, ms: number): number =>
    org.calls.filter(({ at }) => at - (org.calls[0]?.at ?? at) <= ms).length;

  test.each([
    { share: 0.5, limit: 600, burst: 15 },
    { share: 0.1, limit: 600, burst: 10 },
    { share: 0.1, limit: 250, burst: 10 },
    { share: 0.5, limit: 12, burst: 6 },
    { share: 1, limit: 2_000, burst: 100 },
  ])('go at once, $burst at $share of $limit; the others are spaced', async ({ share, limit, burst }) => {
    const org = new PacedOrg({ share, rates: { limits: limit }, width: 150, maxConcurrency: 200 });
    const allowance = share * limit;

    await secondsOf(org.askMany(FACTORS, Math.ceil(allowance * 2.2)));

    const first = org.calls[0]?.at ?? 0;
    // The first call of all finds the limit out: the others wait for its answer.
    expect(leftWithin(org, 150)).toBeGreaterThanOrEqual(burst);
    expect(leftWithin(org, 150)).toBeLessThanOrEqual(burst + Math.ceil((0.1 * 1.5) / (60 / allowance)));
    expect(leftWithin(org, 59_999)).toBeLessThanOrEqual(allowance);
    expect(Math.max(...spentIn(org, 'users'))).toBeLessThanOrEqual(allowance);
    expect(org.refused).toEqual([]);
    // No other window begins with a burst.
    const second = org.calls.map(({ at }) => at - first).filter((at) => at >= 60_000);
    const [start = 0] = second;
    expect(second.filter((at) => at <= start + 150).length).toBeLessThanOrEqual(
      2 + Math.ceil(0.15 / (60 / allowance)),
    );
  });

  test('of a short command are a little closer than evenly for a tenth of the window', async () => {
    const org = new PacedOrg();

    // A page of 20 users and two lookups for each, where even spacing alone would take 8 seconds.
    await secondsOf(org.askMany(FACTORS, 41));

    const seconds = ((org.calls.at(-1)?.at ?? 0) - (org.calls[0]?.at ?? 0)) / 1000;
    expect(seconds).toBeLessThan(4);
    expect(seconds).toBeGreaterThan((41 - 15) * 0.2 * 0.6);
  });

  test('are spaced evenly where others spend the bucket too', async () => {
    const org = new PacedOrg();
    for (let call = 0; call < 50; call += 1) org.windows.spend('users', Date.now());

    expect(await secondsOf(org.askMany(FACTORS, 41))).toBeGreaterThan((41 - 15) * 0.17);
  });

  test('are paid back in the second half of the window, so that no pause ends it', async () => {
    const org = new PacedOrg();

    await secondsOf(org.askMany(FACTORS, 330));

    const first = org.calls[0]?.at ?? 0;
    const until = (seconds: number): number =>
      org.calls.filter(({ at }) => at - first < seconds * 1000).length;
    // Half of the window at the even pace of five a second, and the burst.
    expect(until(30)).toBeGreaterThanOrEqual(15 + 145);
    expect(until(60)).toBeLessThanOrEqual(300);
    expect(largestGapSeconds(org)).toBeLessThan(2);
  });

  test('go at once in each bucket, and no more of them in a later run of the process', async () => {
    const org = new PacedOrg();
    await secondsOf(Promise.all([org.askMany(FACTORS, 20), org.askMany(MEMBERS, 20)]));
    const early = org.calls.filter(({ at }) => at - (org.calls[0]?.at ?? at) <= 150);
    await vi.advanceTimersByTimeAsync(20_000);

    const again = await secondsOf(org.askMany(FACTORS, 20));

    expect(early.filter(({ template }) => template === MEMBERS).length).toBeGreaterThanOrEqual(12);
    expect(early.filter(({ template }) => template === FACTORS).length).toBeGreaterThanOrEqual(15);
    expect(again).toBeGreaterThan(3);
  });
});

describe('okta, rate limits: an endpoint with a bucket of its own', () => {
  test('is paced by its own larger limit', async () => {
    const org = new PacedOrg({ rates: { ownBuckets: { [FACTORS]: 2_400 } } });
    const pages = async (): Promise<void> => {
      for (let page = 0; page < 24; page += 1) {
        await org.ask(USERS);
        await org.askMany(FACTORS, 200);
      }
    };

    const seconds = await secondsOf(pages());

    expect(org.limits.budgetOf(FACTORS)).toMatchObject({ bucket: FACTORS, limit: 2_400, allowance: 1_200 });
    expect(org.limits.budgetOf(USERS)).toMatchObject({ bucket: 'users', limit: 600 });
    expect(seconds).toBeLessThan(300);
    expect(org.refused).toEqual([]);
  });

  test('is kept to the share of its own smaller limit from its first answer on', async () => {
    const org = new PacedOrg({ rates: { ownBuckets: { [FACTORS]: 200 } }, width: 20 });
    await secondsOf(org.askMany(USERS, 2));

    await secondsOf(org.askMany(FACTORS, 300));

    expect(org.refused).toEqual([]);
    expect(Math.max(...spentIn(org, FACTORS))).toBeLessThanOrEqual(100);
  });

  test('is paced by its own smaller limit after one refusal at most', async () => {
    const org = new PacedOrg({ rates: { ownBuckets: { [FACTORS]: 60 } }, share: 0.9 });
    await secondsOf(org.ask(USERS));

    await secondsOf(Promise.all([org.askMany(USERS, 300), org.askMany(FACTORS, 200)]));

    expect(org.limits.budgetOf(FACTORS)).toMatchObject({ bucket: FACTORS, limit: 60 });
    expect(org.refused.length).toBeLessThanOrEqual(1);
  });

  test('is not made up where a limit changes for all', async () => {
    const org = new PacedOrg();
    const reading = Promise.all([org.askMany(FACTORS, 600), org.askMany(USERS, 600)]);
    await vi.advanceTimersByTimeAsync(70_000);
    org.windows.setLimit('users', 400);
    await secondsOf(reading);

    expect(org.limits.budgetOf(FACTORS).bucket).toBe('users');
    expect(org.limits.budgetOf(USERS).bucket).toBe('users');
    expect(org.refused).toEqual([]);
  });
});

test('okta, rate limits: budgets are those that answers have shown, by bucket, and a refusal names its bucket', async () => {
  const org = new PacedOrg({ rates: { limits: 600, ownBuckets: { [FACTORS]: 100 } } });
  expect(org.limits.budgets).toEqual([]);

  await secondsOf(org.askMany(USERS, 2));
  await secondsOf(org.askMany(FACTORS, 2));

  const shown = org.limits.budgets.map(({ bucket, limit, allowance, left }) => [
    bucket,
    limit,
    allowance,
    left,
  ]);
  expect(shown).toEqual([
    ['users', 600, 300, 298],
    [FACTORS, 100, 50, 48],
  ]);
  expect(org.limits.refused(FACTORS, org.lastRate(FACTORS))).toBe(FACTORS);
  expect(org.limits.refused(USERS, { ...org.lastRate(USERS), limit: 0 })).toBe('concurrency');
});

describe('okta, rate limits: others who spend too', () => {
  test('get their part: no 429, and ours is spent all the same', async () => {
    const org = new PacedOrg({ rates: { competitorShare: 0.3 } });

    const seconds = await secondsOf(org.askMany(FACTORS, 1_500));

    expect(org.refused).toEqual([]);
    expect(seconds / 300).toBeLessThan(1.1);
  });

  test('have the last tenth of every window to themselves once they are noticed', async () => {
    const org = new PacedOrg({ rates: { competitorShare: 0.3 } });

    await secondsOf(org.askMany(FACTORS, 2_000));

    const late = org.windows.history
      .slice(1)
      .flatMap(({ startAt, endAt }) =>
        org.calls.filter(({ at }) => at > endAt - (endAt - startAt) / 10 && at < endAt),
      );
    expect(late).toEqual([]);
  });

  test('are given way to where both together want more than there is', async () => {
    const org = new PacedOrg({ share: 0.9, rates: { competitorShare: 0.3 } });

    await secondsOf(org.askMany(FACTORS, 2_000));

    expect(org.refused.length).toBeLessThanOrEqual(1);
    // The window's last tenth is theirs.
    const [, , third] = org.windows.history;
    const late = org.calls.filter(
      ({ at }) => third !== undefined && at > third.endAt - 6_000 && at < third.endAt,
    );
    expect(late).toEqual([]);
  });
});

describe('okta, rate limits: what plans reckon with', () => {
  test('is the usual window where others had begun it, and the one seen from its first call else', async () => {
    const org = new PacedOrg({ rates: { windowSeconds: 20 } });
    const late = new PacedOrg();
    for (let call = 0; call < 3; call += 1) late.windows.spend('users', Date.now());
    await vi.advanceTimersByTimeAsync(40_000);

    await secondsOf(Promise.all([org.askMany(FACTORS, 1), late.askMany(FACTORS, 1)]));

    expect(org.limits.budgetOf(FACTORS).windowMs).toBe(20_000);
    expect(late.limits.budgetOf(FACTORS).windowMs).toBe(60_000);
  });
});

describe('okta, rate limits: a 429', () => {
  test('holds its own bucket once, to the reset, and no other', async () => {
    const org = new PacedOrg({
      share: 1,
      rates: { limits: { users: 100, groups: 600 }, competitorShare: 0 },
    });
    // Somebody spends what is left all at once.
    for (let call = 0; call < 90; call += 1) org.windows.spend('users', Date.now());

    const users = org.askMany(FACTORS, 40);
    const groups = org.askMany(MEMBERS, 300);
    const groupsSeconds = await secondsOf(groups);
    const seconds = groupsSeconds + (await secondsOf(users));

    expect(groupsSeconds).toBeLessThan(32);
    expect(org.calls.filter(({ isAllowed, template }) => isAllowed && template === FACTORS)).toHaveLength(40);
    expect(org.limits.waitedMs / 1000).toBeGreaterThan(1);
    expect(org.limits.waitedMs / 1000).toBeLessThanOrEqual(seconds);
    const heldUntil = org.windows.history.filter(({ bucket }) => bucket === 'users')[1]?.startAt ?? 0;
    const refusedAt = org.refused[0]?.at ?? heldUntil;
    expect(org.limits.waitedMs).toBeGreaterThan((heldUntil - refusedAt) * 0.5);
  });

  test('is not met by those who were only waiting for others to be answered', async () => {
    const org = new PacedOrg({
      share: 1,
      rates: { limits: 6_000 },
      latencyMs: 900,
      width: 30,
    });
    const reading = org.askMany(FACTORS, 200);
    await vi.advanceTimersByTimeAsync(5_000);
    for (let call = 0; call < 6_000; call += 1) org.windows.spend('users', Date.now());

    await secondsOf(reading);

    expect(org.calls.filter(({ isAllowed }) => isAllowed)).toHaveLength(200);
    expect(org.refused.length).toBeLessThanOrEqual(10 + 1);
  });

  test("while something remains teaches the token's lower ceiling, once", async () => {
    const org = new PacedOrg({ rates: { tokenShare: 0.3 } });

    const seconds = await secondsOf(org.askMany(FACTORS, 1_500));

    expect(org.refused.length).toBeGreaterThan(0);
    expect(org.refused.length).toBeLessThanOrEqual(10);
    expect(new Set(org.refused.map(({ at }) => Math.floor(at / 30_000))).size).toBe(1);
    expect(org.limits.budgetOf(FACTORS).allowance).toBeGreaterThan(165);
    expect(seconds / 500).toBeLessThan(1.1);
  });

  test('far below our own share has to come again, in another window, to teach anything', async () => {
    const org = new PacedOrg();
    const refuseAfter = async (calls: number): Promise<number> => {
      await secondsOf(org.askMany(FACTORS, calls));
      const at = Math.floor(Date.now() / 1000);
      const { resetAt } = org.lastRate(FACTORS);
      org.limits.refused(FACTORS, { limit: 600, remaining: 600 - calls, resetAt, dateAt: at });
      return org.limits.budgetOf(FACTORS).allowance;
    };

    expect(await refuseAfter(60)).toBe(300);
    expect(await refuseAfter(60)).toBeLessThan(80);
  });

  test('below every share that a token can have teaches nothing', async () => {
    const org = new PacedOrg();
    await secondsOf(org.askMany(FACTORS, 20));
    const rate = { limit: 600, remaining: 580, resetAt: Date.now() / 1000 + 30, dateAt: Date.now() / 1000 };

    org.limits.refused(FACTORS, rate);

    expect(org.limits.budgetOf(FACTORS).allowance).toBe(300);
  });

  test('without headers is waited out blindly, longer each time', async () => {
    const org = new PacedOrg({ rates: { headers: 'none', limits: 20 } });

    await secondsOf(org.askMany(FACTORS, 30));

    expect(org.calls.filter(({ isAllowed }) => isAllowed)).toHaveLength(30);
    expect(org.refused.length).toBeLessThan(30);
    expect(org.limits.waitedMs).toBeGreaterThan(5_000);
  });

  test('whose reset has passed is waited out blindly too', async () => {
    const org = new PacedOrg({ rates: { limits: 20 }, resetsLateSeconds: -90 });
    for (let call = 0; call < 20; call += 1) org.windows.spend('users', Date.now());

    const seconds = await secondsOf(org.ask(FACTORS));

    expect(seconds).toBeGreaterThan(55);
    expect(org.refused.length).toBeLessThanOrEqual(4);
  });

  test('that tells its reset and no limit is waited out to that', async () => {
    const org = new PacedOrg();
    await secondsOf(org.ask(FACTORS));

    org.limits.refused(FACTORS, undefined, 31_000);
    org.limits.refused(FACTORS, undefined, 31_000);

    const seconds = await secondsOf(org.ask(FACTORS));
    expect(seconds).toBeGreaterThan(31);
    expect(seconds).toBeLessThan(32);
  });

  test('for too many at once halves them, and they recover slowly', async () => {
    const org = new PacedOrg({ mostInFlight: 4, rates: { limits: 100_000 }, latencyMs: 200 });

    const reading = org.askMany(FACTORS, 400);
    await vi.advanceTimersByTimeAsync(700);
    expect(org.limits.concurrency).toBe(5);
    await secondsOf(reading);

    expect(org.calls.filter(({ isAllowed }) => isAllowed)).toHaveLength(400);
    expect(org.refused.length).toBeLessThan(40);
    // For the first answer, and hardly for the pace: that others are under way is another limit.
    expect(org.limits.waitedMs).toBeLessThan(300);
  });
});

describe('okta, rate limits: a stop', () => {
  test('ends everyone who waits, at once and with nothing left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const stopping = new AbortController();
    const org = new PacedOrg({ signal: stopping.signal, share: 0.01 });
    const asking = Array.from({ length: 20 }, () => org.ask(FACTORS).catch((error: unknown) => error));
    await vi.advanceTimersByTimeAsync(5_000);

    stopping.abort(new Error('told to stop'));
    const seconds = await secondsOf(Promise.all(asking));
    await vi.advanceTimersByTimeAsync(300_000);
    process.off('unhandledRejection', note);

    expect(seconds).toBeLessThan(0.2);
    expect(unhandled).toEqual([]);
    expect(() => org.limits.schedule(FACTORS, async () => 1)).toThrow('told to stop');
  });

  test('a call that fails ends neither the others nor the process', async () => {
    const org = new PacedOrg();

    const failed = org.limits.schedule(FACTORS, () => Promise.reject(new Error('broken')));
    const outcome = failed.catch((error: unknown) => error);
    await secondsOf(org.askMany(FACTORS, 20));

    expect(await outcome).toEqual(new Error('broken'));
  });
});
