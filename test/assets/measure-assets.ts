/**
 * By hand: `node --disable-warning=ExperimentalWarning test/assets/measure-assets.ts [calls|pace|group|faults|kills|exports]
 * [users] [ok|without-group-admins]`. What assets beside users cost and whether they are right: calls of full and quiet
 * runs by `ASSETS` and `APP_USERS`; how long full runs take at the pace of limits; a group that gets an application;
 * mutations amid faults; kills at random; exports. The last word says whether the list of role holders names those who
 * hold roles through groups.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeSync } from '../../src/compose/compose.ts';
import { LastingParts } from '../../src/compose/lasting-parts.ts';
import { prepareCommand } from '../../src/compose/prepare.ts';
import type { Report } from '../../src/ports/report.ts';
import { systemClock } from '../../src/process/clock.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import {
  connectionSettings,
  createMutations,
  createOrg,
  DEFAULT_DEVICES_CONNECTOR_UUID,
  OKTA_FAULTS,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { sync as runSync } from '../../src/sync/sync.ts';
import { launch, reportOf, type Ended, type Launched } from '../whole-job/launch.fixture.ts';
import { ASSET_CHANGES, assetDifferences, knownAssets } from './known-assets.ts';
import { StillTime } from './still-time.ts';

const [what = 'calls', usersText, holders] = process.argv.slice(2);
const USUAL: Readonly<Record<string, number>> = { faults: 400, kills: 400 };
const users = Number(usersText ?? USUAL[what] ?? 10_000);
const share = users / 10_000;
const org = createOrg({
  users,
  groups: Math.max(12, Math.round(500 * share)),
  groupsPerUser: 12,
  admins: 20,
  apps: Math.max(20, Math.round(200 * share)),
  appsForEveryone: Math.max(2, Math.round(20 * share)),
  usersPerApp: Math.min(400, users / 10),
  rules: Math.max(10, Math.round(60 * share)),
  devices: Math.round(6000 * share),
});
// `pace`: Okta's own limits, in a time of its own.
const time = what === 'pace' ? new StillTime() : undefined;
const rates = time === undefined ? { limits: 1e9, windowSeconds: 1 } : {};
const assignees = holders === 'without-group-admins' ? holders : 'ok';
const okta = await startOktaServer(org, { rates, assignees });
const intake = await startIntakeServer({ keeps: 'latest' });
const mutations = createMutations(org, { now: okta.now });
const ALL = 'groups,apps,app-users,rules,devices,org';
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-measure-'));
  folders.push(folder);
  return folder;
}

type Env = Readonly<Record<string, string>>;

function wholeEnv(stateDir: string, env: Env): Env {
  return {
    ...connectionSettings(okta, intake),
    SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
    STATE_DIR: stateDir,
    LOG_LEVEL: 'warn',
    ...env,
  };
}

function start(stateDir: string, argv: readonly string[], env: Env = {}): Launched {
  return launch(argv, { env: wholeEnv(stateDir, env) });
}

/** A full run in this process. Its seconds are those of the time. */
async function syncOn(still: StillTime, env: Env): Promise<Report> {
  const { world } = createTestWorld({
    clock: systemClock,
    env: wholeEnv(newFolder(), env),
    random: Math.random,
  });
  const prepared = prepareCommand(world, { requireSink: true });
  const lasting = new LastingParts(world);
  const { job, close } = await still.until(composeSync(prepared, lasting));
  try {
    return (await still.until(runSync(job))).report;
  } finally {
    close();
    lasting.close();
  }
}

/** Runs to the end; resolves with how it ended, and the most memory it had, in MB. */
async function run(
  stateDir: string,
  argv: readonly string[],
  env: Env = {},
): Promise<Ended & { readonly peak: number }> {
  const child = start(stateDir, argv, env);
  let peak = 0;
  const isOver = child.ended.then(() => true);
  while (!(await Promise.race([isOver, sleep(20, false)]))) peak = Math.max(peak, peakOf(child));
  return { ...(await child.ended), peak };
}

function peakOf({ pid }: Launched): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(found ?? 0) / 1024);
  } catch {
    return 0;
  }
}

async function sync(stateDir: string, argv: readonly string[], env: Env): Promise<Report> {
  return reportOf(await run(stateDir, ['sync', ...argv], env));
}

function differences(stateDir: string, env: Env): Promise<readonly string[]> {
  return knownAssets((argv) => run(stateDir, argv, env)).then((known) =>
    assetDifferences(known, org, ({ isForEveryone }) => env['APP_USERS'] === 'all' || !isForEveryone),
  );
}

function tell(name: string, facts: unknown): void {
  process.stdout.write(`${name.padEnd(34)} ${JSON.stringify(facts)}\n`);
}

function callsOf(report: Report): Readonly<Record<string, unknown>> {
  const { outcome, duration_seconds: seconds, okta: asked, gaps } = report;
  const few = Object.entries(asked.calls).filter(([, count]) => count > 1);
  return { outcome, calls: asked.total_calls - 1, seconds, gaps, by: Object.fromEntries(few) };
}

/** By endpoint, the calls of a run that another did not make. */
function callsBeyond(report: Report, other: Report): Readonly<Record<string, unknown>> {
  const more = Object.entries(report.okta.calls).map(
    ([endpoint, count]) => [endpoint, count - (other.okta.calls[endpoint] ?? 0)] as const,
  );
  const sum = report.okta.total_calls - other.okta.total_calls;
  return { sum, by: Object.fromEntries(more.filter(([, count]) => count !== 0)) };
}

const EXPERIMENTS: Readonly<Record<string, () => Promise<void>>> = {
  calls: async () => {
    let plain: Report | undefined;
    for (const env of [{}, { ASSETS: ALL }, { ASSETS: ALL, APP_USERS: 'all' }] as const) {
      const [folder, name] = [newFolder(), JSON.stringify(env)];
      const full = await sync(folder, [], env);
      plain ??= full;
      tell(`${name} full`, callsOf(full));
      tell(`${name} more than without`, callsBeyond(full, plain));
      tell(`${name} quiet cycle`, callsOf(await sync(folder, ['--incremental'], env)));
      tell(`${name} next full, vouched`, callsOf(await sync(folder, ['--full', '--vouched'], env)));
      if ('ASSETS' in env) tell(`${name} differences`, (await differences(folder, env)).slice(0, 5));
    }
  },
  pace: async () => {
    if (time === undefined) return;
    for (const env of [{}, { ASSETS: ALL }, { ASSETS: ALL, APP_USERS: 'all' }] as const) {
      const report = await syncOn(time, env);
      tell(`${JSON.stringify(env)} at the pace of limits`, { ...callsOf(report), waits: report.okta.waits });
    }
  },
  group: async () => {
    const [folder, env] = [newFolder(), { ASSETS: ALL }];
    const group = org.groups.toSorted((left, right) => right.members.length - left.members.length)[0];
    const active = group?.members.filter(({ status }) => status === 'ACTIVE') ?? [];
    mutations.createApp({ label: 'For many' });
    const app = org.assets.apps.at(-1)?.id ?? '';
    await sync(folder, [], env);
    mutations.assignUser(app, active[0]?.id ?? '');
    mutations.assignGroup(app, group?.id ?? '');
    mutations.assignUser(app, active[1]?.id ?? '');
    const report = await sync(folder, ['--incremental'], env);
    tell(`a group of ${group?.members.length}`, { ...callsOf(report), ...report.okta.calls });
    tell('differences', (await differences(folder, env)).slice(0, 5));
  },
  faults: async () => {
    const [folder, env] = [newFolder(), { ASSETS: ALL, APP_USERS: 'all' }];
    okta.setFaults({ rate: 0.05, kinds: OKTA_FAULTS });
    for (let round = 0; round < 20; round += 1) {
      if (round > 0) mutations.randomChanges(10, round, ASSET_CHANGES);
      const report = await sync(folder, round === 0 ? [] : ['--incremental'], env);
      const wrong = await differences(folder, env);
      tell(`round ${round}`, { ...callsOf(report), wrong: wrong.length, some: wrong.slice(0, 3) });
    }
  },
  kills: async () => {
    const [folder, env] = [newFolder(), { ASSETS: ALL, APP_USERS: 'all', FULL_SYNC_INTERVAL: '1' }];
    let killed = 0;
    for (let round = 0; killed < 50; round += 1) {
      if (round > 0) mutations.randomChanges(4, round, ASSET_CHANGES);
      const child = start(folder, ['sync'], env);
      await Promise.race([sleep(500 + ((round * 137) % 2500)), child.ended]);
      child.kill('SIGKILL');
      if ((await child.ended).code === null) killed += 1;
    }
    const report = await sync(folder, [], env);
    const other = newFolder();
    await sync(other, [], env);
    const wrong = await differences(folder, env);
    tell(`${killed} kills`, { ...callsOf(report), wrong: wrong.length, some: wrong.slice(0, 3) });
    tell('as a fresh inventory', { wrong: (await differences(other, env)).length });
  },
  exports: async () => {
    const [folder, env] = [newFolder(), { ASSETS: ALL, APP_USERS: 'all' }];
    await sync(folder, [], env);
    for (const format of ['ndjson', 'opengraph', 'sqlite', 'neo4j']) {
      const startedAt = performance.now();
      const ended = await run(folder, ['graph', 'export', '--format', format, '--out', join(folder, format)]);
      const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
      tell(`export ${format}`, { code: ended.code, seconds, peak_mb: ended.peak });
    }
  },
};

try {
  await EXPERIMENTS[what]?.();
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true });
  await Promise.all([okta.close(), intake.close()]);
}
