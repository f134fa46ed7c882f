import { once } from 'node:events';
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { send, type Seen } from '../../src/simulator/loopback.fixture.ts';
import { DEFAULT_HOOKS_TOKEN } from '../../src/simulator/index.ts';
import type { HookOptions } from '../../src/simulator/okta/hooks/options.ts';
import { startReceiver } from '../../src/simulator/okta/hooks/receiver.fixture.ts';
import type { Ended } from './launch.fixture.ts';
import { makeServiceApp } from './service-app.fixture.ts';
import { test, type Stage, type StageOptions } from './stage.fixture.ts';

const SECRET = 'a-secret-of-at-least-32-characters';
const MANAGING = { OKTA_API_TOKEN: '', OKTA_HOOKS_API_TOKEN: DEFAULT_HOOKS_TOKEN, HOOK_SECRET: SECRET };
const PRIVATE_CA = new URL('../private-ca/', import.meta.url);

type MakeStage = (options?: StageOptions) => Promise<Stage>;

/** An org that takes hooks to this machine, a receiver, and the command. */
async function start(makeStage: MakeStage, hooks: HookOptions = {}, okta: StageOptions['okta'] = {}) {
  const stage = await makeStage({
    managesHooks: true,
    okta: { hooks: { takesHttp: true, timeoutMs: 300, ...hooks }, ...okta },
  });
  const receiver = await startReceiver();
  onTestFinished(receiver.close);
  const url = `${receiver.url}/okta/events`;
  const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    stage.run(['hooks', ...argv], { env: { ...MANAGING, ...env } });
  /** A call of the API by somebody else. */
  const call = (method: string, path: string, body?: unknown): Promise<Seen> =>
    send(`${stage.okta.url}/api/v1/eventHooks${path}`, {
      method,
      headers: { authorization: `SSWS ${DEFAULT_HOOKS_TOKEN}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { ...stage, receiver, url, run, call };
}

function hookOfOthers(name: string): unknown {
  const config = {
    uri: `https://others.example.com/${name}`,
    authScheme: { type: 'HEADER', key: 'k', value: 'v' },
  };
  return {
    name,
    events: { type: 'EVENT_TYPE', items: ['user.lifecycle.create'] },
    channel: { type: 'HTTP', version: '1.0.0', config },
  };
}

function told({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout);
}

describe('hooks create', () => {
  test('twice makes one hook of 39 types with a secret from a new file, and leaves those of others alone', async ({
    makeStage,
  }) => {
    const { okta, org, stateDir, receiver, url, run, call } = await start(makeStage, { pageSize: 2 });
    for (const name of ['one', 'two', 'three']) await call('POST', '', hookOfOthers(name));
    const before = okta.hooks.hooks;
    const file = join(stateDir, 'hook-secret');
    const create = ['create', '--url', url, '--secret-file', file, '--json'];

    const first = await run(create, { HOOK_SECRET: '' });
    const second = await run(create, { HOOK_SECRET: '' });

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(told(first)).toMatchObject({ did: 'created', active: true, verified: true, refused: [] });
    expect(told(second)).toMatchObject({ did: 'updated', id: told(first)['id'], verified: true });
    expect(okta.hooks.hooks).toHaveLength(4);
    expect(okta.hooks.hooks.slice(0, 3)).toEqual(before);
    expect(okta.hooks.hooks[3]).toMatchObject({ name: `okta-ocsf ${new URL(url).host}` });
    expect(okta.hooks.hooks[3]?.types).toHaveLength(39);
    expect(statSync(file).mode % 0o1000).toBe(0o600);
    expect(okta.hooks.hooks[3]?.channel.auth?.value).toBe(readFileSync(file, 'utf8').trim());
    expect([first, second].map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain(
      readFileSync(file, 'utf8').trim(),
    );
    expect(receiver.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(org.log.events.filter(({ eventType }) => eventType === 'event_hook.delivery')).toEqual([]);
  });

  test('again with other types, another secret and devices updates the hook and verifies it', async ({
    makeStage,
  }) => {
    const { okta, url, run, call } = await start(makeStage);
    await run(['create', '--url', url]);
    const id = okta.hooks.hooks[0]?.id ?? '';
    await call('POST', `/${id}/lifecycle/deactivate`);

    const types = 'user.lifecycle.delete,group.lifecycle.update,user.account.lock';
    const named = await run(['create', '--url', url, '--types', types], {
      HOOK_SECRET: `${SECRET}-2,${SECRET}`,
    });
    const afterNamed = okta.hooks.hooks[0];
    const all = await run(['create', '--url', url, '--json'], { ASSETS: 'groups,apps,app-users,devices' });

    expect([named.code, all.code]).toEqual([0, 0]);
    expect(named.stdout).toContain(
      'user.lifecycle.delete is no event type of Okta: taken as user.lifecycle.delete.initiated',
    );
    expect(afterNamed).toMatchObject({
      id,
      status: 'ACTIVE',
      isVerified: true,
      types: ['user.lifecycle.delete.initiated', 'group.profile.update', 'user.account.lock'],
      channel: { auth: { value: `${SECRET}-2` } },
    });
    expect(okta.hooks.hooks).toHaveLength(1);
    expect(okta.hooks.hooks[0]?.types).toHaveLength(58);
    expect(okta.hooks.hooks[0]?.channel.auth?.value).toBe(SECRET);
  });

  test('reads the secret of a file that a link leads to, and warns where all may read it; makes none where it cannot', async ({
    makeStage,
  }) => {
    const { okta, url, run, stateDir } = await start(makeStage);
    const create = (name: string): Promise<Ended> =>
      run(['create', '--url', url, '--secret-file', join(stateDir, name)], { HOOK_SECRET: '' });
    chmodSync(stateDir, 0o755);
    writeFileSync(join(stateDir, 'open'), `${SECRET}-3\n`, { mode: 0o644 });
    symlinkSync('open', join(stateDir, 'link'));
    symlinkSync('nowhere', join(stateDir, 'loose'));

    const linked = await create('link');
    const other = await run(['create', '--url', url, '--secret-file', join(stateDir, 'open')]);
    const loose = await create('loose');
    const nowhere = await create('no/folder');

    expect([linked.code, okta.hooks.hooks[0]?.channel.auth?.value]).toEqual([0, `${SECRET}-3`]);
    expect(linked.stdout).not.toContain('none of HOOK_SECRET');
    expect(other.stdout).toContain('the secret of --secret-file is none of HOOK_SECRET');
    expect(linked.stderr).toContain('every user of this machine can read a file that holds a secret');
    expect(loose.stderr).toMatch(/^error: --secret-file cannot be read: there is no such file \(.*loose\)/);
    expect(nowhere.stderr).toMatch(/^error: --secret-file cannot be made: there is no such folder/);
    expect([loose.code, nowhere.code, okta.hooks.hooks.length]).toEqual([2, 2, 1]);
  });

  test('leaves out what a Classic org refuses, one type after the other, and names it', async ({
    makeStage,
  }) => {
    const { okta, url, run } = await start(makeStage, {}, { pipeline: 'v1' });

    const { code, stdout } = await run(['create', '--url', url]);

    expect(code).toBe(0);
    expect(okta.hooks.hooks[0]?.types).toHaveLength(37);
    expect(stdout).toContain(
      'left out, since this org does not have them: user.mfa.factor.suspend, user.mfa.factor.unsuspend',
    );
  });

  test('makes none where 25 are active, and says so', async ({ makeStage }) => {
    const { okta, url, run, call, receiver } = await start(makeStage);
    for (let each = 0; each < 25; each += 1) await call('POST', '', hookOfOthers(`hook ${each}`));

    const { code, stderr } = await run(['create', '--url', url]);

    expect([code, okta.hooks.hooks.length, receiver.received.length]).toEqual([1, 25, 0]);
    expect(stderr).toMatch(/^error: .*The maximum number of active event hooks is 25/);
  });

  test.for([
    { what: 'no URL', argv: [], env: {}, says: '--url is missing' },
    {
      what: 'http',
      argv: ['--url', 'http://hooks.example.com/okta/events'],
      env: {},
      says: '--url must be https',
    },
    {
      what: 'no secret',
      argv: ['--url', 'https://a.b/c'],
      env: { HOOK_SECRET: '' },
      says: 'HOOK_SECRET is missing',
    },
    {
      what: 'a short secret',
      argv: ['--url', 'https://a.b/c'],
      env: { HOOK_SECRET: 'short' },
      says: 'HOOK_SECRET is shorter',
    },
    {
      what: 'no credential',
      argv: ['--url', 'https://a.b/c'],
      env: { OKTA_HOOKS_API_TOKEN: '' },
      says: 'OKTA_HOOKS_API_TOKEN is missing',
    },
  ])('asks Okta nothing with $what', async ({ argv, env, says }, { makeStage }) => {
    const { okta, run } = await start(makeStage);

    const { code, stdout, stderr } = await run(['create', ...argv], env);

    expect([code, stdout, okta.tally.total]).toEqual([2, '', 0]);
    expect(stderr).toContain(`error: ${says}`);
  });
});

describe('hooks create and verify: a failed verification names what can be told', () => {
  test('no answer, another answer, another status, a certificate that is not trusted', async ({
    makeStage,
  }) => {
    const { url, run, receiver, stateDir } = await start(makeStage);
    const tls = createServer({
      key: readFileSync(new URL('server-key.pem', PRIVATE_CA)),
      cert: readFileSync(new URL('server.pem', PRIVATE_CA)),
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void tls.close());
    await once(tls, 'listening');
    const address = tls.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const file = join(stateDir, 'secret');
    writeFileSync(file, SECRET, { mode: 0o600 });
    const causes: unknown[] = [];
    const look = async (at: string): Promise<Ended> => {
      const ended = await run(['create', '--url', at, '--secret-file', file, '--json'], { HOOK_SECRET: '' });
      causes.push(told(ended)['failure']);
      return ended;
    };

    receiver.answerWith('no challenge of yours');
    const wrong = await look(url);
    receiver.answerWith(undefined);
    await look(`https://127.0.0.1:${port}/okta/events`);
    await receiver.close();
    await look(url);

    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error: the hook is not verified\. .*without the value of the challenge\. Okta says: /,
      ),
    ]);
    expect(causes).toMatchObject([{ cause: 'wrong-answer' }, { cause: 'tls' }, { cause: 'no-answer' }]);
  });

  test('--serve answers in place of the worker', async ({ makeStage }) => {
    const { okta, url, run, receiver } = await start(makeStage);
    await receiver.close();
    const { port } = new URL(url);

    const half = await run(['create', '--url', url, '--serve'], {
      HOOK_PORT: port,
      HOOK_TLS_KEY_FILE: fileURLToPath(new URL('server-key.pem', PRIVATE_CA)),
    });
    expect([half.code, okta.hooks.hooks]).toEqual([2, []]);
    expect(half.stderr).toContain('HOOK_TLS_CERT_FILE is missing, and HOOK_TLS_KEY_FILE needs it');

    const created = await run(['create', '--url', url, '--serve'], { HOOK_PORT: port });
    const verified = await run(['verify', '--serve'], { HOOK_PORT: port });

    expect([created.code, verified.code, okta.hooks.hooks[0]?.isVerified]).toEqual([0, 0, true]);
  });
});

describe('hooks: credential', () => {
  test('exit 3 names the setting whose credential Okta refuses', async ({ makeStage }) => {
    const { run } = await start(makeStage);

    const reading = await run(['status'], { OKTA_HOOKS_API_TOKEN: 'simulated-token' });
    const wrong = await run(['status'], { OKTA_HOOKS_API_TOKEN: 'wrong' });

    expect([reading.code, reading.stdout]).toEqual([3, '']);
    expect(reading.stderr).toMatch(
      /not allowed with this OKTA_HOOKS_API_TOKEN\nhint: .*okta\.eventhooks\.manage/,
    );
    expect([wrong.code, wrong.stderr]).toEqual([
      3,
      expect.stringContaining('the credential of OKTA_HOOKS_API_TOKEN was not accepted'),
    ]);
  });

  test('a service app needs the scope to manage; status is content with the one to read', async ({
    makeStage,
  }) => {
    const app = makeServiceApp({ grantedScopes: ['okta.eventHooks.read'], requiresDpop: true });
    const { okta, url, run } = await start(makeStage, {}, { oauth: app.oauth });
    const env = {
      OKTA_HOOKS_API_TOKEN: '',
      OKTA_HOOKS_CLIENT_ID: app.env['OKTA_CLIENT_ID'] ?? '',
      OKTA_HOOKS_PRIVATE_KEY: app.env['OKTA_PRIVATE_KEY'] ?? '',
      OKTA_HOOKS_KEY_ID: 'kid-1',
    };

    const status = await run(['status'], env);
    const refused = await run(['create', '--url', url], env);
    okta.oauth?.change({ grantedScopes: ['okta.eventHooks.manage'] });
    const created = await run(['create', '--url', url], env);
    const wrongKey = await run(['status'], { ...env, OKTA_HOOKS_KEY_ID: 'kid-2' });

    expect(status.code).toBe(0);
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringContaining(
        'does not grant okta.eventHooks.manage to the service app of OKTA_HOOKS_CLIENT_ID',
      ),
    ]);
    expect([created.code, okta.hooks.hooks.length]).toEqual([0, 1]);
    expect([wrongKey.code, wrongKey.stderr]).toEqual([3, expect.stringContaining('OKTA_HOOKS_CLIENT_ID')]);
    expect(wrongKey.stderr).not.toMatch(/OKTA_(CLIENT_ID|KEY_ID)/);
  });
});

describe('hooks status and delete', () => {
  test('status tells types, hooks, and the traffic of the last day where the log may be read', async ({
    makeStage,
  }) => {
    const { org, okta, url, run, receiver } = await start(makeStage);
    const none = await run(['status', '--json']);
    await run(['create', '--url', url, '--types', 'user.lifecycle.create,application.lifecycle.create']);
    receiver.statuses.push(400);
    org.log.append(entry('user.lifecycle.create', okta.now()), okta.now());
    org.log.append(entry('user.session.start', okta.now()), okta.now());
    await okta.hooks.settled();

    const read = told(await run(['status', '--json']));
    const named = told(await run(['status', '--json', '--types', 'user.lifecycle.create,user.account.lock']));
    okta.setRefusals([{ template: '/api/v1/logs', status: 403 }]);
    const unread = await run(['status']);
    const misplaced = await run(['status', '--serve', '--secret-file', 'x']);

    expect(told(none)).toMatchObject({ id: null, hooks: { active: 0, most: 25 }, last_day: null });
    expect(read).toMatchObject({
      active: true,
      verified: true,
      superfluous: ['application.lifecycle.create'],
      hooks: { active: 1, most: 25 },
      last_day: { matching: { count: 1, estimated: false }, failed: { count: 1 }, most: 400_000 },
    });
    expect(read['missing']).toHaveLength(38);
    expect(named['missing']).toEqual(['user.account.lock']);
    expect([misplaced.code, misplaced.stderr]).toEqual([
      2,
      expect.stringMatching(
        /--secret-file means nothing to status - it goes with create\n.*--serve means nothing/s,
      ),
    ]);
    expect([unread.code, unread.stdout]).toEqual([
      0,
      expect.stringContaining('since the System Log could not be read'),
    ]);
  });

  test('delete takes ours away, and nothing where there is none', async ({ makeStage }) => {
    const { okta, url, run, call } = await start(makeStage);
    await call('POST', '', hookOfOthers('theirs'));
    await run(['create', '--url', url]);

    const other = await run(['status', '--url', 'https://other.example.com/okta/events']);
    const first = await run(['delete', '--url', url]);
    const second = await run(['delete']);

    expect([other.code, first.code, second.code]).toEqual([0, 0, 0]);
    expect(other.stdout).toContain('no event hook for https://other.example.com/okta/events in this org');
    expect(second.stdout).toBe('there is no event hook of okta-ocsf in this org\n');
    expect(okta.hooks.hooks.map(({ name, status }) => [name, status])).toEqual([['theirs', 'ACTIVE']]);
  });

  test('a hook of another name at our address, a second one of ours and one that is off are told of', async ({
    makeStage,
  }) => {
    const { okta, url, run, call } = await start(makeStage);
    const config = { uri: url, authScheme: { type: 'HEADER', key: 'Authorization', value: 'v' } };
    const channel = { type: 'HTTP', version: '1.0.0', config };
    await call('POST', '', { ...Object(hookOfOthers('made by hand')), channel });

    const taken = await run(['create', '--url', url]);
    const ours = { ...Object(hookOfOthers(`okta-ocsf ${new URL(url).host}`)), channel };
    await call('POST', '', ours);
    await call('POST', `/${okta.hooks.hooks[1]?.id ?? ''}/lifecycle/deactivate`);
    const status = await run(['status', '--url', url]);
    const verified = await run(['verify', '--url', url]);
    const gone = await run(['delete', '--url', url]);

    expect(taken.stdout).toMatch(/made by hand {2}updated: .*\n.*keeps its name: give --url to status/s);
    expect(status.stdout).toMatch(/NOT ACTIVE, NOT VERIFIED\n/);
    expect(status.stdout).toContain('not active, so Okta does not call it: okta-ocsf hooks create --url');
    expect(status.stdout).toContain('not verified, so Okta does not call it: run okta-ocsf hooks verify');
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('the hook is not active')]);
    for (const { stdout } of [status, verified, gone])
      expect(stdout).toMatch(/another hook looks like ours, and was left as it is: who\w+ \(made by hand\)/);
    expect(okta.hooks.hooks.map(({ name }) => name)).toEqual(['made by hand']);
  });

  test('types says of each whether Okta offers it, and why it is used', async ({ makeStage }) => {
    const { okta, run } = await start(makeStage);

    const { types } = JSON.parse((await run(['types', '--json'], { LOOKUPS: 'factors' })).stdout);
    const row = (type: string) => types.find((each: { readonly type: string }) => each.type === type);

    expect(row('user.mfa.factor.update')).toMatchObject({
      eligible: true,
      used: true,
      default: true,
      why: 'factors',
    });
    expect(row('iam.role.create')).toMatchObject({
      eligible: true,
      used: false,
      default: false,
      why: 'roles',
    });
    expect(row('device.user.add')).toMatchObject({ eligible: true, used: false, why: 'devices' });
    expect(row('policy.rule.update')).toMatchObject({ eligible: true, used: true, default: false });
    expect(row('system.import.user.create')).toMatchObject({ eligible: false, used: true, default: false });
    expect(okta.tally.total).toBe(0);
  });
});

function entry(eventType: string, at: number) {
  return { uuid: `${eventType} ${at}`, published: new Date(at).toISOString(), eventType, target: null };
}
