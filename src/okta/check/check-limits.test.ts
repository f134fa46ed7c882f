import { describe, expect, test } from 'vitest';
import { OktaRateLimitError } from '../../ports/errors.ts';
import { CheckLimits } from './check-limits.ts';
import { createClient, HastyClock, json, problem, thrownBy, useOkta } from '../okta.fixture.ts';

const okta = useOkta();
const PATH = '/api/v1/users';
const rates = (limit: number, remaining: number) => ({
  'x-rate-limit-limit': String(limit),
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-reset': '42',
  date: new Date(0).toUTCString(),
});

describe('okta, check limits: rate limits of a test', () => {
  test.each([
    [rates(600, 0), 'the bucket is spent for 42 s'],
    [rates(600, 300), "this credential's own share of the bucket is spent for 42 s"],
    [{}, 'a rate limit is spent for now'],
  ])('a 429 with %j is told at once', async (headers, told) => {
    const asked = okta.serve(() => problem(429, 'E0000047', headers));
    const clock = new HastyClock();

    const error = await thrownBy(createClient({ limits: new CheckLimits(), clock }).get(PATH, PATH));

    expect(error).toBeInstanceOf(OktaRateLimitError);
    expect(String(error)).toContain(told);
    expect([asked.length, clock.waits]).toEqual([1, []]);
  });

  test('too many requests at once are tried a second time, soon', async () => {
    const asked = okta.serve((_asked, times) =>
      times === 1 ? problem(429, 'E0000047', rates(0, 0)) : json([]),
    );
    const clock = new HastyClock();

    await createClient({ limits: new CheckLimits(), clock }).get(PATH, PATH);

    expect(asked).toHaveLength(2);
    expect(Math.max(...clock.waits)).toBeLessThan(2000);
  });

  test('remembers what each endpoint showed last', async () => {
    okta.serve((_asked, times) => json([], { headers: rates(600, 600 - times) }));
    const limits = new CheckLimits();
    const client = createClient({ limits });

    await client.get(PATH, PATH);
    await client.get(PATH, PATH);

    expect([...limits.seen].map(([template, { remaining }]) => [template, remaining])).toEqual([[PATH, 598]]);
  });
});
