import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, type TestContext } from 'vitest';
import { z } from 'zod';
import { takeLock } from '../src/inventory/sqlite/lock.ts';
import { CHECKS } from '../src/ports/checks.ts';
import { DEFAULT_API_KEY, DEFAULT_TOKEN } from '../src/simulator/index.ts';
import { toldLines, type Ended } from './whole-job/launch.fixture.ts';
import { test } from './whole-job/stage.fixture.ts';

const Output = z.strictObject({
  version: z.literal(1),
  ok: z.boolean(),
  checks: z.array(
    z.union([
      z.strictObject({
        code: z.string(),
        status: z.literal('passed'),
        title: z.string(),
        detail: z.string(),
      }),
      z.strictObject({
        code: z.string(),
        status: z.enum(['warning', 'failed']),
        title: z.string(),
        detail: z.string(),
        cost: z.string().min(10),
        todo: z.string().min(10),
      }),
    ]),
  ),
});
type Found = z.output<typeof Output>['checks'][number];

const STATUSES = ['passed', 'warning', 'failed'] as const;

/** Is the status worse than docs/reference.md says that it can be? */
function isWorse(status: Found['status'], code: string): boolean {
  const atWorst = CHECKS.find((check) => check.code === code)?.atWorst;
  return atWorst === undefined || STATUSES.indexOf(status) > STATUSES.indexOf(atWorst);
}

function checksOf({ stdout }: Ended): ReadonlyMap<string, Found> {
  const { checks } = Output.parse(JSON.parse(stdout));
  const byCode = new Map(checks.map((check) => [check.code, check]));
  expect(byCode.size).toBe(checks.length);
  expect(checks.filter(({ code, status }) => isWorse(status, code))).toEqual([]);
  return byCode;
}

/** The checks that did not pass, by code. */
function troublesOf(ended: Ended): Readonly<Record<string, string>> {
  const troubles = [...checksOf(ended)].filter(([, { status }]) => status !== 'passed');
  return Object.fromEntries(troubles.map(([code, { status }]) => [code, status]));
}

function expectNoSecret({ stdout, stderr }: Ended): void {
  for (const secret of [DEFAULT_TOKEN, DEFAULT_API_KEY, 'wrong-secret']) {
    expect(stdout + stderr).not.toContain(secret);
  }
}

/** Without the warning that every Identity Engine org gets in this dialect. */
const QUIET = { MFA_RULE: 'strong' };

/** Says the same to everything; counts and keeps what it was sent. */
async function startOther(status: number, body: string, onTestFinished: TestContext['onTestFinished']) {
  const sent: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    sent.push(request.headers.authorization);
    response.writeHead(status, { 'content-type': 'text/html', location: 'https://example.com/' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, sent };
}

describe.concurrent('the command test: a connector that is set up well', () => {
  test('passes everything, in order, and leaves nothing behind', async ({ makeStage }) => {
    const { run, stateDir, intake, okta } = await makeStage({ okta: { rates: {} } });

    const ended = await run(['test', '--json'], { env: QUIET });

    expect([ended.code, ended.stderr, troublesOf(ended)]).toEqual([0, '', {}]);
    expect([...checksOf(ended).keys()].join(' ')).toBe(
      'settings okta_address okta_engine okta_clock okta_credential okta_users okta_groups okta_group_roles ' +
        'okta_factors okta_user_roles okta_assignees okta_log okta_rate intake state_dir plan',
    );
    expect(checksOf(ended).get('okta_engine')?.detail).toBe('Identity Engine');
    expect(checksOf(ended).get('okta_rate')?.detail).toContain('users 300 of 600 a minute');
    expect(await readdir(stateDir)).toEqual([]);
    expect(checksOf(ended).get('plan')?.detail).toMatch(/^about \d+ calls, .* at OKTA_RATE_LIMIT_SHARE=0.5/);
    expect([intake.received.length, okta.tally.total]).toEqual([0, 10]);
    expectNoSecret(ended);
  });

  test('prints a line a check for people, without colours into a pipe', async ({ makeStage }) => {
    const { run } = await makeStage({ okta: { rates: {} } });

    const { code, stdout, stderr } = await run(['test']);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^passed {3}Settings {11}complete/);
    expect(stdout).toMatch(/\nwarning {2}MFA_RULE=any .*\n {9}costs: .*\n {9}to do: /);
    expect(stdout).toMatch(/\nok: a run is possible \(16 passed, 1 warning, 0 failed\)\n$/);
    expect(stdout).not.toContain('\u001B');
  });

  test('tells Classic, where nobody has a factor by mail without asking for it', async ({ makeStage }) => {
    const { run, okta } = await makeStage({ okta: { pipeline: 'v1' } });

    const ended = await run(['test', '--json']);

    expect([ended.code, troublesOf(ended)]).toEqual([0, {}]);
    expect(checksOf(ended).get('okta_engine')?.detail).toBe('Classic Engine');
    expect(okta.calls.get('/api/v1/users/{id}/factors')).toBe(1);
  });

  test('on Identity Engine shows on 20 users what the other MFA rules would say', async ({ makeStage }) => {
    const { run, okta } = await makeStage();

    const ended = await run(['test', '--json'], { env: { MFA_RULE: 'any' } });

    expect([ended.code, troublesOf(ended)]).toEqual([0, { okta_mfa_rule: 'warning' }]);
    expect(checksOf(ended).get('okta_mfa_rule')?.detail).toMatch(
      /of 20 users read, any says \d+ have MFA \(\d+ by e-mail alone\), active \d+, strong \d+$/,
    );
    expect(okta.calls.get('/api/v1/users/{id}/factors')).toBe(21);
  });

  test('a worker that holds the inventory is no failure', async ({ makeStage, onTestFinished }) => {
    const { run, stateDir } = await makeStage();
    const held = takeLock(stateDir, { description: 'a worker', since: '2026-08-01T10:00:00.000Z' });
    onTestFinished(() => held.release());

    const ended = await run(['test', '--json'], { env: QUIET });

    expect([ended.code, troublesOf(ended)]).toEqual([0, {}]);
  });

  test('lookups switched off are not asked, and say so', async ({ makeStage }) => {
    const { run, okta } = await makeStage();

    const ended = await run(['test', '--json'], { env: { LOOKUPS: 'factors', ...QUIET } });

    expect([ended.code, troublesOf(ended)]).toEqual([0, {}]);
    for (const code of ['okta_groups', 'okta_group_roles', 'okta_user_roles', 'okta_assignees']) {
      expect(checksOf(ended).get(code)?.detail).toMatch(/^switched off by LOOKUPS .*not asked$/);
    }
    expect([...okta.calls.keys()].filter((template) => /groups|roles|iam/.test(template))).toEqual([]);
  });
});

describe('the command test: in a hurry', () => {
  test('a wrong token fails in under 5 seconds, whatever the pace', async ({ makeStage }) => {
    const { run, okta } = await makeStage({ okta: { rates: { limits: 1 } } });

    const env = { OKTA_API_TOKEN: 'wrong-secret', OKTA_RATE_LIMIT_SHARE: '0.01' };
    const ended = await run(['test', '--json'], { env });

    expect([ended.code, troublesOf(ended)]).toEqual([3, { okta_credential: 'failed' }]);
    expect(checksOf(ended).get('okta_credential')).toMatchObject({
      todo: expect.stringMatching(/Security > API > Tokens.*OKTA_API_TOKEN/),
    });
    expect(okta.tally.total).toBe(2);
    expect(checksOf(ended).get('intake')?.status).toBe('passed');
    expectNoSecret(ended);
  });
});

describe.concurrent('the command test: what Okta refuses', () => {
  const roles = ['/api/v1/users/{id}/roles', '/api/v1/groups/{id}/roles', '/api/v1/iam/assignees/users'];

  test.for([
    {
      name: 'roles',
      templates: roles,
      troubles: { okta_group_roles: 'warning', okta_user_roles: 'warning', okta_assignees: 'warning' },
      code: 'okta_user_roles',
      cost: /^lookup roles/,
      todo: /okta\.iam\.read.*Super Administrator; okta\.users\.manage is not needed/,
    },
    {
      name: 'factors',
      templates: ['/api/v1/users/{id}/factors'],
      troubles: { okta_factors: 'warning' },
      code: 'okta_factors',
      cost: /^lookup factors: has_mfa/,
      todo: /Security > Administrators.*Read-only Administrator/,
    },
    {
      name: 'groups',
      templates: ['/api/v1/groups'],
      troubles: { okta_groups: 'warning', okta_group_roles: 'warning' },
      code: 'okta_groups',
      cost: /^lookup groups/,
      todo: /Read-only Administrator/,
    },
    {
      name: 'the System Log',
      templates: ['/api/v1/logs'],
      troubles: { okta_log: 'warning' },
      code: 'okta_log',
      cost: /incremental runs.*FULL_SYNC_INTERVAL/,
      todo: /Read-only Administrator/,
    },
  ])('$name: a warning that names what it costs and what to grant', async (given, { makeStage }) => {
    const refuse = given.templates.map((template) => ({ template, status: 403 }));
    const { run } = await makeStage({ okta: { refuse } });

    const env = given.name === 'factors' ? { MFA_RULE: 'any' } : QUIET;
    const ended = await run(['test', '--json'], { env });

    expect([ended.code, troublesOf(ended)]).toEqual([0, given.troubles]);
    expect(checksOf(ended).get(given.code)).toMatchObject({
      cost: expect.stringMatching(given.cost),
      todo: expect.stringMatching(given.todo),
    });
  });

  test('users: failed, and the rest is tried as far as it goes', async ({ makeStage }) => {
    const { run } = await makeStage({ okta: { refuse: [{ template: '/api/v1/users', status: 403 }] } });

    const ended = await run(['test', '--json']);

    expect(ended.code).toBe(3);
    expect(troublesOf(ended)).toEqual({
      okta_users: 'failed',
      okta_factors: 'warning',
      okta_user_roles: 'warning',
    });
    expect(checksOf(ended).get('okta_credential')?.status).toBe('passed');
  });

  test('a search it does not understand: failed, naming the setting', async ({ makeStage }) => {
    const { run } = await makeStage();

    const ended = await run(['test', '--json'], { env: { OKTA_USER_SEARCH: 'shoeSize gt "44"', ...QUIET } });

    expect([ended.code, troublesOf(ended)]).toEqual([1, { okta_user_search: 'failed' }]);
  });

  test('a bucket that is spent is told, not waited for', async ({ makeStage }) => {
    const { run } = await makeStage({ okta: { rates: { limits: { users: 1 } } } });

    const ended = await run(['test', '--json'], { env: QUIET });

    expect(ended.code).toBe(0);
    expect(troublesOf(ended)).toEqual({ okta_factors: 'warning', okta_user_roles: 'warning' });
    expect(checksOf(ended).get('okta_factors')?.detail).toMatch(/429.*the bucket is spent for \d+ s/);
  });
});

describe.concurrent('the command test: an address that is no org', () => {
  test.for([
    { name: 'a web server', status: 404, body: '<html>no</html>', detail: /HTTP 404/ },
    { name: 'an answer of its own', status: 200, body: '{"id":"x"}', detail: /not as an Okta org does/ },
    { name: 'a redirect', status: 302, body: '', detail: /redirect/ },
  ])(
    '$name: failed, and the token is not sent there',
    async ({ status, body, detail }, { makeStage, onTestFinished }) => {
      const { run } = await makeStage();
      const { url, sent } = await startOther(status, body, onTestFinished);

      const ended = await run(['test', '--json'], { env: { OKTA_BASE_URL: url } });

      expect([ended.code, troublesOf(ended)]).toEqual([1, { okta_address: 'failed' }]);
      expect(checksOf(ended).get('okta_address')?.detail).toMatch(detail);
      expect(sent).toEqual([undefined]);
    },
  );

  test.for([
    { url: 'https://acme-admin.okta.com', told: 'write https://acme.okta.com' },
    { url: 'http://acme.okta.com', told: 'is not https' },
    { url: 'https://acme.okta.com/api/v1', told: 'holds a path' },
  ])('$url is a mistake in the settings', async ({ url, told }, { makeStage }) => {
    const { run } = await makeStage();

    const ended = await run(['test'], { env: { OKTA_BASE_URL: url } });

    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(toldLines(ended)[0]).toMatch(/^error: OKTA_BASE_URL /);
    expect(ended.stderr).toContain(told);
  });

  test('Okta down: failed, the intake is tried all the same', async ({ makeStage }) => {
    const { run, okta } = await makeStage();
    await okta.close();

    const ended = await run(['test', '--json']);

    expect([ended.code, troublesOf(ended)]).toEqual([1, { okta_address: 'failed' }]);
    expect(checksOf(ended).get('okta_address')?.detail).toMatch(/ECONNREFUSED/);
    expect(checksOf(ended).get('intake')?.status).toBe('passed');
  });

  test.for([
    { skewMs: 300_000, detail: /300 s behind|299 s behind|301 s behind/ },
    { skewMs: -300_000, detail: /(299|300|301) s ahead/ },
  ])('a clock $skewMs ms off is a warning', async ({ skewMs, detail }, { makeStage }) => {
    const { run } = await makeStage({ okta: { skewMs } });

    const ended = await run(['test', '--json'], { env: QUIET });

    expect([ended.code, troublesOf(ended)]).toEqual([0, { okta_clock: 'warning' }]);
    expect(checksOf(ended).get('okta_clock')?.detail).toMatch(detail);
  });
});

describe.concurrent('the command test: the intake', () => {
  test.for([400, 422] as const)('%i to an empty batch is good', async (status, { makeStage }) => {
    const { run } = await makeStage({ intake: { emptyBatchStatus: status } });

    const ended = await run(['test', '--json'], { env: QUIET });

    expect([ended.code, troublesOf(ended)]).toEqual([0, {}]);
    expect(checksOf(ended).get('intake')?.detail).toContain(`HTTP ${status}`);
  });

  test.for([
    {
      name: 'a wrong key',
      env: { SEKOIA_API_KEY: 'wrong-secret' },
      detail: /HTTP 401/,
      todo: /SEKOIA_API_KEY/,
    },
    {
      name: 'a wrong connector id',
      env: { SEKOIA_CONNECTOR_UUID: 'another' },
      detail: /HTTP 404/,
      todo: /SEKOIA_BASE_URL and SEKOIA_CONNECTOR_UUID/,
    },
  ])('$name: failed, naming the setting', async ({ env, detail, todo }, { makeStage }) => {
    const { run } = await makeStage();

    const ended = await run(['test', '--json'], { env: { ...env, ...QUIET } });

    expect([ended.code, troublesOf(ended)]).toEqual([3, { intake: 'failed' }]);
    expect(checksOf(ended).get('intake')).toMatchObject({
      detail: expect.stringMatching(detail),
      todo: expect.stringMatching(todo),
    });
    expectNoSecret(ended);
  });

  test('down: failed, Okta is tried all the same', async ({ makeStage }) => {
    const { run, intake } = await makeStage();
    await intake.close();

    const ended = await run(['test', '--json'], { env: QUIET });

    expect([ended.code, troublesOf(ended)]).toEqual([1, { intake: 'failed' }]);
  });

  test('silent: failed, without the patience of a run', async ({ makeStage }) => {
    const { run, intake } = await makeStage();
    intake.setState('silent');

    const ended = await run(['test', '--json'], { env: QUIET });

    expect([ended.code, troublesOf(ended)]).toEqual([1, { intake: 'failed' }]);
  });
});

describe.concurrent('the command test: the state folder', () => {
  test('one that is not there yet is not made', async ({ makeStage }) => {
    const { run, stateDir } = await makeStage();
    const folder = join(stateDir, 'deep', 'below');

    const ended = await run(['test', '--json'], { env: { STATE_DIR: folder, ...QUIET } });

    expect([ended.code, troublesOf(ended), existsSync(join(stateDir, 'deep'))]).toEqual([0, {}, false]);
  });

  test('a file in its place is a failure', async ({ makeStage }) => {
    const { run, stateDir } = await makeStage();
    const folder = join(stateDir, 'taken', 'state');
    await mkdir(stateDir, { recursive: true });
    await writeFile(join(stateDir, 'taken'), '');
    await chmod(join(stateDir, 'taken'), 0o600);

    const ended = await run(['test', '--json'], { env: { STATE_DIR: folder, ...QUIET } });

    expect([ended.code, troublesOf(ended)]).toEqual([1, { state_dir: 'failed' }]);
  });
});
