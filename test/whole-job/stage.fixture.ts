import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, vi } from 'vitest';
import {
  connectionSettings,
  createOrg,
  startIntakeServer,
  startOktaServer,
  type IntakeServer,
  type IntakeServerOptions,
  type OktaServer,
  type OktaServerOptions,
  type SimulatedOrg,
} from '../../src/simulator/index.ts';
import { runHere, type HereOptions } from './here.fixture.ts';
import { launch, type Ended, type Launched, type LaunchOptions } from './launch.fixture.ts';

// Each test starts processes, several at a time: a busy machine needs longer for that than any other test.
vi.setConfig({ testTimeout: 90_000 });
/** For what a launched process will surely do, sooner or later. */
export const SOON = { timeout: 45_000, interval: 20 } as const;

type OrgOptions = Parameters<typeof createOrg>[0];
type Changes = Omit<LaunchOptions, 'env'> & { readonly env?: LaunchOptions['env'] };
type HereChanges = Changes & Omit<HereOptions, 'env'>;

export interface StageOptions {
  readonly org?: OrgOptions;
  readonly okta?: OktaServerOptions;
  readonly intake?: IntakeServerOptions;
  /** The test calls the one command that changes something in an org. */
  readonly managesHooks?: boolean;
}

/** An org, an intake, a folder for the inventory, and the program between them. */
export interface Stage {
  readonly org: SimulatedOrg;
  readonly okta: OktaServer;
  readonly intake: IntakeServer;
  readonly stateDir: string;
  /** In a process of its own. */
  readonly start: (argv: readonly string[], changes?: Changes) => Launched;
  /** To its end, in this process where nothing asks for one of its own. */
  readonly run: (argv: readonly string[], changes?: HereChanges) => Promise<Ended>;
}

/** Small enough to be read in no time. */
const SMALL_ORG: OrgOptions = { users: 24, groups: 8, groupsPerUser: 2, adminGroups: 3, admins: 6 };
/** As good as none: waiting for windows is for tests that are about it. */
const WIDE: OktaServerOptions = { rates: { limits: 1e9, windowSeconds: 1 } };

async function setUp(options: StageOptions) {
  const { org: orgOptions, okta: oktaOptions, intake: intakeOptions, managesHooks = false } = options;
  const org = createOrg({ ...SMALL_ORG, ...orgOptions });
  const okta = await startOktaServer(org, { ...WIDE, ...oktaOptions });
  const intake = await startIntakeServer(intakeOptions);
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-test-'));
  const launched: Launched[] = [];
  const base = {
    ...connectionSettings(okta, intake),
    STATE_DIR: stateDir,
    LOG_LEVEL: 'warn',
  };
  const start: Stage['start'] = (argv, { env, ...rest } = {}) => {
    const child = launch(argv, { ...rest, env: { ...base, ...env } });
    launched.push(child);
    return child;
  };
  const run: Stage['run'] = (argv, { sleepsFaster, now, isTerminal, ...changes } = {}) =>
    needsProcess(changes)
      ? start(argv, changes).ended
      : runHere(argv, { env: { ...base, ...changes.env }, sleepsFaster, now, isTerminal });
  const close = async (): Promise<void> => {
    for (const child of launched) child.kill('SIGKILL');
    await Promise.all([...launched.map((child) => child.ended), okta.close(), intake.close()]);
    await rm(stateDir, { recursive: true });
    if (!managesHooks) expect(okta.tally.writes, 'requests to Okta that are no GET').toBe(0);
  };
  const stage: Stage = { org, okta, intake, stateDir, start, run };
  return { stage, close };
}

/** Node reads its own variables when a process starts, and a clock of its own is preloaded. */
function needsProcess({ fastClock, env = {} }: Changes): boolean {
  return fastClock !== undefined || Object.keys(env).some((name) => name.startsWith('NODE_'));
}

/** `test` whose body gets `makeStage`; what it made is taken down when the test ends. */
export const test = base.extend('makeStage', ({ onTestFinished }) => {
  return async (options: StageOptions = {}): Promise<Stage> => {
    const { stage, close } = await setUp(options);
    onTestFinished(close);
    return stage;
  };
});
