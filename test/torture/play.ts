import { mkdtemp, rm } from 'node:fs/promises';
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
import { createRandom, type Random } from '../../src/simulator/org/random.ts';
import { CHANGE_KINDS } from '../incremental/changing-stage.fixture.ts';
import { launch, type Ended, type Launched } from '../whole-job/launch.fixture.ts';
import { judge, type Verdict } from './judge.ts';

/** Every process, and the org with it, lives so many times faster: what waits for minutes waits for seconds. */
const FASTER = 20;
/** Simulated seconds: about every sixth run is a full one by itself. */
const FULL_SYNC_INTERVAL = '120';
/** Every run asks for some old answers again. */
const VERIFY_ANSWERS = '1200';
/** Nobody waits longer for a run to end. */
const LONGEST_RUN_MS = 60_000;

export interface TortureOptions {
  readonly kills: number;
  readonly seed: number;
  readonly users: number;
  readonly tell?: (line: string) => void;
}

export interface TortureResult extends Verdict {
  readonly kills: Record<Kind | 'early', number>;
  readonly completed: Record<Kind, number>;
  readonly failed: number;
  readonly changes: number;
  readonly oktaFaults: number;
  readonly intakeFaults: number;
  readonly seconds: number;
}

/** `vouched`: a full run that believes answers of earlier ones, since the System Log vouches for them. */
type Kind = 'full' | 'vouched' | 'incremental';

/** An org that changes all the time, an intake, both faulty, and a folder for the inventory. */
async function setUp({ seed, users }: TortureOptions) {
  const startedAt = Date.now();
  const now = (): number => startedAt + (Date.now() - startedAt) * FASTER;
  const org = createOrg({ seed, users, groups: 16, groupsPerUser: 3, admins: 6, deprovisionedShare: 0.08 });
  const okta = await startOktaServer(org, {
    now,
    rates: { limits: 1e9, windowSeconds: 20 },
    latencyMs: [0, 12],
    faults: {
      rate: 0.03,
      seed,
      kinds: ['500', '503', '504', 'reset', 'truncated', 'html', 'not-json', '429'],
    },
  });
  const intake = await startIntakeServer({
    delayMs: 5,
    faultsFollow: 'order',
    retryAfterSeconds: 1,
    faults: { rate: 0.25, seed, kinds: ['500', '503', '408', 'reset', '429', 'lost-acknowledgement'] },
  });
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-torture-'));
  const mutations = createMutations(org, { now, seed, log: { lagMs: [0, 20_000], noise: 0.2 } });
  const env = {
    ...connectionSettings(okta, intake),
    STATE_DIR: stateDir,
    BATCH_SIZE: '20',
    FREQUENCY: '20',
    FULL_SYNC_INTERVAL,
    VERIFY_ANSWERS,
    LOG_LEVEL: 'info',
  };
  const close = async (): Promise<void> => {
    await Promise.all([okta.close(), intake.close()]);
    await rm(stateDir, { recursive: true });
    if (okta.tally.writes > 0) throw new Error(`${okta.tally.writes} requests to Okta that are no GET`);
  };
  return { org, okta, intake, mutations, env, close };
}

/**
 * Runs of the whole job in processes of their own, each killed at an instant drawn from the seed, while the org changes;
 * then one run of each kind that completes. What the intake has then is held against the truth.
 */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const beganAt = performance.now();
  const stage = await setUp(options);
  const { org, okta, intake, mutations } = stage;
  const random = createRandom(options.seed);
  const counts = {
    kills: { full: 0, vouched: 0, incremental: 0, early: 0 },
    completed: { full: 0, vouched: 0, incremental: 0 },
    failed: 0,
    changes: 0,
  };
  const killed = (): number => Object.values(counts.kills).reduce((sum, each) => sum + each, 0);
  const change = (): void => {
    if (random.chance(0.5)) return;
    counts.changes += mutations.randomChanges(1 + random.below(3), random.below(1e9), CHANGE_KINDS).length;
  };

  /** At a call drawn from the seed, and a few milliseconds later. */
  const killSometime = async (child: Launched): Promise<void> => {
    const calls = okta.tally.total;
    const after = { calls: random.below(random.chance(0.4) ? 200 : 15), ms: random.below(60) };
    const isOver = child.ended.then(() => true);
    for (let waited = 0; ; waited += 10) {
      if (random.chance(0.05)) change();
      if (await Promise.race([isOver, sleep(10, false)])) return;
      if (okta.tally.total - calls > after.calls || waited >= LONGEST_RUN_MS) break;
    }
    await sleep(after.ms);
    child.kill('SIGKILL');
  };
  const run = async (argv: readonly string[], mayKill: boolean): Promise<Ended> => {
    const child = launch(['sync', ...argv], { env: stage.env, fastClock: FASTER });
    if (mayKill) await killSometime(child);
    const ended = await child.ended;
    count(ended);
    return ended;
  };
  const count = ({ code, stderr }: Ended): void => {
    const kind = kindOf(stderr);
    if (code === null) counts.kills[kind ?? 'early'] += 1;
    else if (code === 0 && kind !== undefined) counts.completed[kind] += 1;
    else counts.failed += 1;
  };

  try {
    while (killed() < options.kills) {
      change();
      await run(drawArgv(random), true);
      if (killed() % 20 === 0) options.tell?.(`${killed()} kills, ${counts.changes} changes`);
    }
    for (const argv of [[], ['--full', '--vouched'], ['--incremental']])
      await untilCompleted(() => run(argv, false));
    const verdict = judge(
      org,
      intake.received.map(({ item }) => item),
    );
    const intakeFaults = intake.requests.filter(({ status }) => status !== 200).length;
    const seconds = (performance.now() - beganAt) / 1000;
    return { ...counts, ...verdict, oktaFaults: okta.tally.faults, intakeFaults, seconds };
  } finally {
    await stage.close();
  }
}

/** A run may fail when a fault outlasts its patience; what counts begins with one that completes. */
async function untilCompleted(run: () => Promise<Ended>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { code, stderr } = await run();
    if (code === 0) return;
    if (attempt === 5) throw new Error(`no run completes any more:\n${stderr.slice(-3000)}`);
  }
}

/** A quarter of the runs are full ones that the log vouches for, as far as one that asked everybody has ended. */
function drawArgv(random: Random): readonly string[] {
  if (random.chance(0.25)) return ['--full', '--vouched'];
  return random.chance(0.13) ? ['--full'] : [];
}

function kindOf(stderr: string): Kind | undefined {
  const line = /^\{[^\n]*"msg":"run started"[^\n]*$/m.exec(stderr)?.[0];
  if (line === undefined) return undefined;
  if (line.includes('"mode":"incremental"')) return 'incremental';
  return line.includes('"is_vouched":true') ? 'vouched' : 'full';
}
