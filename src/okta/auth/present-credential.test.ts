import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { OktaAuthError } from '../../ports/errors.ts';
import { routeTo } from '../../http/proxy.ts';
import { Secret } from '../../settings/secret.ts';
import { OktaConnection } from '../connection.ts';
import { HastyClock, json, ORIGIN, problem, silent, thrownBy, useOkta, type Asked } from '../okta.fixture.ts';
import type { CredentialChoice } from './present-credential.ts';

const USERS = '/api/v1/users';
const TOKEN_PATH = '/oauth2/v1/token';
const okta = useOkta();

function token(text: string): CredentialChoice {
  return { kind: 'token', token: new Secret(text) };
}

function app(id: string): CredentialChoice {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kind: 'service-app', clientId: '0oa1', keys: [{ key, id, algorithm: 'ES256' }], dpop: 'auto' };
}

/** A client whose credential is `current()`; a renewal takes the next of `inFile`, as often as there is one. */
function connect(first: CredentialChoice, inFile: readonly CredentialChoice[] = []) {
  let current = first;
  const rest = [...inFile];
  let renewals = 0;
  const signal = new AbortController().signal;
  const connection = new OktaConnection({
    baseUrl: new URL(ORIGIN),
    credential: () => current,
    renewSecrets: () => {
      renewals += 1;
      current = rest.shift() ?? current;
    },
    scopes: ['okta.users.read'],
    userAgent: 'x',
    route: routeTo(ORIGIN, {}),
    share: () => 0.5,
    maxConcurrency: 10,
    clock: new HastyClock(),
    random: () => 0,
    signal,
  });
  const client = connection.clientFor({ log: silent, signal });
  return {
    client,
    get: () => client.get(USERS, USERS),
    change: (choice: CredentialChoice) => (current = choice),
    renewals: () => renewals,
  };
}

/** An org that takes only these tokens. */
function accept(tokens: readonly string[]): readonly Asked[] {
  return okta.serve(({ headers }) =>
    tokens.some((each) => headers.get('authorization') === `SSWS ${each}`)
      ? json([])
      : problem(401, 'E0000011'),
  );
}

function sentBy(asked: readonly Asked[]): (string | null)[] {
  return asked.map(({ headers }) => headers.get('authorization'));
}

test('okta, present credential: the next request after a change carries the new token', async () => {
  const asked = accept(['old', 'new']);
  const { get, change, renewals } = connect(token('old'));
  await get();

  change(token('new'));
  await get();

  expect(sentBy(asked)).toEqual(['SSWS old', 'SSWS new']);
  expect(renewals()).toBe(0);
});

test('okta, present credential: a refused token is read again, and the request is repeated with the new one', async () => {
  const accepted = ['old'];
  const asked = accept(accepted);
  const { get, renewals } = connect(token('old'), [token('new')]);
  await get();
  accepted[0] = 'new';

  await Promise.all([get(), get(), get()]);

  const sent = sentBy(asked).slice(1);
  expect(sent.filter((each) => each === 'SSWS new')).toHaveLength(3);
  expect(sent.filter((each) => each === 'SSWS old').length).toBeGreaterThan(0);
  expect(renewals()).toBe(1);
});

test('okta, present credential: an unchanged token fails as before, after one reading', async () => {
  const asked = accept([]);
  const { get, renewals } = connect(token('old'), [token('old')]);

  expect(await thrownBy(get())).toBeInstanceOf(OktaAuthError);
  expect([asked.length, renewals()]).toEqual([1, 1]);
});

test('okta, present credential: tokens that change for ever are no reason to ask for ever', async () => {
  const asked = accept([]);
  const many = Array.from({ length: 50 }, (_, at) => token(`token-${at}`));
  const { get } = connect(token('old'), many);

  expect(await thrownBy(get())).toBeInstanceOf(OktaAuthError);
  expect(asked.length).toBeLessThan(4);
});

test('okta, present credential: a 401 that says that a feature is off is no reason to read a secret', async () => {
  okta.serve(() => problem(401, 'E0000015'));
  const { get, renewals } = connect(token('old'), [token('new')]);

  await thrownBy(get());

  expect(renewals()).toBe(0);
});

test("okta, present credential: a service app's refused key is read again, and each request for a token counts", async () => {
  const asked = okta.serve(async ({ path, text }) => {
    if (path !== TOKEN_PATH) return json([]);
    const assertion = new URLSearchParams(await text()).get('client_assertion') ?? '';
    const header = Buffer.from(assertion.split('.')[0] ?? '', 'base64url').toString();
    return header.includes('"kid":"new"')
      ? json({ token_type: 'Bearer', expires_in: 3600, access_token: 'a' })
      : json({ error: 'invalid_client' }, { status: 401 });
  });
  const { client, get, renewals } = connect(app('old'), [app('new')]);

  await get();
  await get();

  expect(asked.filter(({ path }) => path === TOKEN_PATH)).toHaveLength(2);
  expect(client.count().calls.get(TOKEN_PATH)).toBe(2);
  expect(renewals()).toBe(1);
});

test('okta, present credential: a service app may take the place of a token, and the same choice made anew changes nothing', async () => {
  const asked = okta.serve(({ path }) =>
    path === TOKEN_PATH ? json({ token_type: 'Bearer', expires_in: 3600, access_token: 'a' }) : json([]),
  );
  const { get, change } = connect(token('old'));
  const chosen = app('kid');
  await get();

  change(chosen);
  await get();
  change({ ...chosen });
  await get();

  expect(sentBy(asked)).toEqual(['SSWS old', null, 'Bearer a', 'Bearer a']);
});
