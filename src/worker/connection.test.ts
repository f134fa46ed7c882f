import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listChecks } from '../compose/checks.ts';
import { LastingParts } from '../compose/lasting-parts.ts';
import { NoticeDesk } from '../compose/notice-desk.ts';
import { prepareCommand, type Prepared } from '../compose/prepare.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { systemClock } from '../process/clock.ts';
import {
  connectionSettings,
  createOrg,
  startIntakeServer,
  startOktaServer,
  type OktaServerOptions,
} from '../simulator/index.ts';
import { attempt } from './attempt.ts';
import { WorkerMetrics } from './metrics.ts';
import { Pulse } from './pulse.ts';

const TOKEN_PATH = '/oauth2/v1/token';
const CLIENT_ID = '0oaServiceAppOfTests';
const READ_SCOPES = ['okta.users.read', 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];

/** A worker's runs over a small org, each of them a full one; `env` may change between them. */
async function setUp({ users, okta: options }: { users: number; okta: OktaServerOptions }) {
  const okta = await startOktaServer(createOrg({ users, groups: 2, adminGroups: 0, admins: 0 }), options);
  const intake = await startIntakeServer();
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-test-'));
  const env: Record<string, string> = {
    ...connectionSettings(okta, intake),
    STATE_DIR: stateDir,
    LOG_LEVEL: 'error',
    LOOKUPS: 'factors',
  };
  const { world } = createTestWorld({ clock: systemClock, env });
  const lasting = new LastingParts(world, 'worker');
  onTestFinished(async () => {
    lasting.close();
    await Promise.all([okta.close(), intake.close(), rm(stateDir, { recursive: true })]);
    expect(okta.tally.writes, 'requests to Okta that are no GET').toBe(0);
  });
  const prepare = (): Prepared => prepareCommand(world, { requireSink: true });
  const metrics = new WorkerMetrics('1');
  const parts = { prepare, metrics, pulse: new Pulse(systemClock), lasting, desk: new NoticeDesk() };
  let runs = 0;
  const run = async (): Promise<void> => {
    // Another selection is read from the beginning: each run is a full one.
    env['STATUSES'] = (runs += 1) % 2 === 0 ? 'ACTIVE' : 'ACTIVE,LOCKED_OUT';
    const [startedAt, ended] = [systemClock.now(), await attempt(parts)];
    metrics.runEnded({ ...ended, startedAt, endedAt: systemClock.now() });
    expect([ended.outcome, ended.failure]).toEqual(['completed', undefined]);
  };
  return { okta, env, lasting, metrics, prepare, run };
}

async function sampleSum(metrics: WorkerMetrics, name: string): Promise<number> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith(`okta_ocsf_${name}`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

test("worker, connection: only the first of a worker's runs meets the token's lower share, and each run counts its own calls", async () => {
  const rates = { limits: { users: 50 }, windowSeconds: 2, tokenShare: 0.2 };
  const { okta, metrics, run } = await setUp({ users: 24, okta: { rates } });

  await run();
  const first = okta.tally.rateLimited;
  await run();
  await run();

  expect(first).toBeGreaterThan(0);
  expect(okta.tally.rateLimited).toBe(first);
  expect(await sampleSum(metrics, 'okta_rate_limited_total')).toBe(first);
  expect(await sampleSum(metrics, 'okta_calls_total')).toBe(okta.tally.total);
}, 60_000);

test('worker, connection: a service app asks for one token, whatever the checks and the runs of a worker', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const oauth = { clientId: CLIENT_ID, keys: new Map([['kid-1', publicKey]]), grantedScopes: READ_SCOPES };
  const rates = { limits: 1e9, windowSeconds: 1 };
  const { okta, env, lasting, metrics, prepare, run } = await setUp({ users: 5, okta: { oauth, rates } });
  env['OKTA_API_TOKEN'] = '';
  env['OKTA_CLIENT_ID'] = CLIENT_ID;
  env['OKTA_PRIVATE_KEY'] = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  env['OKTA_KEY_ID'] = 'kid-1';

  for await (const check of listChecks(prepare(), lasting, { isBrief: true }))
    expect([check.code, check.status]).not.toContain('failed');
  const ofChecks = okta.tally.total;
  await run();
  await run();
  await run();

  expect(okta.calls.get(TOKEN_PATH)).toBe(1);
  expect(await sampleSum(metrics, `okta_calls_total{endpoint="${TOKEN_PATH}"}`)).toBe(0);
  // The checks ask for the address of the org beside their client.
  expect(await sampleSum(metrics, 'okta_calls_total')).toBe(okta.tally.total - ofChecks);
}, 60_000);

test('worker, connection: settings that decide the connection make another one from the next run on', async () => {
  const { lasting, env, prepare } = await setUp({ users: 2, okta: {} });
  const connection = () => lasting.connectionFor(prepare(), true);
  const first = connection();

  env['MFA_RULE'] = 'strong';
  const same = connection();
  const others = (
    [
      ['OKTA_API_TOKEN', '00another'],
      ['OKTA_RATE_LIMIT_SHARE', '0.3'],
      ['OKTA_MAX_CONCURRENCY', '3'],
      ['LOOKUPS', 'groups,factors'],
      ['NO_PROXY', 'localhost'],
    ] as const
  ).map(([name, value]) => {
    env[name] = value;
    return connection();
  });

  expect(same).toBe(first);
  expect(new Set([first, ...others]).size).toBe(1 + others.length);
  expect(connection()).toBe(others.at(-1));
});

test('worker, connection: a connection that may read the log serves who does not, and not the other way round', async () => {
  const { lasting, prepare } = await setUp({ users: 2, okta: {} });
  const prepared = prepare();

  const narrow = lasting.connectionFor(prepared, false);
  const wide = lasting.connectionFor(prepared, true);

  expect(wide).not.toBe(narrow);
  expect(lasting.connectionFor(prepared, false)).toBe(wide);
});
