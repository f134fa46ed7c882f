import { expect, test } from 'vitest';
import { checkRates } from './rate-check.ts';
import { RateLimits } from '../pace/rate-limits.ts';

interface Shown {
  readonly limit: number;
  readonly remaining?: number;
}

function seen(shown: Readonly<Record<string, Shown>>) {
  return new Map(
    Object.entries(shown).map(([template, { limit, remaining = limit - 1 }]) => [
      template,
      { limit, remaining, resetAt: 60, dateAt: 0 },
    ]),
  );
}

const USUAL = {
  '/api/v1/users': { limit: 600 },
  '/api/v1/groups': { limit: 500 },
  '/api/v1/logs': { limit: 120 },
};

test('okta, rate check: tells each bucket and the part that runs will spend', () => {
  const check = checkRates(seen(USUAL), 0.5);

  expect(check.status).toBe('passed');
  expect(check.detail).toBe(
    'users 300 of 600 a minute (599 left now); groups 250 of 500 a minute (499 left now); logs 60 of 120 a minute (119 left now)',
  );
});

test('okta, rate check: counts endpoints of one family together, but not one with a limit of its own', () => {
  const shown = {
    '/api/v1/users': { limit: 600 },
    '/api/v1/users/{id}/roles': { limit: 600, remaining: 590 },
  };

  const check = checkRates(seen({ ...shown, '/api/v1/users/{id}/factors': { limit: 100 } }), 1 / 3);

  expect(check.detail).toBe(
    'users 200 of 600 a minute (590 left now); /api/v1/users/{id}/factors 33 of 100 a minute (99 left now)',
  );
});

test("okta, rate check: says what the share means when the headers look like the token's own share", () => {
  const halves = {
    '/api/v1/users': { limit: 300 },
    '/api/v1/groups': { limit: 250 },
    '/api/v1/logs': { limit: 60 },
  };

  const { detail } = checkRates(seen(halves), 0.5);

  expect(detail).toContain("look like 50 % of the org's limits");
  expect(detail).toContain("OKTA_RATE_LIMIT_SHARE=0.5 of that is 25 % of the org's (1 would be 50 %)");
});

test('okta, rate check: a free org, whose limits are small but not by one part, is not taken for a share', () => {
  const free = {
    '/api/v1/users': { limit: 100 },
    '/api/v1/groups': { limit: 100 },
    '/api/v1/logs': { limit: 20 },
  };

  expect(checkRates(seen(free), 0.5).detail).not.toContain('look like');
});

test.each([
  ['no headers at all', {}, 0.5, /guess/],
  ['a share that leaves nothing to others', USUAL, 1, /logins and apps/],
  [
    'a bucket that others have nearly spent',
    { '/api/v1/users': { limit: 600, remaining: 20 } },
    0.5,
    /bucket users/,
  ],
])('okta, rate check: %s is a warning', (_name, shown, share, cost) => {
  expect(checkRates(seen(shown), share)).toMatchObject({
    status: 'warning',
    cost: expect.stringMatching(cost),
  });
});

test('okta, rate check: names buckets and reckons their parts as `plan` does', () => {
  const clock = { now: () => 0, sleep: async () => undefined };
  const { signal } = new AbortController();
  const limits = new RateLimits({ share: () => 0.05, maxConcurrency: 1, clock, random: () => 0, signal });
  const shown = {
    '/api/v1/users/{id}': { limit: 50 },
    '/api/v1/logs': { limit: 10 },
    '/api/v1/iam/assignees/users': { limit: 1200 },
  };
  for (const [template, rate] of seen(shown)) limits.observe(template, rate);

  const { detail } = checkRates(seen(shown), 0.05);

  const told = Object.keys(shown).map((template) => {
    const { bucket, allowance, limit } = limits.budgetOf(template);
    return `${bucket} ${allowance} of ${limit} a minute (${limit - 1} left now)`;
  });
  expect(detail).toBe(told.join('; '));
});
