import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { request as requestByTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import {
  createMutations,
  DEFAULT_DEVICES_CONNECTOR_UUID,
  startIntakeServer,
  type IntakeServer,
} from '../../src/simulator/index.ts';
import { reportOf, type Launched } from '../whole-job/launch.fixture.ts';
import { expectedEvents, userOf } from '../whole-job/said.fixture.ts';
import { SOON, test } from '../whole-job/stage.fixture.ts';

const SECRET = 'a-secret-of-more-than-32-characters';
const NEWER_SECRET = 'another-secret-of-more-than-32-characters';
const ENV = {
  LOG_LEVEL: 'info',
  HTTP_PORT: '0',
  FREQUENCY: '86400',
  HOOK_PORT: '0',
  HOOK_SECRET: SECRET,
  HOOK_DELAY: '0',
  // In so small an org a few users who are gone are many.
  MAX_REMOVALS: '100%',
};

const LAST_SUCCESS = 'okta_ocsf_last_success_timestamp_seconds';
const RUNS = 'okta_ocsf_runs_total';

const TOO_MUCH =
  'the credential that may change event hooks is in the settings of the worker, which never needs it';

type Line = Readonly<Record<string, unknown>>;

function lines(worker: Launched, message: string): readonly Line[] {
  return worker
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): Line => JSON.parse(line))
    .filter(({ msg }) => msg === message);
}

function runsOf(worker: Launched): readonly unknown[] {
  return lines(worker, 'run ended').map(({ mode }) => mode);
}

const PRIVATE_CA = fileURLToPath(new URL('../private-ca/', import.meta.url));

interface Sent {
  readonly status: number | undefined;
  /** The certificate that came with that of the port; `undefined`: none did, or there is no TLS. */
  readonly issuer: string | undefined;
}

function send(
  worker: Launched,
  org: string,
  events: readonly object[],
  secret: string = SECRET,
): Promise<Sent> {
  return post(worker, JSON.stringify({ source: `${org}/api/v1/eventHooks/who1`, data: { events } }), secret);
}

function post(worker: Launched, body: string, secret: string = SECRET): Promise<Sent> {
  const url = `${String(lines(worker, 'takes event hooks')[0]?.['url'])}/okta/events`;
  const options = { method: 'POST', headers: { authorization: secret }, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const by = url.startsWith('https:') ? requestByTls : request;
    by(url, { ...options, agent: false }, (answer) => {
      const { socket } = answer;
      const issuer =
        socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.issuerCertificate?.subject : undefined;
      answer.resume().on('end', () => resolve({ status: answer.statusCode, issuer }));
    })
      .on('error', reject)
      .end(body);
  });
}

async function metric(worker: Launched, name: string): Promise<number> {
  const url = String(lines(worker, 'worker started')[0]?.['url']);
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}

/** The newest word about each user, without the ids and times of events. */
function said(intake: IntakeServer): ReadonlyMap<string, unknown> {
  return new Map([...intake.latestByUid()].map(([id, event]) => [id, userOf(event)]));
}

test('a change that a hook names is delivered at once, by a run that reads nothing else and moves no cursor; a renewed certificate and another secret count', async ({
  makeStage,
}) => {
  const { org, okta, intake, stateDir, start } = await makeStage({ intake: { keeps: 'latest' } });
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => join(stateDir, name));
  await copyFile(join(PRIVATE_CA, 'server.pem'), cert ?? '');
  await copyFile(join(PRIVATE_CA, 'server-key.pem'), key ?? '');
  const tls = { HOOK_TLS_CERT_FILE: cert ?? '', HOOK_TLS_KEY_FILE: key ?? '' };
  const config = join(stateDir, 'shared.json');
  await writeFile(config, '{"OKTA_HOOKS_API_TOKEN": "00hooks"}', { mode: 0o600 });
  const ofHooks = { OKTA_HOOKS_PRIVATE_KEY_FILE: '/nowhere' };
  const secretFile = join(stateDir, 'hook_secret');
  await writeFile(secretFile, SECRET, { mode: 0o600 });
  const secret = { HOOK_SECRET: '', HOOK_SECRET_FILE: secretFile };
  const worker = start(['worker', '--config', config], { env: { ...ENV, ...secret, ...tls, ...ofHooks } });
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full']);
  expect(
    lines(worker, TOO_MUCH).map(({ setting }) => setting),
    'the credential of the command hooks',
  ).toEqual(['OKTA_HOOKS_API_TOKEN', 'OKTA_HOOKS_PRIVATE_KEY_FILE']);
  const mutations = createMutations(org, { now: okta.now });
  const user = org.users.find(({ status }) => status === 'ACTIVE');
  const before = org.log.events.length;
  mutations.lock(user?.id ?? '');
  // Once the worker waits for the next run, it tells what is on disk.
  await expect.poll(() => lines(worker, 'next run'), SOON).toHaveLength(1);
  const succeededAt = await metric(worker, LAST_SUCCESS);

  expect(await send(worker, okta.url, org.log.events.slice(before))).toMatchObject({ status: 204 });
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full', 'marks']);
  await expect.poll(() => metric(worker, `${RUNS}{mode="marks",outcome="completed"}`), SOON).toBe(1);
  expect(await metric(worker, LAST_SUCCESS)).toBe(succeededAt);
  const expected = expectedEvents(org).get(user?.id ?? '');
  expect(said(intake).get(user?.id ?? '')).toEqual(expected === undefined ? {} : userOf(expected));
  const [, run] = lines(worker, 'run ended');
  // The org's identity, and the user's own record.
  expect(run).toMatchObject({ calls: 2, users: { listed: 0, emitted: 1 } });

  const chain = await Promise.all(
    ['server.pem', 'ca.pem'].map((name) => readFile(join(PRIVATE_CA, name), 'utf8')),
  );
  await writeFile(cert ?? '', chain.join(''));
  const first = await send(worker, okta.url, []);
  worker.kill('SIGHUP');
  await expect.poll(() => lines(worker, 'shows another certificate at HOOK_PORT now'), SOON).toHaveLength(1);
  // A key of another kind, whose certificate comes a moment later.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(key ?? '', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  worker.kill('SIGHUP');
  const wrong = 'the certificate of HOOK_PORT is wrong now: the old one stays';
  await expect.poll(() => lines(worker, wrong), SOON).toHaveLength(1);
  await copyFile(join(PRIVATE_CA, 'expired.pem'), cert ?? '');
  await copyFile(join(PRIVATE_CA, 'server-key.pem'), key ?? '');
  worker.kill('SIGHUP');
  await expect.poll(() => lines(worker, wrong), SOON).toHaveLength(2);
  expect(lines(worker, wrong).map(({ reason }) => reason)).toEqual([
    expect.stringContaining('begins with a certificate that is not that of the key'),
    expect.stringContaining('has expired on '),
  ]);
  expect([first, await send(worker, okta.url, [])]).toEqual([
    { status: 204, issuer: undefined },
    { status: 204, issuer: 'CN=okta-ocsf test CA' },
  ]);

  // Okta sends another secret before a run has read its file.
  await writeFile(secretFile, `${NEWER_SECRET}\n${SECRET}\n`);
  expect((await send(worker, okta.url, [], NEWER_SECRET)).status).toBe(401);
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full', 'marks', 'incremental']);
  expect((await send(worker, okta.url, [], NEWER_SECRET)).status).toBe(204);
});

test.for(['many changes', 'many answers that were refused before'] as const)(
  'a change that a hook names is delivered amid a run that reads %s, before those that are still to be read',
  async (reads, { makeStage }) => {
    const latencyMs = 20;
    const size = { users: 100, groups: 4, groupsPerUser: 1, adminGroups: 1, admins: 2 };
    const { org, okta, intake, start, run } = await makeStage({
      org: size,
      okta: { latencyMs },
      intake: { keeps: 'latest' },
    });
    if (reads !== 'many changes') okta.setRefusals([{ template: '/api/v1/users/{id}/factors', status: 403 }]);
    const worker = start(['worker'], { env: { ...ENV, OKTA_MAX_CONCURRENCY: '2' } });
    await expect.poll(() => runsOf(worker), SOON).toEqual(['full']);
    const mutations = createMutations(org, { now: okta.now });
    const [user, ...others] = org.users.filter(({ status }) => status === 'ACTIVE');
    if (reads === 'many changes') for (const { id } of others) mutations.resetFactors(id);
    okta.setRefusals([]);
    const said = (id = ''): unknown => intake.latestByUid().get(id);
    const [other] = others;
    const knownOfOther = said(other?.id);
    if (reads !== 'many changes') mutations.lock(other?.id ?? '');
    await run(['run-now', '--incremental']);
    await expect.poll(() => lines(worker, 'run started').length, SOON).toBe(2);
    // Changes that the log tells of leave before the run asks again.
    if (reads !== 'many changes') await expect.poll(() => said(other?.id), SOON).not.toBe(knownOfOther);
    const known = said(user?.id);
    const before = org.log.events.length;
    mutations.lock(user?.id ?? '');
    await send(worker, okta.url, org.log.events.slice(before));

    await expect.poll(() => said(user?.id), SOON).not.toBe(known);
    await expect.poll(() => metric(worker, 'okta_ocsf_hook_to_delivery_seconds_count'), SOON).toBe(1);
    expect(runsOf(worker)).toEqual(['full']);
  },
);

test('a run for hooks asks nothing again that failed in the one before', async ({ makeStage }) => {
  const { org, okta, start } = await makeStage({ org: { apps: 3 } });
  const env = { ...ENV, ASSETS: 'apps,app-users', APP_USERS: 'all', MAX_REMOVALS: '10%' };
  const worker = start(['worker'], { env, fastClock: 30 });
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full']);
  const mutations = createMutations(org, { now: okta.now });
  const [failing, other, third, ...more] = org.users
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ id }) => id);
  const [app] = org.assets.apps;
  okta.setRefusals([
    { template: '/api/v1/users/{id}', only: (id) => id === failing, status: 500 },
    { template: '/api/v1/apps/{id}', status: 500 },
  ]);
  const carry = async (change: () => unknown): Promise<void> => {
    const before = org.log.events.length;
    change();
    await send(worker, okta.url, org.log.events.slice(before));
  };
  await carry(() => [mutations.lock(failing ?? ''), mutations.renameApp(app?.id ?? '', 'Renamed')]);
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full', 'marks']);
  await carry(() => mutations.lock(other ?? ''));
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full', 'marks', 'marks']);
  const again = lines(worker, 'run ended').at(-1);
  okta.setRefusals([]);
  // A hook that names the user once more is a reason to ask.
  await carry(() => [mutations.unlock(failing ?? ''), mutations.lock(third ?? '')]);
  await expect.poll(() => runsOf(worker), SOON).toHaveLength(4);

  // The org's identity, and the other user's own record.
  expect(again).toMatchObject({ calls: 2, users: { emitted: 1 } });
  expect(lines(worker, 'run ended').at(-1)).toMatchObject({ calls: 3, users: { emitted: 1 } });

  // So few are believed to be gone in any run. Two runs for hooks count as one.
  const remove = (ids: readonly string[]): void => {
    for (const id of ids) {
      mutations.deactivate(id);
      mutations.deleteUser(id);
    }
  };
  await carry(() => remove(more.slice(0, 3)));
  await expect.poll(() => runsOf(worker), SOON).toHaveLength(5);
  await carry(() => remove(more.slice(3, 5)));
  await expect.poll(() => runsOf(worker), SOON).toHaveLength(6);
  const tooMany = expect.stringContaining('Okta answers 404 for 5 of ');
  await expect.poll(() => lines(worker, 'a run failed').map(({ reason }) => reason), SOON).toEqual([tooMany]);
});

test('a full run reads what hooks name amid a poll, amid its first changes, and amid the questions at its end', async ({
  makeStage,
}) => {
  const size = { users: 120, groups: 4, groupsPerUser: 1, adminGroups: 1, admins: 2, apps: 2, devices: 2 };
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  const { org, okta, start, run } = await makeStage({
    org: size,
    okta: { latencyMs: 20, keepsLog: true, now },
  });
  const mutations = createMutations(org, { now: okta.now });
  const active = org.users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
  const [first = '', second = '', third = '', ...others] = active;
  const refused = new Set(others.slice(0, others.length / 2));
  const read = others.filter((id) => !refused.has(id));
  const [app = '', device = ''] = [org.assets.apps, org.assets.devices].map(([each]) => each?.id);
  const factors = '/api/v1/users/{id}/factors';
  okta.setRefusals([{ template: factors, only: (id) => refused.has(id), status: 403 }]);
  const assets = { ASSETS: 'apps,devices', SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID };
  const env = { ...ENV, ...assets, LOG_LEVEL: 'debug', OKTA_MAX_CONCURRENCY: '2' };
  const worker = start(['worker'], { env, fastClock: 30 });
  const heard = (): number => lines(worker, 'the run reads what hooks have named').length;
  const carry = async (change: () => unknown): Promise<void> => {
    const before = org.log.events.length;
    change();
    await send(worker, okta.url, org.log.events.slice(before));
  };

  // More than the checks at the start ask.
  await expect.poll(() => okta.calls.get(factors) ?? 0, SOON).toBeGreaterThan(8);
  for (const id of read) mutations.resetFactors(id);
  await post(worker, 'nothing that can be read');
  await expect.poll(() => lines(worker, 'the full run asks for changes'), SOON).not.toEqual([]);
  await carry(() => mutations.lock(first));
  await expect.poll(heard, SOON).toBe(1);
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full']);

  for (const id of read) mutations.resetFactors(id);
  okta.setRefusals([]);
  const before = okta.log.length;
  const asked = (): readonly string[] => okta.log.slice(before).map(({ path }) => path);
  // A full run is due, and believes the answers of the one before.
  aheadMs = 25 * 3_600_000;
  await run(['run-now']);
  await expect.poll(() => lines(worker, 'run started').length, SOON).toBe(2);
  await carry(() => [
    mutations.lock(second),
    mutations.renameApp(app, 'Renamed'),
    mutations.changeDeviceStatus(device, 'SUSPENDED'),
  ]);
  await expect.poll(heard, SOON).toBe(2);
  await expect
    .poll(() => [...refused].some((id) => asked().includes(`/api/v1/users/${id}/factors`)), SOON)
    .toBe(true);
  const ofAssets = [`/api/v1/apps/${app}`, `/api/v1/devices/${device}`].map((path) => asked().indexOf(path));
  expect(Math.min(...ofAssets)).toBeGreaterThan(0);
  const lastOfChanges = asked().findLastIndex((path) => read.some((id) => path.includes(`${id}/factors`)));
  expect(Math.max(...ofAssets)).toBeLessThan(lastOfChanges);
  await carry(() => [mutations.deactivate(third), mutations.deleteUser(third)]);
  await expect.poll(heard, SOON).toBe(3);
  await expect.poll(() => lines(worker, 'Okta answers 404 for a user: removed'), SOON).toHaveLength(1);
  const askedAtEnd = asked().filter((path) => [...refused].some((id) => path.includes(`${id}/factors`)));
  expect(askedAtEnd.length).toBeLessThan(refused.size);
});

test('before a full run has completed, hooks wait for the timetable', async ({ makeStage }) => {
  const { org, okta, start } = await makeStage();
  okta.setRefusals([{ template: '/api/v1/users', status: 500 }]);
  const worker = start(['worker'], { env: { ...ENV, FREQUENCY: '120' }, fastClock: 60 });
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full']);
  okta.setRefusals([]);
  const before = org.log.events.length;
  createMutations(org, { now: okta.now }).lock(org.users[0]?.id ?? '');
  await send(worker, okta.url, org.log.events.slice(before));
  await expect.poll(() => lines(worker, 'run started').length, SOON).toBe(2);

  const [next, began] = [lines(worker, 'next run')[0]?.['at'], lines(worker, 'run started')[1]?.['time']];
  expect(Date.parse(String(began))).toBeGreaterThanOrEqual(Date.parse(String(next)));
});

test('hooks that are dropped, doubled and shuffled leave what a worker without hooks has after the same polls', async ({
  makeStage,
  onTestFinished,
}) => {
  const stage = await makeStage({ intake: { keeps: 'latest' } });
  const { org, okta } = stage;
  const intake = await startIntakeServer({ keeps: 'latest' });
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-test-'));
  onTestFinished(async () =>
    Promise.all([intake.close(), rm(stateDir, { recursive: true })]).then(() => undefined),
  );
  const without = { MAX_REMOVALS: '100%', SEKOIA_BASE_URL: intake.url, STATE_DIR: stateDir };
  const worker = stage.start(['worker'], { env: ENV });
  await stage.run(['sync'], { env: without });
  await expect.poll(() => runsOf(worker), SOON).toEqual(['full']);
  const before = org.log.events.length;
  createMutations(org, { now: okta.now }).randomChanges(120, 7);
  const events = org.log.events.slice(before);
  // A third is lost, a third comes twice, and the newest come first.
  const carried = events.flatMap((event, at) => Array.from({ length: [0, 1, 2][at % 3] ?? 0 }, () => event));
  for (let at = carried.length; at > 0; at -= 25)
    expect(await send(worker, okta.url, carried.slice(Math.max(0, at - 25), at))).toMatchObject({
      status: 204,
    });
  await expect.poll(() => runsOf(worker).length, SOON).toBeGreaterThan(1);
  const polled = await stage.run(['run-now', '--incremental', '--wait']);
  const ran = await stage.run(['sync', '--incremental'], { env: without });

  expect([polled, ran].map((each) => reportOf(each).outcome)).toEqual(['completed', 'completed']);
  const truth = expectedEvents(org);
  expect(new Map([...truth].map(([id, event]) => [id, userOf(event)]))).toEqual(
    new Map([...said(stage.intake)].filter(([id]) => truth.has(id))),
  );
  // The last event about a user who is gone says what was known when that was found.
  const present = (at: IntakeServer) => [...said(at)].filter(([id]) => truth.has(id));
  expect(new Map(present(stage.intake))).toEqual(new Map(present(intake)));
  expect([...said(stage.intake).keys()].toSorted()).toEqual([...said(intake).keys()].toSorted());
  const exported = ['graph', 'export', '--format', 'ndjson'];
  const [withHooks, alone] = [await stage.run(exported), await stage.run(exported, { env: without })];
  expect(withoutTimes(withHooks.stdout)).toEqual(withoutTimes(alone.stdout));
});

/** Without the head, which names the run, and without instants of reading. */
function withoutTimes(text: string): readonly string[] {
  const [, ...rows] = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then').split('\n');
  return rows.toSorted();
}
