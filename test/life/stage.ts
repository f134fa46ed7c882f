import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectionSettings,
  createMutations,
  createOrg,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { runHere } from '../whole-job/here.fixture.ts';
import { launch, type Ended, type Launched } from '../whole-job/launch.fixture.ts';
import type { Plan, Settings } from './draw.ts';
import { LifeClock } from './life-clock.ts';

/** In this process nothing waits for long; a process of its own needs its time-outs to be longer than a busy moment. */
const FASTER_HERE = 100;
const FASTER_PROCESS = 20;

/** A request that Okta is about to answer. */
interface Arrived {
  readonly template: string;
  /** Of all requests so far. */
  readonly count: number;
}

export type LifeStage = Awaited<ReturnType<typeof setUp>>;

/** An org and an intake whose time passes faster, and the program between them. */
export async function setUp(plan: Plan, seed: number) {
  const clock = new LifeClock(FASTER_HERE);
  const { now } = clock;
  const org = createOrg(plan.org);
  const hooks: { onRequest: (arrived: Arrived) => void } = { onRequest: () => undefined };
  const okta = await startOktaServer(org, {
    ...plan.style,
    searchLagMs: plan.searchLagMs,
    now,
    rates: { limits: 1e9, windowSeconds: 1 },
    onRequest: (arrived) => hooks.onRequest(arrived),
  });
  const intake = await startIntakeServer({
    now,
    faultsFollow: 'order',
    keeps: 'latest',
    ...(plan.maxBytes === undefined ? {} : { maxBytes: plan.maxBytes }),
  });
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-life-'));
  const mutations = createMutations(org, { now, seed, log: { lagMs: [0, plan.logLagMs], noise: 0.2 } });
  const base = {
    ...connectionSettings(okta, intake),
    STATE_DIR: stateDir,
    LOG_LEVEL: 'warn',
  };
  const run = (argv: readonly string[], settings: Settings): Promise<Ended> =>
    runHere(argv, { env: { ...base, ...settings }, sleepsFaster: FASTER_HERE, now });
  const start = (argv: readonly string[], settings: Settings): Launched => {
    const env = { ...base, ...settings, TEST_CLOCK_STARTS_AT: String(now()) };
    return launch(argv, { env, fastClock: FASTER_PROCESS });
  };
  const close = async (): Promise<void> => {
    await Promise.all([okta.close(), intake.close()]);
    await rm(stateDir, { recursive: true });
    if (okta.tally.writes > 0) throw new Error(`${okta.tally.writes} requests to Okta that are no GET`);
  };
  return { clock, org, okta, intake, mutations, hooks, run, start, close };
}
