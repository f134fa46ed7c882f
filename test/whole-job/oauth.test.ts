import { describe, expect } from 'vitest';
import type { Lookup } from '../../src/ports/org.ts';
import { z } from 'zod';
import { reportOf, toldLines, type Ended } from './launch.fixture.ts';
import { expectedEvents, expectEvents } from './said.fixture.ts';
import { jwkOf, makeKey, makeServiceApp, pemOf } from './service-app.fixture.ts';
import { test } from './stage.fixture.ts';

const TOKEN_PATH = '/oauth2/v1/token';
const MINUTE_MS = 60_000;
const DEVICES = { SEKOIA_DEVICES_CONNECTOR_UUID: '22222222-2222-4333-8444-555555555555' };
const Tested = z.object({
  checks: z.array(z.object({ code: z.string(), status: z.string(), todo: z.string().optional() })),
});

describe('whole job, oauth: a whole run as a service app', () => {
  test.for([
    { way: 'a bearer token', changes: {}, requests: 1 },
    { way: 'DPoP, found out from the answer', changes: { requiresDpop: true }, requests: 3 },
    {
      way: 'DPoP and a nonce that the API asks for',
      changes: { requiresDpop: true, apiNonce: 'nonce-of-the-api' },
      requests: 3,
    },
  ])('with $way delivers everything', async ({ changes, requests }, { makeStage }) => {
    const { oauth, env } = makeServiceApp(changes);
    const { org, okta, intake, run } = await makeStage({ okta: { oauth } });

    const ended = await run(['sync'], { env });

    const report = reportOf(ended);
    expectEvents(intake.latestByUid(), org);
    expect([ended.code, report.outcome]).toEqual([0, 'completed']);
    expect(report.okta.calls).toEqual(Object.fromEntries(okta.calls));
    expect(report.okta.calls[TOKEN_PATH]).toBe(requests);
    expect(report.okta).not.toHaveProperty('missing_scopes');
  });

  test('renews tokens that end while it runs, and shows none of its secrets', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ requiresDpop: true, lifeSeconds: 1 });
    const { org, okta, intake, run } = await makeStage({
      org: { users: 300 },
      okta: { oauth, latencyMs: 60, faults: { rate: 0.02, kinds: ['500', 'reset', 'truncated'] } },
    });

    const ended = await run(['sync'], { env: { ...env, LOG_LEVEL: 'trace' } });

    expectEvents(intake.latestByUid(), org);
    expect(reportOf(ended).outcome).toBe('completed');
    expect(okta.oauth?.tally.tokensIssued).toBeGreaterThan(1);
    const printed = ended.stdout + ended.stderr;
    for (const line of (env['OKTA_PRIVATE_KEY'] ?? '')
      .split('\n')
      .filter((text) => /^[\w+/=]{16,}$/.test(text)))
      expect(printed).not.toContain(line);
    expect(printed).not.toMatch(/eyJ|DPoP [\w-]/);
  });

  test('gets a new token when Okta ends one early', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ requiresDpop: true });
    const { org, okta, intake, start } = await makeStage({ okta: { oauth, latencyMs: 20 } });

    const { ended } = start(['sync'], { env });
    await expect.poll(() => okta.tally.total, { timeout: 45_000, interval: 5 }).toBeGreaterThan(12);
    okta.oauth?.revokeTokens();

    expect(reportOf(await ended).outcome).toBe('completed');
    expectEvents(intake.latestByUid(), org);
    expect(okta.oauth?.tally.tokensIssued).toBe(2);
    expect(okta.oauth?.tally.refusedCalls).toBeGreaterThan(0);
  });

  test.for([10, -10])(
    'signs by the clock of Okta when that is %i minutes off',
    async (minutes, { makeStage }) => {
      const { oauth, env } = makeServiceApp({ requiresDpop: true });
      const { org, intake, run } = await makeStage({ okta: { oauth, skewMs: minutes * MINUTE_MS } });

      const ended = await run(['sync'], { env });

      expect(ended.code).toBe(0);
      expectEvents(intake.latestByUid(), org);
    },
  );

  test('tries again when the token endpoint is disturbed', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ tokenFaults: [503, 429, 502] });
    const { org, intake, run } = await makeStage({ okta: { oauth } });

    const ended = await run(['sync'], { env, sleepsFaster: 20 });

    expect(ended.code).toBe(0);
    expect(reportOf(ended).okta).toMatchObject({ rate_limited: 1, calls: { [TOKEN_PATH]: 4 } });
    expectEvents(intake.latestByUid(), org);
  });
});

describe('whole job, oauth: keys', () => {
  test.for(['rsa', 'P-256', 'P-384', 'P-521'] as const)(
    'of kind %s are taken',
    async (kind, { makeStage }) => {
      const { oauth, env } = makeServiceApp({}, makeKey(kind));
      const { run } = await makeStage({ okta: { oauth } });

      expect((await run(['dry-run', '--limit', '1'], { env })).code).toBe(0);
    },
  );

  test('one that Okta does not know any more gives way to the other of two', async ({ makeStage }) => {
    const [old, young] = [makeKey('rsa'), makeKey()];
    const { oauth, env } = makeServiceApp({ keys: new Map([['kid-new', young.publicKey]]) });
    const { okta, run } = await makeStage({ okta: { oauth } });
    const asPem = {
      ...env,
      OKTA_PRIVATE_KEY: pemOf(old, 'pkcs1') + pemOf(young, 'sec1'),
      OKTA_KEY_ID: 'kid-old,kid-new',
    };
    const jwks = { keys: [jwkOf(old, 'kid-old'), jwkOf(young, 'kid-new')] };
    const asJwks = { ...env, OKTA_PRIVATE_KEY: JSON.stringify(jwks), OKTA_KEY_ID: '' };

    expect((await run(['dry-run', '--limit', '1'], { env: asPem })).code).toBe(0);
    expect((await run(['dry-run', '--limit', '1'], { env: asJwks })).code).toBe(0);
    expect(okta.calls.get(TOKEN_PATH)).toBe(4);
  });

  test('that Okta does not know end the run with 3', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp();
    const { okta, run } = await makeStage({ okta: { oauth } });

    const ended = await run(['dry-run'], { env: { ...env, OKTA_PRIVATE_KEY: pemOf(makeKey()) } });

    expect([ended.code, ended.stdout]).toEqual([3, '']);
    expect(toldLines(ended).join('\n')).toMatch(/invalid_client[^]*hint: .*OKTA_CLIENT_ID.*OKTA_KEY_ID/);
    expect(okta.calls.get(TOKEN_PATH)).toBe(1);
  });
});

describe('whole job, oauth: scopes', () => {
  const all = ['okta.users.read', 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];
  const refusedWithoutRoles: readonly Lookup[] = ['group-roles', 'roles'];

  test.for([
    { missing: ['okta.logs.read'], requests: 2, refused: [] },
    { missing: ['okta.roles.read'], requests: 4, refused: refusedWithoutRoles },
    { missing: ['okta.roles.read', 'okta.logs.read'], requests: 4, refused: refusedWithoutRoles },
    { missing: all.slice(1), requests: 4, refused: refusedWithoutRoles },
  ])('without $missing the rest is read, and what is missing is named', async (given, { makeStage }) => {
    const { missing, requests, refused } = given;
    const { oauth, env } = makeServiceApp({ grantedScopes: all.filter((scope) => !missing.includes(scope)) });
    const { org, okta, intake, run } = await makeStage({ okta: { oauth } });

    const ended = await run(['sync'], { env });

    const report = reportOf(ended);
    expect(ended.code).toBe(0);
    expect(new Set(report.okta.missing_scopes)).toEqual(new Set(missing));
    expect(Object.keys(report.gaps).toSorted()).toEqual([...refused].toSorted());
    expect(okta.calls.get(TOKEN_PATH)).toBe(requests);
    expect(okta.oauth?.tally.refusedCalls).toBe(0);
    expect(intake.latestByUid().size).toBe(expectedEvents(org).size);
    expect(ended.stderr).toContain('Okta does not grant all scopes');
  });

  test('of assets are left out where they are not granted, and users are read as ever', async ({
    makeStage,
  }) => {
    const { oauth, env } = makeServiceApp({ grantedScopes: all });
    const { org, okta, intake, run } = await makeStage({ okta: { oauth } });

    const ended = await run(['sync'], { env: { ...env, ASSETS: 'apps,rules,devices,org', ...DEVICES } });

    const report = reportOf(ended);
    expect(ended.code).toBe(0);
    expect(new Set(report.okta.missing_scopes)).toEqual(
      new Set(['okta.apps.read', 'okta.devices.read', 'okta.orgs.read']),
    );
    expect(Object.keys(report.gaps).toSorted()).toEqual(['apps', 'devices', 'org']);
    expect(okta.calls.get(TOKEN_PATH)).toBe(6);
    expect(okta.oauth?.tally.refusedCalls).toBe(0);
    expect(intake.latestByUid().size).toBe(expectedEvents(org).size);
  });

  test('not even for users end the run with 3 and say where to grant them', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ grantedScopes: ['okta.groups.read'] });
    const { run } = await makeStage({ okta: { oauth } });

    const ended = await run(['dry-run'], { env });

    expect(ended.code).toBe(3);
    expect(toldLines(ended).join('\n')).toMatch(/does not grant okta\.users\.read[^]*Okta API Scopes/);
  });

  test('are those that the lookups need, and no other', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ grantedScopes: ['okta.users.read'] });
    const { okta, intake, run } = await makeStage({ okta: { oauth } });

    const ended = await run(['dry-run'], { env: { ...env, LOOKUPS: 'factors' } });

    expect(ended.code).toBe(0);
    expect(okta.calls.get(TOKEN_PATH)).toBe(1);
    expect(intake.requests).toEqual([]);
  });

  test('that Okta misses at a call are named as Okta names them', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp();
    const { run } = await makeStage({
      okta: { oauth, refuse: [{ template: '/api/v1/users', status: 403, missingScope: 'okta.users.read' }] },
    });

    const ended = await run(['sync'], { env });

    expect(ended.code).toBe(3);
    expect(reportOf(ended).error).toMatchObject({
      message: expect.stringContaining('lacks the scope okta.users.read'),
      hint: expect.stringContaining('Okta API Scopes'),
    });
  });

  test('are not the admin role: when that is missing, it is the role that is named', async ({
    makeStage,
  }) => {
    const { oauth, env } = makeServiceApp();
    const { run } = await makeStage({
      okta: { oauth, refuse: [{ template: '/api/v1/users', status: 403 }] },
    });

    const ended = await run(['sync'], { env });

    expect(ended.code).toBe(3);
    expect(reportOf(ended).error).toMatchObject({
      message: expect.stringContaining('no admin role'),
      hint: expect.stringContaining('Read-only Administrator'),
    });
  });
});

describe('whole job, oauth: DPoP', () => {
  test('always: the first request for a token carries a proof', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ requiresDpop: true });
    const { okta, run } = await makeStage({ okta: { oauth } });

    expect((await run(['dry-run', '--limit', '1'], { env: { ...env, OKTA_DPOP: 'always' } })).code).toBe(0);
    expect(okta.calls.get(TOKEN_PATH)).toBe(2);
  });

  test('never: the error says what to change', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ requiresDpop: true });
    const { run } = await makeStage({ okta: { oauth } });

    const ended = await run(['dry-run'], { env: { ...env, OKTA_DPOP: 'never' } });

    expect(ended.code).toBe(3);
    expect(toldLines(ended).join('\n')).toMatch(/invalid_dpop_proof[^]*OKTA_DPOP/);
  });
});

describe('whole job, oauth: "Test connector" as a service app', () => {
  const checksOf = ({ stdout }: Ended): ReadonlyMap<string, z.output<typeof Tested>['checks'][number]> =>
    new Map(Tested.parse(JSON.parse(stdout)).checks.map((check) => [check.code, check]));

  test.for([
    {
      lacks: 'a scope',
      refusal: { missingScope: 'okta.roles.read' },
      says: /Scopes: grant okta\.roles\.read/,
    },
    { lacks: 'an admin role', refusal: {}, says: /Admin roles > Edit assignments: assign a custom role/ },
  ])('that lacks $lacks is told that alone', async ({ refusal, says }, { makeStage }) => {
    const { oauth, env } = makeServiceApp();
    const refuse = [{ template: '/api/v1/users/{id}/roles', status: 403, ...refusal }];
    const { run } = await makeStage({ okta: { oauth, refuse } });

    const roles = checksOf(await run(['test', '--json'], { env })).get('okta_user_roles');

    expect(roles?.status).toBe('warning');
    expect(roles?.todo).toMatch(says);
    expect(/Okta API Scopes.*Admin roles/.test(roles?.todo ?? '')).toBe(false);
  });

  test('finds out once what is granted, its estimate included', async ({ makeStage }) => {
    const { oauth, env } = makeServiceApp({ grantedScopes: ['okta.users.read', 'okta.groups.read'] });
    const { okta, run } = await makeStage({ okta: { oauth } });

    const checks = checksOf(await run(['test', '--json'], { env }));

    expect(checks.get('plan')?.status).toBe('passed');
    expect(checks.get('okta_log')?.todo).toMatch(/grant okta\.logs\.read/);
    expect(okta.calls.get(TOKEN_PATH)).toBe(4);
  });

  test('warns where a lookup is answered by a redirect, which is a gap of every user', async ({
    makeStage,
  }) => {
    const { run } = await makeStage({
      okta: { refuse: [{ template: '/api/v1/users/{id}/factors', status: 302 }] },
    });

    const ended = await run(['test', '--json']);

    expect([ended.code, checksOf(ended).get('okta_factors')?.status]).toEqual([0, 'warning']);
    expect(reportOf(await run(['sync']))).toMatchObject({ outcome: 'completed_with_gaps' });
  });
});

describe('whole job, oauth: Okta is only ever read', () => {
  test.for([
    ['sync'],
    ['sync', '--incremental'],
    ['dry-run', '--limit', '5'],
    ['dry-run', '--user', 'nobody@example.com'],
    ['test'],
  ])('%s %s: GET, and one POST for tokens', async (argv, { makeStage }) => {
    const { oauth, env } = makeServiceApp({ requiresDpop: true });
    const { okta, run } = await makeStage({
      okta: { oauth, keepsLog: true, faults: { rate: 0.05, kinds: ['500', 'reset', '429'] } },
    });

    await run(argv, { env });

    const sent = new Set(
      okta.log.map(({ method, template }) => (method === 'GET' ? method : `${method} ${template}`)),
    );
    expect(okta.log.length).toBeGreaterThan(3);
    expect(sent).toEqual(new Set(['GET', `POST ${TOKEN_PATH}`]));
  });
});
