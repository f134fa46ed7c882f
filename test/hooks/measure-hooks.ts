/**
 * By hand: `node --disable-warning=ExperimentalWarning test/hooks/measure-hooks.ts single|full|burst|memory|stranger|kills [count]`.
 * How fast a change that a hook names is delivered, alone and amid a full run of 10,000 users; how the port answers 10,000
 * events in 10 s; how much memory such a burst takes at Okta's own pace; how little a stranger with the secret can do; and
 * whether kills lose anything.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectionSettings,
  createMutations,
  createOrg,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { launch, type Launched } from '../whole-job/launch.fixture.ts';
import { sendAll, sendHook, type Answered } from './sender.fixture.ts';

const [what = 'single', countText] = process.argv.slice(2);
const SECRET = 'a-secret-that-only-this-measure-knows';
const isLarge = what === 'full' || what === 'burst';
const org = createOrg({
  users: isLarge ? 10_000 : 300,
  groups: isLarge ? 500 : 12,
  groupsPerUser: 12,
  admins: 20,
});
// Okta's own limits; in shorter windows for a burst, and none where only the worker matters.
const RATES = { burst: { windowSeconds: 3 }, kills: { limits: 1e9, windowSeconds: 1 } };
const rates = what === 'burst' || what === 'kills' ? RATES[what] : {};
const okta = await startOktaServer(org, { rates });
// One for all changes: another would give its events the same ids again.
const mutations = createMutations(org, { now: okta.now });
const intake = await startIntakeServer({ keeps: 'latest' });
const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-hooks-'));

function start(env: Readonly<Record<string, string>> = {}): Launched {
  return launch(['worker'], {
    env: {
      ...connectionSettings(okta, intake),
      STATE_DIR: stateDir,
      HTTP_PORT: '0',
      HOOK_PORT: '0',
      HOOK_SECRET: SECRET,
      ...env,
      ...(process.env['PROBE'] === undefined ? {} : { NODE_OPTIONS: process.env['PROBE'] }),
    },
  });
}

type Line = Readonly<Record<string, unknown>>;

function lines(worker: Launched, message: string): readonly Line[] {
  return worker
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): Line => JSON.parse(line))
    .filter(({ msg }) => msg === message);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}

async function urlOf(worker: Launched): Promise<string> {
  await until(() => lines(worker, 'takes event hooks').length > 0);
  return `${String(lines(worker, 'takes event hooks')[0]?.['url'])}/okta/events`;
}

function bodyOf(events: readonly object[]): string {
  return JSON.stringify({ source: `${okta.url}/api/v1/eventHooks/who1`, data: { events } });
}

/** Sends events as Okta does. */
function send(url: string, events: readonly object[]): Promise<Answered> {
  return sendHook(url, SECRET, bodyOf(events));
}

function figures(all: readonly number[]): Readonly<Record<string, number>> {
  const sorted = all.toSorted((left, right) => left - right);
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) };
}

function statusesOf(answers: readonly Answered[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, all]) => [status, all.length]),
  );
}

function tell(name: string, facts: unknown): void {
  process.stdout.write(`${name.padEnd(28)} ${JSON.stringify(facts)}\n`);
}

function memoryOf({ pid }: Launched, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(found ?? 0) / 1024);
}

/** The most memory, in MB, between this call and that of `end`. */
function watchMemory(worker: Launched): { readonly end: () => number } {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, memoryOf(worker))), 100);
  return {
    end: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** Makes a change, sends its events, and gives the milliseconds until the intake has confirmed what came of it. */
async function change(url: string, at: number): Promise<number> {
  const user = org.users[(at * 7 + 3) % org.users.length];
  if (user === undefined) throw new Error('no such user');
  const before = org.log.events.length;
  const known = intake.latestByUid().get(user.id);
  if (user.status === 'LOCKED_OUT') mutations.unlock(user.id);
  else if (user.status === 'ACTIVE') mutations.lock(user.id);
  else return change(url, at + 1);
  const startedAt = performance.now();
  await send(url, org.log.events.slice(before));
  await until(() => intake.latestByUid().get(user.id) !== known || performance.now() - startedAt > 120_000);
  return performance.now() - startedAt;
}

/** A worker whose first full run is over. */
async function settled(
  env: Readonly<Record<string, string>> = {},
): Promise<{ worker: Launched; url: string }> {
  const worker = start(env);
  await until(() => lines(worker, 'run ended').length > 0);
  tell('first full run, calls', lines(worker, 'run ended')[0]?.['calls']);
  return { worker, url: await urlOf(worker) };
}

const EXPERIMENTS: Readonly<Record<string, (count: number) => Promise<void>>> = {
  single: async (count) => {
    const { worker, url } = await settled();
    const took: number[] = [];
    for (let at = 0; at < count; at += 1) {
      await sleep(10_500);
      took.push(await change(url, at));
      if (at % 20 === 19) tell('receipt to delivery, ms', figures(took));
    }
    tell('receipt to delivery, ms', figures(took));
    worker.kill('SIGTERM');
    await worker.ended;
  },
  full: async (count) => {
    const worker = start();
    await until(() => lines(worker, 'run started').length > 0);
    const url = await urlOf(worker);
    // So many users are read by then that those who change are among them.
    await until(() => intake.latestByUid().size > 200);
    const took: number[] = [];
    for (let at = 0; at < count; at += 1) {
      await sleep(10_500);
      took.push(await change(url, at % 20));
      if (at % 10 === 9) tell('amid a full run, ms', figures(took));
    }
    tell('amid a full run, ms', figures(took));
    tell('runs', { started: lines(worker, 'run started').length, ended: lines(worker, 'run ended').length });
    worker.kill('SIGTERM');
    await worker.ended;
  },
  burst: async (count) => {
    const { worker, url } = await settled();
    await sleep(15_000);
    const [idle, ever] = [memoryOf(worker), memoryOf(worker, 'VmHWM')];
    const before = org.log.events.length;
    const active = org.users.filter(({ status }) => status === 'ACTIVE').slice(0, count);
    const known = new Map(active.map(({ id }) => [id, intake.latestByUid().get(id)]));
    // The last round is one that locks, so that everybody has changed.
    for (let round = 0; round % 2 === 0 || org.log.events.length - before < count; round += 1) {
      for (const { id } of active)
        if (round % 2 === 0) mutations.lock(id);
        else mutations.unlock(id);
    }
    const events = org.log.events.slice(before);
    const bodies: string[] = [];
    for (let at = 0; at < events.length; at += 10) bodies.push(bodyOf(events.slice(at, at + 10)));
    const startedAt = performance.now();
    const watch = watchMemory(worker);
    const answered = await sendAll({ url, secret: SECRET, bodies, withinMs: 10_000 });
    tell('answers, ms', figures(answered.map(({ ms }) => ms)));
    tell('statuses', statusesOf(answered));
    const isDone = (): boolean =>
      performance.now() - startedAt > 300_000 ||
      [...known].every(([id, event]) => intake.latestByUid().get(id) !== event);
    while (!isDone()) await sleep(1000);
    tell('all delivered after, s', Math.round((performance.now() - startedAt) / 1000));
    const shares = okta.windows.map(({ spent, limit }) => spent / limit);
    tell('the fullest window', { share: Math.max(...shares), refused: okta.tally.rateLimited });
    await sleep(20_000);
    tell('memory, MB', { idle, most: watch.end(), atTheEnd: memoryOf(worker), everBefore: ever });
    tell(
      'runs',
      lines(worker, 'run ended').map(({ mode, calls }) => `${String(mode)} ${String(calls)}`),
    );
    worker.kill('SIGTERM');
    await worker.ended;
  },
  memory: (count) => EXPERIMENTS['burst']?.(count) ?? Promise.resolve(),
  stranger: async (seconds) => {
    const { worker, url } = await settled({ FREQUENCY: '60' });
    const idle = memoryOf(worker);
    const watch = watchMemory(worker);
    const knownBefore = intake.latestByUid().size;
    const ended = lines(worker, 'run ended').length;
    const answers: Answered[] = [];
    const startedAt = performance.now();
    let delivered: Promise<number> | undefined;
    for (let sent = 0; performance.now() - startedAt < seconds * 1000; sent += 20) {
      for (let each = 0; each < 20; each += 1) {
        const id = `00u${Math.random().toString(36).slice(2, 12)}${Math.random().toString(36).slice(2, 9)}`;
        const event = {
          eventType: 'user.lifecycle.create',
          uuid: `u${sent + each}`,
          published: new Date().toISOString(),
          target: [{ id, type: 'User' }],
        };
        void send(url, [event]).then((answered) => answers.push(answered));
      }
      if (sent >= 5000) delivered ??= change(url, 1);
      await sleep(Math.max(0, startedAt + sent - performance.now()));
    }
    tell('requests', { ...figures(answers.map(({ ms }) => ms)), seconds });
    tell('statuses', statusesOf(answers));
    tell('a real change, ms', await delivered);
    tell('memory, MB', { idle, most: watch.end() });
    tell(
      'runs',
      lines(worker, 'run ended')
        .slice(ended)
        .map(({ mode, calls, users }) => ({ mode, calls, users })),
    );
    tell('users at the intake', { before: knownBefore, after: intake.latestByUid().size });
    worker.kill('SIGTERM');
    await worker.ended;
  },
  kills: async (count) => {
    let lost = 0;
    let killed = 0;
    let worker = start();
    await until(() => lines(worker, 'run ended').length > 0);
    for (let at = 0; killed < count && at < org.users.length; at += 1) {
      const url = await urlOf(worker);
      const user = org.users[at];
      const known = intake.latestByUid().get(user?.id ?? '');
      const before = org.log.events.length;
      if (user?.status === 'ACTIVE') mutations.lock(user.id);
      else continue;
      await send(url, org.log.events.slice(before));
      await sleep(Math.random() * 3500);
      worker.kill('SIGKILL');
      killed += 1;
      await worker.ended;
      worker = start();
      const startedAt = performance.now();
      await until(
        () => intake.latestByUid().get(user.id) !== known || performance.now() - startedAt > 20_000,
      );
      if (intake.latestByUid().get(user.id) === known) lost += 1;
    }
    tell('kills', { killed, lost });
    worker.kill('SIGKILL');
    await worker.ended;
  },
};

const USUAL: Readonly<Record<string, number>> = {
  single: 200,
  full: 60,
  burst: 10_000,
  memory: 10_000,
  stranger: 60,
  kills: 30,
};
await EXPERIMENTS[what]?.(Number(countText ?? USUAL[what]));
await Promise.all([okta.close(), intake.close()]);
rmSync(stateDir, { recursive: true });
