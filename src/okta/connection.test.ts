import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { routeTo } from '../http/proxy.ts';
import type { Log } from '../ports/log.ts';
import { Secret } from '../settings/secret.ts';
import { CheckLimits } from './check/check-limits.ts';
import { OktaConnection, type ConnectionOptions } from './connection.ts';
import { ENDPOINTS } from './endpoints.ts';
import { HastyClock, json, NOW, ORIGIN, problem, silent, thrownBy, TOKEN, useOkta } from './okta.fixture.ts';

const { template: USERS } = ENDPOINTS.users;
const { template: TOKEN_PATH } = ENDPOINTS.token;
const okta = useOkta();
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SERVICE_APP = {
  kind: 'service-app',
  clientId: '0oa1',
  keys: [{ key: privateKey, id: 'kid-1', algorithm: 'ES256' }],
  dpop: 'auto',
} as const;

function connect(
  credential: ReturnType<ConnectionOptions['credential']>,
  clock = new HastyClock(),
): OktaConnection {
  return new OktaConnection({
    baseUrl: new URL(ORIGIN),
    credential: () => credential,
    renewSecrets: () => undefined,
    scopes: ['okta.users.read'],
    userAgent: 'x',
    route: routeTo(ORIGIN, {}),
    share: () => 0.5,
    maxConcurrency: 10,
    clock,
    random: () => 0,
    signal: new AbortController().signal,
  });
}

function borrower(log: Log = silent) {
  const own = new AbortController();
  return { log, signal: own.signal, stop: () => own.abort(new Error('this run is over')) };
}

/** A wait is over once others have had their turn: those who wait too have begun to by then. */
class LaterClock extends HastyClock {
  override async sleep(ms: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await super.sleep(ms);
  }
}

/** The rate headers of a bucket with much left, that resets in a minute. */
const RATE = {
  'x-rate-limit-limit': '600',
  'x-rate-limit-remaining': '500',
  'x-rate-limit-reset': String(NOW / 1000 + 60),
  date: new Date(NOW).toUTCString(),
};

test('okta, connection: each run counts its own calls, requests for a token, refusals and waits', async () => {
  let refusals = 0;
  okta.serve(({ path }) => {
    if (path === TOKEN_PATH) return json({ token_type: 'Bearer', expires_in: 3600, access_token: 'a' });
    if ((refusals += 1) === 1) return problem(429, 'E0000047', { ...RATE, 'x-rate-limit-remaining': '0' });
    return json([]);
  });
  const connection = connect(SERVICE_APP, new LaterClock());
  const first = connection.clientFor(borrower());
  await first.get(USERS, USERS);

  const second = connection.clientFor(borrower());
  const before = { ...second.count(), calls: second.count().calls.size };
  await second.get(USERS, USERS);

  expect(Object.fromEntries(first.count().calls)).toEqual({ [USERS]: 2, [TOKEN_PATH]: 1 });
  expect([first.count().rateLimited, first.count().waitedMs > 60_000]).toEqual([1, true]);
  expect(before).toMatchObject({ waitedMs: 0, rateLimited: 0, calls: 0 });
  expect(Object.fromEntries(second.count().calls)).toEqual({ [USERS]: 1 });
  expect([second.count().rateLimited, second.count().waitedMs]).toEqual([0, 0]);
});

test('okta, connection: what is said of a token carries the run that borrows the connection', async () => {
  okta.serve(({ path }, times) =>
    path === TOKEN_PATH && times < 3 ? problem(503) : json({ token_type: 'Bearer', access_token: 'a' }),
  );
  const said: string[] = [];
  const logOf = (run: string): Log => ({ ...silent, warn: () => void said.push(run) });
  const connection = connect(SERVICE_APP);
  connection.clientFor(borrower(logOf('first')));

  await connection.clientFor(borrower(logOf('second'))).get(USERS, USERS);

  expect(said).toEqual(['second']);
});

test('okta, connection: a run that is over asks nothing more, and the next one goes on with what is known', async () => {
  const asked = okta.serve(() => json([], { headers: RATE }));
  const connection = connect({ kind: 'token', token: new Secret(TOKEN) });
  const over = borrower();
  const client = connection.clientFor(over);
  await client.get(USERS, USERS);
  over.stop();

  const error = await thrownBy(client.get(USERS, USERS));
  const next = connection.clientFor(borrower());
  await next.get(USERS, USERS);

  expect(error).toEqual(new Error('this run is over'));
  expect(asked).toHaveLength(2);
  expect(connection.limits.budgetOf(USERS)).toMatchObject({ limit: 600, isLearnt: true });
});

test('okta, connection: a call that waits when its run is over is never asked, though the connection goes on', async () => {
  const clock = new HastyClock();
  const held = Promise.withResolvers<void>();
  const asked = okta.serve(async () => {
    await held.promise;
    return json([], { headers: RATE });
  });
  const connection = connect({ kind: 'token', token: new Secret(TOKEN) }, clock);
  const over = borrower();
  const first = connection.clientFor(borrower()).get(USERS, USERS);
  await expect.poll(() => asked.length).toBe(1);
  const client = connection.clientFor(over);
  const waiting = thrownBy(client.get(USERS, USERS));

  over.stop();

  expect(await waiting).toEqual(new Error('this run is over'));
  held.resolve();
  await first;
  await connection.clientFor(borrower()).get(USERS, USERS);
  expect(asked).toHaveLength(2);
  expect(client.count().calls.size).toBe(0);
});

test('okta, connection: calls of checks and of runs together stay within the share', async () => {
  const clock = new HastyClock();
  const beganAt = clock.now();
  const askedAfter: number[] = [];
  okta.serve(() => {
    askedAfter.push(clock.now() - beganAt);
    const isFirstMinute = clock.now() - beganAt < 60_000;
    const headers = {
      'x-rate-limit-limit': '20',
      'x-rate-limit-remaining': String(20 - (isFirstMinute ? askedAfter.length : 1)),
      'x-rate-limit-reset': String(NOW / 1000 + (isFirstMinute ? 60 : 120)),
      date: new Date(clock.now()).toUTCString(),
    };
    return json([], { headers });
  });
  const connection = connect({ kind: 'token', token: new Secret(TOKEN) }, clock);
  const checks = connection.clientForChecks(borrower(), {
    limits: new CheckLimits(),
    timeoutMs: 1000,
    tries: 1,
  });
  for (let call = 0; call < 6; call += 1) await checks.client.get(USERS, USERS);
  const run = connection.clientFor(borrower());

  for (let call = 0; call < 6; call += 1) await run.get(USERS, USERS);

  expect(askedAfter.filter((ms) => ms < 60_000)).toHaveLength(10);
});
