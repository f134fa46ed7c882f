/**
 * By hand: `node test/measure-soak.ts [minutes]`. A worker at FREQUENCY=5 over an org that changes every second, with
 * both sides faulty, and with everything that an operator may do to it: SIGHUP, run-now, replay, scrapes, the page.
 * In turn the intake is down, Okta refuses, a credential is wrong, the settings are broken. Prints figures, then each
 * promise that was not kept; exits with 1 when there is one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createMutations,
  createOrg,
  DEFAULT_API_KEY,
  DEFAULT_CONNECTOR_UUID,
  DEFAULT_TOKEN,
  startIntakeServer,
  startOktaServer,
} from '../src/simulator/index.ts';
import { countBy, countDifferences, LAUNCHER, startMeasuredWorker, tell } from './measured-worker.ts';
import { userOf } from './whole-job/said.fixture.ts';

const MOST_GROWTH_MB = 10;
/** V8's heap with its garbage: resident memory follows it. */
const HEAP = /^okta_ocsf_nodejs_heap_size_total_bytes (\S+)/m;
/** From the end of a trouble until the worker must be ready again: the longest pause between two tries, and a full run. */
const SOON_MS = 90_000;
const totalMs = Number(process.argv[2] ?? 10) * 60_000;
const startedAt = performance.now();
const elapsed = (): number => (performance.now() - startedAt) / totalMs;

const org = createOrg({ users: 300, groups: 30, groupsPerUser: 4, admins: 12, oddUsers: true });
const okta = await startOktaServer(org, {
  rates: { limits: 5000, windowSeconds: 5 },
  faults: {
    rate: 0.02,
    kinds: ['500', '502', '503', '504', 'reset', 'truncated', 'html', 'not-json', '429'],
  },
});
const refused = new Set<string>();
const intake = await startIntakeServer({
  keeps: 'latest',
  retryAfterSeconds: 1,
  refuseEvent: (event) => (refused.has(String(userOf(event)['uid'])) ? 422 : undefined),
  faults: {
    rate: 0.2,
    kinds: ['500', '502', '503', '504', '408', 'reset', '429', 'lost-acknowledgement'],
  },
});
const mutations = createMutations(org, { now: Date.now });
const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-soak-'));
const [config, token, key] = ['config.yaml', 'token', 'key'].map((name) => join(folder, name));
if (config === undefined || token === undefined || key === undefined) throw new Error('no files');
const env = {
  OKTA_BASE_URL: okta.url,
  OKTA_API_TOKEN_FILE: token,
  SEKOIA_BASE_URL: intake.url,
  SEKOIA_API_KEY_FILE: key,
  SEKOIA_CONNECTOR_UUID: DEFAULT_CONNECTOR_UUID,
  STATE_DIR: join(folder, 'state'),
  HTTP_PORT: '0',
  // As the image and the unit set it.
  MALLOC_ARENA_MAX: '1',
};
const RIGHT_CONFIG = 'FREQUENCY: 5\n';
writeFileSync(config, RIGHT_CONFIG);
writeFileSync(token, DEFAULT_TOKEN, { mode: 0o600 });
writeFileSync(key, DEFAULT_API_KEY, { mode: 0o600 });

/** A time in which something is wrong, as shares of the whole. `code`: why runs fail then; absent: they go on. */
interface Trouble {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly begin: () => void;
  readonly end: () => void;
  readonly code?: string;
}
const troubles: readonly Trouble[] = [
  {
    name: 'Okta refuses the list of users',
    from: 0.12,
    to: 0.18,
    begin: () => okta.setRefusals([{ template: '/api/v1/users', status: 403 }]),
    end: () => okta.setRefusals([]),
    code: 'okta_forbidden',
  },
  {
    name: 'the token is wrong',
    from: 0.24,
    to: 0.3,
    begin: () => writeFileSync(token, '00wrongwrongwrong'),
    end: () => writeFileSync(token, DEFAULT_TOKEN),
    code: 'okta_auth',
  },
  {
    name: 'the settings are broken',
    from: 0.36,
    to: 0.42,
    begin: () => writeFileSync(config, 'FREQUENCY: soon\nBATCH_SIZE: -1\n'),
    end: () => writeFileSync(config, RIGHT_CONFIG),
  },
  {
    name: 'the key of the intake is wrong',
    from: 0.48,
    to: 0.54,
    begin: () => writeFileSync(key, 'wrong'),
    end: () => writeFileSync(key, DEFAULT_API_KEY),
    code: 'intake_auth',
  },
  {
    name: 'the intake is down',
    from: 0.6,
    to: 0.68,
    begin: () => intake.setDown(true),
    end: () => intake.setDown(false),
  },
];

const broken: string[] = [];
const worker = startMeasuredWorker({ ...env, PATH: process.env['PATH'] ?? '' }, ['--config', config]);
const url = await worker.url();
tell('start to listening, seconds', seconds(performance.now() - startedAt));
while (!(await isReady())) await sleep(20);
tell('start to ready, seconds', seconds(performance.now() - startedAt));
while (worker.linesOf('run ended').length < 2) await sleep(50);
await sleep(500);
const rssAfterTwo = worker.rssMegabytes();
tell('RSS after the second run, MB', rssAfterTwo);

const over = new AbortController();
const messages = { events: 0 };
const listening = listen();
const [changes, acts] = await Promise.all([change(), operate(), probe(), sample()]);
const replayed = await command('dead-letters', 'replay');
const last = await command('run-now', '--full', '--wait');
if (replayed !== 0 || last !== 0) broken.push(`the last replay and run end with ${replayed} and ${last}`);
await command('run-now', '--wait');
await sleep(500);
const rssAtEnd = worker.rssMegabytes();
if (rssAtEnd > rssAfterTwo + MOST_GROWTH_MB) broken.push(`RSS grew from ${rssAfterTwo} to ${rssAtEnd} MB`);
const differences = countDifferences(org, intake);
if (Object.keys(differences).length > 0) broken.push('what was delivered is not the truth');
over.abort();
await listening;
if (messages.events < 10) broken.push('the page was told of too few changes');
worker.kill('SIGTERM');
const code = await worker.ended;
if (code !== 0) broken.push(`the worker ended with ${code}`);
judgeLog();

tell('changes made', changes);
tell('acts', countBy(acts));
tell(
  'runs',
  countBy(worker.linesOf('run ended').map((run) => `${String(run['mode'])} ${String(run['outcome'])}`)),
);
tell('failures by code', countBy(worker.linesOf('a run failed').map((line) => String(line['code']))));
tell(
  'lines logged',
  countBy(worker.lines().map((line) => `${String(line['level'])} ${String(line['msg'])}`)),
);
tell('Okta', okta.tally);
tell('intake requests by status', countBy(intake.requests.map(({ status }) => String(status))));
tell('messages to the page', messages.events);
tell('RSS after the second run and at the end, MB', [rssAfterTwo, rssAtEnd]);
tell('differences from the truth', differences);
tell('broken promises', broken);
await Promise.all([okta.close(), intake.close()]);
rmSync(folder, { recursive: true });
process.exitCode = broken.length === 0 ? 0 : 1;

/** No change in the last part, so that the last runs can bring all of them. */
async function change(): Promise<number> {
  let made = 0;
  for (; elapsed() < 0.85; await sleep(1000)) made += mutations.randomChanges(1, made).length;
  return made;
}

/** Acts as operators do, once every few seconds, over and over. */
async function operate(): Promise<readonly string[]> {
  const done: string[] = [];
  const acts: readonly [string, () => unknown][] = [
    ['SIGHUP', () => worker.kill('SIGHUP')],
    ['run-now', async () => command('run-now')],
    ['refuse some users', () => refuseSome()],
    ['run-now --wait', async () => command('run-now', '--wait')],
    ['SIGHUP, twenty', () => Array.from({ length: 20 }, () => worker.kill('SIGHUP'))],
    ['run-now --full', async () => command('run-now', '--full')],
    ['accept all users', () => refused.clear()],
    ['dead-letters replay', async () => command('dead-letters', 'replay')],
    ['report', async () => command('report', '--last')],
  ];
  for (let at = 0; elapsed() < 0.97; at += 1) {
    await sleep(2500);
    const [name, act] = acts[at % acts.length] ?? [];
    const result: unknown = await act?.();
    done.push(typeof result === 'number' && name !== undefined ? `${name}: ${result}` : `${name}`);
  }
  refused.clear();
  return done;
}

function refuseSome(): void {
  if (elapsed() > 0.8) return;
  const some = org.users.filter(({ status }) => status === 'ACTIVE').slice(-3);
  for (const { id } of some) {
    refused.add(id);
    mutations.updateProfile(id, { displayName: `Refused ${Date.now()}` });
  }
}

/** Is the worker red while runs fail, and green before and after? */
async function probe(): Promise<void> {
  for (const { name, from, to, begin, end, code: wanted } of troubles) {
    await sleepUntil(from);
    if (!(await isReady())) broken.push(`not ready before: ${name}: ${await reasons()}`);
    begin();
    const seen = new Set<string>();
    for (; elapsed() < to; await sleep(250)) for (const each of await codes()) seen.add(each);
    tell(`${name}: seen in /readyz`, [...seen]);
    if (wanted !== undefined && !seen.has(wanted)) broken.push(`no ${wanted} seen: ${name}`);
    if (wanted === undefined && name !== 'the intake is down' && seen.size > 0)
      broken.push(`not ready (${[...seen].join(' ')}): ${name}`);
    end();
    const endedAt = performance.now();
    let isBack = await isReady();
    for (; !isBack && performance.now() < endedAt + SOON_MS; isBack = await isReady()) await sleep(100);
    tell(`${name}: ready again after seconds`, seconds(performance.now() - endedAt));
    if (!isBack) broken.push(`still not ready after: ${name}: ${await reasons()}`);
  }
}

async function sample(): Promise<void> {
  for (let at = 0; elapsed() < 1; at += 1) {
    await sleep(2000);
    let heap = Number.NaN;
    for (const path of ['/healthz', '/metrics', '/', '/api/status']) {
      const response = await fetch(`${url}${path}`);
      const text = await response.text();
      if (response.status !== 200) broken.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
      if (path === '/metrics') heap = Number(HEAP.exec(text)?.[1]);
    }
    const runs = worker.linesOf('run ended').length;
    const memory = { rss_mb: worker.rssMegabytes(), heap_mb: Math.round(heap / 1024 / 1024) };
    if (at % 10 === 0) tell(`${seconds(performance.now() - startedAt)} s`, { ...memory, runs });
  }
}

async function listen(): Promise<void> {
  const response = await fetch(`${url}/events`, { signal: over.signal });
  try {
    for await (const part of response.body ?? [])
      messages.events += new TextDecoder().decode(part).split('data:').length - 1;
    broken.push('/events ended by itself');
  } catch (thrown) {
    if (!over.signal.aborted) broken.push(`/events broke off: ${String(thrown)}`);
  }
}

async function codes(): Promise<string[]> {
  const response = await fetch(`${url}/readyz`, { headers: { accept: 'application/json' } });
  const { reasons: all }: { reasons: { code: string }[] } = JSON.parse(await response.text());
  return all.map(({ code: each }) => each);
}

async function reasons(): Promise<string> {
  return (await codes()).join(' ');
}

async function isReady(): Promise<boolean> {
  const response = await fetch(`${url}/readyz`);
  await response.text();
  return response.status === 200;
}

/** The exit code of a command beside the worker. */
async function command(...args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env, stdio: 'ignore' });
  return new Promise((resolve) => child.on('close', resolve));
}

/** Errors that nothing here has caused, and broken settings of which nothing was said. */
function judgeLog(): void {
  const codesWanted = ['config', ...troubles.map(({ code: each }) => each)];
  const isExpected = ({ msg, code: each }: Readonly<Record<string, unknown>>): boolean =>
    msg === 'the intake refused an event: kept as a dead letter' ||
    codesWanted.some((known) => known === each);
  const unexpected = worker
    .lines()
    .filter(({ level }) => level !== 'info' && level !== 'warn')
    .filter((line) => !isExpected(line));
  for (const line of unexpected.slice(0, 10)) broken.push(`an error was logged: ${JSON.stringify(line)}`);
  if (worker.linesOf('the settings are wrong now: the old ones stay').length === 0)
    broken.push('nothing said that the settings were broken');
}

async function sleepUntil(share: number): Promise<void> {
  while (elapsed() < share) await sleep(100);
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(2));
}
