import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  OktaAuthError,
  OktaFeatureOffError,
  OktaRateLimitError,
  OktaResponseError,
  OktaTokenError,
} from '../../ports/errors.ts';
import type { OktaClient } from '../client.ts';
import { ProofMaker } from './dpop.ts';
import { createHttpGet, createFormPost } from '../../http/client.ts';
import {
  createClient,
  HastyClock,
  json,
  ORIGIN,
  problem,
  silent,
  thrownBy,
  useOkta,
  type Answering,
} from '../okta.fixture.ts';
import { ServerClock } from '../pace/server-clock.ts';
import { AppTokens, ServiceApp } from './service-app.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import type { Log } from '../../ports/log.ts';
import type { DpopMode } from '../../ports/credential.ts';

const TOKEN_PATH = '/oauth2/v1/token';
const USERS = '/api/v1/users';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const okta = useOkta();

function token(number: number, more: object = {}): Response {
  return json({ token_type: 'Bearer', expires_in: 3600, access_token: `token-${number}`, ...more });
}

/** An org whose token endpoint and API answer as told; each is told how often it was asked. */
function serve(onToken: Answering, onCall: Answering = () => json([])) {
  let tokens = 0;
  let calls = 0;
  return okta.serve((asked) =>
    asked.path === TOKEN_PATH ? onToken(asked, (tokens += 1)) : onCall(asked, (calls += 1)),
  );
}

function makeApp(dpop: DpopMode = 'auto', scopes = ['okta.users.read'], tokens = new AppTokens()) {
  const clock = new HastyClock();
  const serverClock = new ServerClock(clock);
  const proofs = new ProofMaker(serverClock);
  const { signal } = new AbortController();
  const warnings: object[] = [];
  const log: Log = { ...silent, warn: (facts: object) => void warnings.push(facts) };
  const endpoint = new TokenEndpoint({
    baseUrl: new URL(ORIGIN),
    clientId: '0oa1',
    keys: [{ key: privateKey, id: 'kid-1', algorithm: 'ES256' }],
    dpop,
    post: createFormPost({ timeoutMs: 60_000, userAgent: 'x' }),
    proofs,
    serverClock,
    clock,
    random: () => 0.5,
    log,
    signal,
  });
  const credential = new ServiceApp({
    endpoint,
    proofs,
    serverClock,
    clock,
    scopes,
    tokens,
    log: silent,
  });
  const http = createHttpGet({ timeoutMs: 60_000, userAgent: 'x' });
  const client: OktaClient = createClient({ credential, clock, http });
  return { client, clock, warnings, get: () => client.get(USERS, USERS) };
}

describe('okta, service app: a token', () => {
  test('is asked for once, however many wait for it', async () => {
    const asked = serve((_, times) => token(times));
    const { client, get } = makeApp();

    await Promise.all([get(), get(), get()]);

    expect(asked.filter(({ path }) => path === TOKEN_PATH)).toHaveLength(1);
    expect(client.count().calls).toEqual(
      new Map([
        [USERS, 3],
        [TOKEN_PATH, 1],
      ]),
    );
  });

  test('is renewed five minutes before its end', async () => {
    const asked = serve((_, times) => token(times));
    const { clock, get } = makeApp();

    await get();
    await clock.sleep(54 * 60_000);
    await get();
    await clock.sleep(2 * 60_000);
    await get();

    expect(
      asked.filter(({ path }) => path === USERS).map(({ headers }) => headers.get('authorization')),
    ).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test('is used to its end while Okta cannot give another', async () => {
    serve((_, times) => (times === 1 ? token(1) : problem(503)));
    const { clock, get } = makeApp();

    await get();
    await clock.sleep(56 * 60_000);
    await get();
    await clock.sleep(5 * 60_000);

    expect(await thrownBy(get())).toBeInstanceOf(OktaTokenError);
  });

  test.each([
    ['a header that says so', { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' }, 'E0000005'],
    ["Okta's code", {}, 'E0000011'],
  ])('that is refused with 401 by %s is renewed once', async (_, headers, code) => {
    const asked = serve(
      (_asked, times) => token(times),
      ({ headers: sent }) =>
        sent.get('authorization') === 'Bearer token-2' ? json([]) : problem(401, code, headers),
    );
    const { get } = makeApp();

    await get();

    expect(asked.map(({ path }) => path)).toEqual([TOKEN_PATH, USERS, TOKEN_PATH, USERS]);
  });

  test('that is refused although it is new ends the run', async () => {
    const asked = serve(
      (_, times) => token(times),
      () => problem(401, 'E0000011'),
    );
    const { get } = makeApp();

    const error = await thrownBy(get());

    expect(error).toBeInstanceOf(OktaAuthError);
    expect(asked).toHaveLength(4);
  });

  test('is not renewed for a feature that is off', async () => {
    const asked = serve(
      (_, times) => token(times),
      () => problem(401, 'E0000015', { 'www-authenticate': 'Bearer error="invalid_token"' }),
    );
    const { get } = makeApp();

    expect(await thrownBy(get())).toBeInstanceOf(OktaFeatureOffError);
    expect(asked).toHaveLength(2);
  });
});

describe('okta, service app: what is granted', () => {
  const users = 'okta.users.read';
  const log = 'okta.logs.read';
  /** An org that grants these; the scopes of each request for a token. */
  function serveGranting(granted: readonly string[]) {
    const requests: (string | null)[] = [];
    serve(async ({ text }, times) => {
      const scopes = new URLSearchParams(await text()).get('scope');
      requests.push(scopes);
      return (scopes ?? '').split(' ').every((scope) => granted.includes(scope))
        ? token(times)
        : json({ error: 'invalid_scope' }, { status: 400 });
    });
    return requests;
  }

  test('is found out once, whoever asks later', async () => {
    const requests = serveGranting([users]);
    const tokens = new AppTokens();

    await makeApp('auto', [users, log], tokens).get();
    const later = makeApp('auto', [users, log], tokens);
    await later.get();

    expect(requests).toEqual([`${users} ${log}`, users]);
    expect(later.client.count().missingScopes).toEqual([log]);
  });

  test('is found out anew when a grant was taken back meanwhile', async () => {
    const requests = serveGranting([users]);
    const tokens = new AppTokens();
    tokens.granted = [users, log];

    await makeApp('auto', [users, log], tokens).get();

    expect(requests).toEqual([`${users} ${log}`, `${users} ${log}`, users]);
    expect([tokens.granted, tokens.missing]).toEqual([[users], [log]]);
  });
});

describe('okta, service app: the token endpoint', () => {
  test.each([301, 302, 307, 308])('is not followed elsewhere by a %i', async (status) => {
    const asked = serve(() => new Response('', { status, headers: { location: 'https://evil.example/' } }));
    const { get } = makeApp();

    expect(await thrownBy(get())).toBeInstanceOf(OktaResponseError);
    expect(asked).toHaveLength(1);
  });

  test('that asks for nonce after nonce is given up', async () => {
    const asked = serve((_, times) =>
      json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'dpop-nonce': `nonce-${times}` } }),
    );
    const { get } = makeApp();

    expect(await thrownBy(get())).toBeInstanceOf(OktaAuthError);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['<html>', {}],
    ['{"access_token":"has space","token_type":"Bearer"}', {}],
    ['{"access_token":"x","token_type":"mac"}', {}],
  ])('that answers %j is asked again, and then counts as unavailable', async (text) => {
    const asked = serve(() => new Response(text));
    const { get } = makeApp();

    const error = await thrownBy(get());

    expect(error).toBeInstanceOf(OktaTokenError);
    expect(error).toMatchObject({ message: expect.stringContaining(`POST ${TOKEN_PATH}`) });
    expect(asked).toHaveLength(5);
  });

  test('that gives no token ends the run, after a warning that names its address', async () => {
    serve(() => new Response('<html>'));
    const { get, warnings } = makeApp();

    const error = await thrownBy(get());

    expect(error).toMatchObject({ recovery: 'stop', hint: expect.stringContaining('OKTA_BASE_URL') });
    expect(warnings[0]).toMatchObject({
      url: `${ORIGIN}${TOKEN_PATH}`,
      reason: 'an answer that is no token',
    });
  });

  test('that answers 429 is left alone as long as Retry-After says', async () => {
    const limited = () => problem(429, 'E0000047', { 'retry-after': '90' });
    serve((_, times) => (times === 1 ? limited() : token(times)));
    const { clock, get } = makeApp();

    await get();

    expect(clock.waits).toEqual([90_000]);
  });

  test('that answers 429 for a quarter of an hour ends the run, and was told of before', async () => {
    const asked = serve(() => problem(429, 'E0000047', { 'retry-after': '300' }));
    const { get, warnings } = makeApp();

    const error = await thrownBy(get());

    expect(error).toBeInstanceOf(OktaRateLimitError);
    expect(error).toMatchObject({ message: expect.stringContaining(`${ORIGIN}${TOKEN_PATH}`) });
    expect(asked).toHaveLength(4);
    expect(warnings).toHaveLength(2);
  });

  test('whose 403 is a web page is not blamed on the service app', async () => {
    serve(() => new Response('<html>', { status: 403, headers: { 'content-type': 'text/html' } }));

    expect(await thrownBy(makeApp().get())).toMatchObject({
      message: expect.stringContaining('with a web page'),
      hint: expect.stringContaining('network zones'),
    });
  });

  test('says why in words of its own, without what was sent', async () => {
    serve(() =>
      json(
        {
          error: 'invalid_client',
          error_description: `bad\n${'e'.repeat(30)}.${'y'.repeat(30)}.${'z'.repeat(30)}`,
        },
        { status: 401 },
      ),
    );
    const { get } = makeApp();

    expect(await thrownBy(get())).toMatchObject({
      message: expect.stringContaining('(invalid_client: bad [hidden])'),
      hint: expect.stringContaining('OKTA_CLIENT_ID'),
    });
  });

  test('must bind its tokens when OKTA_DPOP is always', async () => {
    serve((_, times) => token(times));
    const { get } = makeApp('always');

    expect(await thrownBy(get())).toMatchObject({ message: expect.stringContaining('not bound') });
  });

  test('must not bind them to a key that it was not shown', async () => {
    serve((_, times) => token(times, { token_type: 'DPoP' }));
    const { get } = makeApp();

    expect(await thrownBy(get())).toBeInstanceOf(OktaAuthError);
  });
});
