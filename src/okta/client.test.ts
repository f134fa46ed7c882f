import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  ConnectorError,
  OktaAuthError,
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaRateLimitError,
  OktaResponseError,
  OktaUnavailableError,
} from '../ports/errors.ts';
import { ManualClock } from '../sinks/clock.fixture.ts';
import type { ClientOptions } from './client.ts';
import {
  createClient,
  HastyClock,
  HOST,
  json,
  NoLimits,
  NOW,
  ORIGIN,
  problem,
  silent,
  thrownBy,
  TOKEN,
  useOkta,
} from './okta.fixture.ts';

const { serve } = useOkta();
const TEMPLATE = '/api/v1/users';
const RATE = {
  'x-rate-limit-limit': '600',
  'x-rate-limit-remaining': '0',
  'x-rate-limit-reset': '1785578460',
};

/** The error of a call, after a look for the token and for the body in every corner of it. */
async function errorOf(promise: Promise<unknown>): Promise<ConnectorError> {
  const thrown = await thrownBy(promise);
  const seen = [inspect(thrown, { depth: Infinity, showHidden: true }), JSON.stringify(thrown)].join('\n');
  expect(seen).not.toContain(TOKEN);
  expect(seen).not.toMatch(/SSWS|authorization|zoe@example/i);
  if (!(thrown instanceof ConnectorError)) throw new Error(`no error of ours: ${seen}`);
  expect(`${thrown.hint}`).not.toContain(TOKEN);
  return thrown;
}

function create(changes: Partial<ClientOptions> = {}) {
  const clock = new HastyClock();
  const limits = new NoLimits();
  return { client: createClient({ clock, limits, ...changes }), clock, limits };
}

describe('okta, client: an answer', () => {
  test("is asked for at the org with the token, and carries Okta's time", async () => {
    const date = 'Sat, 01 Aug 2026 10:00:07 GMT';
    const asked = serve(() => json([{ id: '00u1' }], { headers: { date } }));

    const answer = await createClient().get('/api/v1/users?limit=2&search=a%20b', TEMPLATE);

    expect(answer).toMatchObject({ body: [{ id: '00u1' }], at: Date.parse(date) });
    expect(asked.map(({ url }) => url)).toEqual([`${ORIGIN}/api/v1/users?limit=2&search=a%20b`]);
    expect(asked[0]?.headers.get('authorization')).toBe(`SSWS ${TOKEN}`);
  });

  test("carries this machine's time where Okta tells none", async () => {
    serve(() => json([]));

    expect((await createClient().get('/', TEMPLATE)).at).toBe(NOW);
  });

  test.each(['//thief.example/x', '/\\thief.example/x', '///thief.example', '/../../x', '/.//thief.example'])(
    'is asked for at the org however the path looks: %s',
    async (path) => {
      const asked = serve(() => json([]));

      await createClient().get(path, TEMPLATE);

      expect(asked.map(({ url }) => new URL(url).origin)).toEqual([ORIGIN]);
    },
  );

  test.each(['@thief.example/', ':8443/x', '.thief.example/', 'thief.example'])(
    'is not asked for when the path leads away: %s',
    async (path) => {
      const asked = serve(() => json([]));

      expect(await errorOf(createClient().get(path, TEMPLATE))).toBeInstanceOf(OktaResponseError);
      expect(asked).toEqual([]);
    },
  );
});

describe('okta, client: what may pass by itself', () => {
  test.each([
    ['a 500', () => problem(500)],
    ['a 503 in HTML', () => new Response('<h1>zoe@example.com</h1>', { status: 503 })],
    ['an empty 504', () => new Response(null, { status: 504 })],
    ['a 200 that is not JSON', () => new Response('<html>zoe@example.com')],
    ['a 200 that was cut', () => new Response('[{"id":"00u1"},{"id"')],
    ['a connection that breaks', () => Response.error()],
  ])('%s is asked again, and is no loss', async (what, failing) => {
    const { client, clock } = create();
    const silent: boolean[] = [];
    const asked = serve((_asked, times) => {
      silent.push(client.count().silentSince !== undefined);
      return times < 5 ? failing() : json(['fine']);
    });

    const answer = await client.get('/api/v1/users', TEMPLATE);

    const isSilent = what === 'a connection that breaks';
    expect(silent).toEqual([false, isSilent, isSilent, isSilent, isSilent]);
    expect(client.count().silentSince).toBeUndefined();

    expect(answer.body).toEqual(['fine']);
    expect(asked).toHaveLength(5);
    expect(clock.waits).toHaveLength(4);
    expect(client.count().calls.get(TEMPLATE)).toBe(5);
  });

  test('five tries are all, each after a longer wait', async () => {
    serve(() => problem(500));
    const { client, clock } = create();

    const error = await errorOf(client.get('/api/v1/users', TEMPLATE));

    expect(error).toBeInstanceOf(OktaUnavailableError);
    expect(error.message).toBe(
      `${HOST} gave no usable answer to GET ${TEMPLATE} in 5 tries (last: HTTP 500)`,
    );
    expect(clock.waits).toEqual([375, 750, 1500, 3000]);
  });

  test.each([
    [0, [250, 500, 1000, 2000]],
    [0.999_999, [500, 1000, 2000, 4000]],
  ])('waits are spread by chance: %f', async (random, waits) => {
    serve(() => problem(500));
    const { client, clock } = create({ random: () => random });

    await errorOf(client.get('/api/v1/users', TEMPLATE));

    expect(clock.waits.map((wait) => Math.round(wait))).toEqual(waits);
  });

  test('fewer tries, where fewer are worth it', async () => {
    const asked = serve(() => problem(500));

    await errorOf(createClient().get('/api/v1/users', TEMPLATE, { tries: 2 }));

    expect(asked).toHaveLength(2);
  });
});

describe('okta, client: what does not pass by itself', () => {
  test.each([
    [400, 'E0000001', OktaUnavailableError],
    [401, 'E0000011', OktaAuthError],
    [401, 'E0000015', OktaFeatureOffError],
    [403, 'E0000006', OktaForbiddenError],
    [404, 'E0000007', OktaNotFoundError],
    [501, 'E0000060', OktaFeatureOffError],
    [302, 'none', OktaResponseError],
  ])('%i with %s is asked once', async (status, code, kind) => {
    const asked = serve(() => problem(status, code, { location: 'https://thief.example' }));
    const { client, clock } = create();

    expect(await errorOf(client.get('/api/v1/users', TEMPLATE))).toBeInstanceOf(kind);
    expect(asked).toHaveLength(1);
    expect(clock.waits).toEqual([]);
  });
});

test("okta, client: an answer without Okta's time tells the limit all the same, its reset a usual window away", async () => {
  serve(() => json('fine', { headers: { ...RATE, 'x-rate-limit-remaining': '7' } }));
  const { client, limits } = create();

  await client.get('/api/v1/users', TEMPLATE);

  expect(limits.observed).toEqual([
    { limit: 600, remaining: 7, resetAt: 1_785_578_460, dateAt: 1_785_578_400 },
  ]);
});

describe('okta, client: a refusal of what was allowed a moment ago', () => {
  test.each([
    [403, 'E0000006'],
    [401, 'E0000011'],
  ])('%i %s is asked again after a pause', async (status, code) => {
    const asked = serve((_, times) => (times === 2 ? problem(status, code) : json([])));
    const { client, clock } = create();

    await client.get('/a', TEMPLATE);
    await client.get('/b', TEMPLATE);

    expect(asked.map(({ path }) => path)).toEqual(['/a', '/b', '/b']);
    expect(clock.waits).toEqual([1000]);
  });

  test('counts when it stands after two more', async () => {
    const asked = serve((_, times) => (times === 1 ? json([]) : problem(403, 'E0000006')));
    const { client, clock } = create();

    await client.get('/a', TEMPLATE);

    expect(await errorOf(client.get('/b', TEMPLATE))).toBeInstanceOf(OktaForbiddenError);
    expect(asked).toHaveLength(4);
    expect(clock.waits).toEqual([1000, 4000]);
  });

  test('costs no more calls after three that stood', async () => {
    const asked = serve(({ path }) => (path === '/a' ? json([]) : problem(403, 'E0000006')));
    const { client } = create();

    await client.get('/a', TEMPLATE);
    for (let user = 0; user < 10; user += 1) await errorOf(client.get('/b', TEMPLATE));

    expect(asked).toHaveLength(1 + 3 * 3 + 7);
  });

  test.each([
    ['of another endpoint', 403, 'E0000006'],
    ['that is a feature switched off', 401, 'E0000015'],
  ])('%s counts at once', async (_, status, code) => {
    const asked = serve(({ path }) => (path === '/a' ? json([]) : problem(status, code)));
    const { client } = create();

    await client.get('/a', TEMPLATE);
    await errorOf(client.get('/b', '/api/v1/groups'));

    expect(asked).toHaveLength(2);
  });

  test.each([401, 403])('never allowed before: %i counts at once', async (status) => {
    const asked = serve(() => problem(status, 'E0000006'));
    const { client } = create();

    await errorOf(client.get('/a', TEMPLATE));

    expect(asked).toHaveLength(1);
  });
});

describe('okta, client: an endpoint without a usable answer', () => {
  test('is told once it has lasted a minute, with what is wrong', async () => {
    const warnings: object[] = [];
    const clock = new HastyClock();
    const client = createClient({
      clock,
      log: { ...silent, warn: (facts: object) => void warnings.push(facts) },
      http: async () => {
        await clock.sleep(25_000);
        return { kind: 'fault', code: 'HPE_INVALID_HEADER_TOKEN' };
      },
    });

    await errorOf(client.get('/a', TEMPLATE));

    expect(warnings).toEqual([
      expect.objectContaining({
        endpoint: TEMPLATE,
        reason: 'it sent an answer that is not proper HTTP (HPE_INVALID_HEADER_TOKEN)',
      }),
    ]);
  });

  test('is not told before', async () => {
    const warnings: object[] = [];
    serve(() => problem(503));
    const log = { ...silent, warn: (facts: object) => void warnings.push(facts) };

    await errorOf(createClient({ log }).get('/a', TEMPLATE));

    expect(warnings).toEqual([]);
  });
});

describe('okta, client: 429', () => {
  test('hands the wait of Retry-After to the rate limits, beside the reset', async () => {
    const date = 'Sat, 01 Aug 2026 10:00:00 GMT';
    const until = 'Sat, 01 Aug 2026 10:02:00 GMT';
    const answers = [
      problem(429, 'E0000047', { ...RATE, 'retry-after': '90' }),
      problem(429, 'E0000047', { date, 'retry-after': until }),
      problem(429, 'E0000047', { 'retry-after': '999999' }),
    ];
    serve((_, times) => answers[times - 1] ?? json([]));
    const { client, limits } = create();

    await client.get('/', TEMPLATE);

    expect(limits.toldWaits).toEqual([90_000, 120_000, 600_000]);
  });

  test('is told to the rate limits, asked again, and never a loss', async () => {
    const date = 'Sat, 01 Aug 2026 10:00:00 GMT';
    serve((_, times) => (times < 20 ? problem(429, 'E0000047', { ...RATE, date }) : json('fine')));
    const { client, clock, limits } = create();

    const answer = await client.get('/api/v1/users', TEMPLATE);

    expect(answer.body).toBe('fine');
    expect(limits.refusals).toHaveLength(19);
    expect(limits.refusals[0]).toMatchObject({ limit: 600, remaining: 0 });
    expect(limits.observed).toHaveLength(1);
    expect(clock.waits).toEqual([]);
    expect(client.count()).toMatchObject({
      calls: new Map([[TEMPLATE, 20]]),
      rateLimited: 19,
      rateLimitedIn: new Map([['users', 19]]),
    });
  });

  test('without headers is a refusal that says nothing', async () => {
    serve((_, times) => (times === 1 ? new Response(null, { status: 429 }) : json('fine')));
    const { client, limits } = create();

    await client.get('/api/v1/users', TEMPLATE);

    expect(limits.refusals).toEqual([undefined]);
  });

  test.each([
    ['its limit missing', { 'x-rate-limit-limit': '' }, 61_000],
    ['a reset that has passed', { 'x-rate-limit-limit': '', 'x-rate-limit-reset': '1785578399' }, undefined],
    ['a reset of next year', { 'x-rate-limit-limit': '', 'x-rate-limit-reset': '1817114400' }, undefined],
    ['a reset given twice', { 'x-rate-limit-reset': '1785578460, 1785578460' }, undefined],
  ])('with %s tells at most how long to wait', async (_, changed, waitMs) => {
    const headers = { ...RATE, ...changed, date: 'Sat, 01 Aug 2026 10:00:00 GMT' };
    serve((_asked, times) => (times === 1 ? problem(429, 'E0000047', headers) : json('fine')));
    const { client, limits } = create();

    await client.get('/api/v1/users', TEMPLATE);

    expect(limits.refusals).toEqual([undefined]);
    expect(limits.toldWaits).toEqual([waitMs]);
  });

  test('with limit 0 and nothing else is the concurrency limit', async () => {
    serve((_, times) =>
      times === 1 ? problem(429, 'E0000047', { 'x-rate-limit-limit': '0' }) : json('fine'),
    );
    const { client, clock } = create();

    await client.get('/api/v1/users', TEMPLATE);

    expect(clock.waits).toEqual([1000]);
  });

  test('with limit 0 is the concurrency limit: a short wait by chance, growing, but not for ever', async () => {
    const headers = { ...RATE, 'x-rate-limit-limit': '0', date: 'Sat, 01 Aug 2026 10:00:00 GMT' };
    serve((_, times) => (times < 12 ? problem(429, 'E0000047', headers) : json('fine')));
    const { client, clock } = create();

    await client.get('/api/v1/users', TEMPLATE);

    expect(clock.waits).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 8000, 8000, 8000]);
  });

  test('twenty times in a row ends the patience', async () => {
    const asked = serve(() => problem(429, 'E0000047'));

    const error = await errorOf(createClient().get('/api/v1/users', TEMPLATE));

    expect(error).toBeInstanceOf(OktaRateLimitError);
    expect(error.message).toContain(`429 to ${TEMPLATE} 20 times in a row`);
    expect(error.hint).toContain('OKTA_RATE_LIMIT_SHARE');
    expect(asked).toHaveLength(20);
  });

  test('counts anew when something else came in between', async () => {
    serve((_, times) => {
      if (times === 39) return json('fine');
      return times === 20 ? problem(500) : problem(429, 'E0000047');
    });

    expect((await createClient().get('/api/v1/users', TEMPLATE)).body).toBe('fine');
  });
});

describe('okta, client: the signal', () => {
  test.each([
    ['a back-off', () => problem(500)],
    [
      'a wait for the concurrency limit',
      () =>
        problem(429, 'E0000047', {
          ...RATE,
          'x-rate-limit-limit': '0',
          date: 'Sat, 01 Aug 2026 10:00:00 GMT',
        }),
    ],
  ])('ends %s at once', async (_, failing) => {
    const asked = serve(failing);
    const clock = new ManualClock();
    const stop = new AbortController();
    const client = createClient({ clock, signal: stop.signal });

    const thrown = thrownBy(client.get('/api/v1/users', TEMPLATE));
    while (clock.sleeperCount === 0) await clock.settle();
    stop.abort(new Error('told to stop'));

    expect(await thrown).toMatchObject({ message: 'told to stop' });
    expect(asked).toHaveLength(1);
  });

  test('ends a request under way', async () => {
    const asking = Promise.withResolvers<void>();
    serve(() => {
      asking.resolve();
      return new Promise<Response>(() => undefined);
    });
    const stop = new AbortController();

    const thrown = thrownBy(createClient({ signal: stop.signal }).get('/api/v1/users', TEMPLATE));
    await asking.promise;
    stop.abort(new Error('told to stop'));

    expect(await thrown).toMatchObject({ message: 'told to stop' });
  });
});

test('okta, client: every request counts, by endpoint', async () => {
  serve(({ path }, times) => {
    if (path.startsWith('/api/v1/groups')) return problem(403);
    return times % 2 === 1 ? problem(500) : json([]);
  });
  const { client } = create();

  await client.get('/api/v1/users/a', '/api/v1/users/{id}');
  await client.get('/api/v1/users/b', '/api/v1/users/{id}');
  await errorOf(client.get('/api/v1/groups', '/api/v1/groups'));

  expect(client.count()).toMatchObject({
    calls: new Map([
      ['/api/v1/users/{id}', 4],
      ['/api/v1/groups', 1],
    ]),
    rateLimited: 0,
    waitedMs: 0,
  });
});
