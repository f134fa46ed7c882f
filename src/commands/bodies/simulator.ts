import * as z from 'zod';
import { ConfigError } from '../../ports/errors.ts';
import {
  connectionSettings,
  createMutations,
  createOrg,
  DEFAULT_DEVICES_CONNECTOR_UUID,
  DEFAULT_HOOKS_TOKEN,
  INTAKE_FAULTS,
  OKTA_FAULTS,
  startIntakeServer,
  startOktaServer,
  type HookFault,
  type IntakeServer,
  type OktaServer,
  type OrgOptions,
  type SimulatedOrg,
} from '../../simulator/index.ts';
import type { World } from '../../process/world.ts';
import type { OutputOf } from '../../ports/json-output.ts';
import { whenStopped } from './stopped.ts';

/** A hang would last as long as the client is patient: a minute or more. */
const OKTA_KINDS = OKTA_FAULTS.filter((kind) => kind !== 'hang');
const INTAKE_KINDS = INTAKE_FAULTS.filter((kind) => kind !== 'hang');
/** Events within so long of each other share a request of a hook. */
const BATCH_MS = 500;
const count = new Intl.NumberFormat('en-GB');

export interface SimulatorOptions extends OrgOptions {
  readonly users: number;
  readonly seed: number;
  readonly faultRate: number;
  readonly intakeFaultRate: number;
  /** Calls a window in each bucket; absent: Okta's own limits. */
  readonly rateLimit?: number;
  /** The length of a rate-limit window, in seconds. */
  readonly window: number;
  readonly classic: boolean;
  readonly rulesOff: boolean;
  readonly latency: readonly [number, number];
  /** A minute. */
  readonly changes: number;
  readonly hooks: boolean;
  readonly hookFaults: readonly HookFault[];
  readonly hookFaultRate: number;
  readonly oktaPort: number;
  readonly intakePort: number;
  readonly json: boolean;
}

interface Servers {
  readonly okta: OktaServer;
  readonly intake: IntakeServer;
}

/** Plays an Okta org and an intake on this machine until a signal stops it. Resolves with the exit code. */
export async function runSimulator(world: World, options: SimulatorOptions): Promise<number> {
  const org = createOrg(options);
  const okta = await orPortFault('--okta-port', startOkta(org, options));
  try {
    const intake = await orPortFault('--intake-port', startIntake(options));
    try {
      const stopChanges = startChanges(org, okta, options);
      try {
        return await serve({ okta, intake }, world, options);
      } finally {
        stopChanges();
      }
    } finally {
      await intake.close();
    }
  } finally {
    await okta.close();
  }
}

/** Lets the org change while it is read. */
function startChanges(org: SimulatedOrg, okta: OktaServer, { changes, seed }: SimulatorOptions): () => void {
  if (changes === 0) return () => undefined;
  const mutations = createMutations(org, { now: okta.now, seed });
  let made = 0;
  const timer = setInterval(() => {
    made += 1;
    mutations.randomChanges(1, seed + made);
  }, 60_000 / changes);
  return () => clearInterval(timer);
}

async function serve(
  servers: Servers,
  world: World,
  { users, devices, hooks, json }: SimulatorOptions,
): Promise<number> {
  const settings = settingsFor(servers, { hasDevices: (devices ?? 0) > 0, hasHooks: hooks });
  await world.out(
    json
      ? `${JSON.stringify(settings)}\n`
      : Object.entries(settings)
          .map(([name, value]) => `export ${name}=${value}\n`)
          .join(''),
  );
  if (world.isTerminal) {
    world.err.write(`An org of ${count.format(users)} users and an intake: Ctrl-C stops them.\n`);
  }
  const exitCode = await whenStopped(world);
  world.err.write(`simulator: ${served(servers)}\n`);
  return exitCode;
}

/** `simulator --json`, field by field: settings for `--config`, which takes nothing else, so there is no `version`. */
export const SIMULATOR_SCHEMA = z.object({
  OKTA_BASE_URL: z.url().describe('of the org'),
  OKTA_API_TOKEN: z.string().describe('that it takes'),
  SEKOIA_BASE_URL: z.url().describe('of the intake'),
  SEKOIA_API_KEY: z.string().describe('that it takes'),
  SEKOIA_CONNECTOR_UUID: z.string().describe('that it takes'),
  SEKOIA_DEVICES_CONNECTOR_UUID: z.string().optional().describe('that it takes; only with devices'),
  OKTA_HOOKS_API_TOKEN: z.string().optional().describe('that manages event hooks; only with --hooks'),
});

/** The settings to connect the product to both, by name. */
function settingsFor(
  { okta, intake }: Servers,
  { hasDevices, hasHooks }: { readonly hasDevices: boolean; readonly hasHooks: boolean },
): OutputOf<typeof SIMULATOR_SCHEMA> {
  return {
    ...connectionSettings(okta, intake),
    ...(hasDevices ? { SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID } : {}),
    ...(hasHooks ? { OKTA_HOOKS_API_TOKEN: DEFAULT_HOOKS_TOKEN } : {}),
  };
}

function served({ okta, intake }: Servers): string {
  const { total, rateLimited, faults, unauthorised } = okta.tally;
  const { batches, events } = intake.counts();
  const hooks = okta.hooks.tally;
  return [
    `${count.format(total)} calls to Okta`,
    `${count.format(rateLimited)} of them over a rate limit, ${count.format(faults)} faults, ${count.format(unauthorised)} with a wrong token`,
    `${count.format(events)} events in ${count.format(batches)} batches taken`,
    ...(hooks.requests === 0
      ? []
      : [`${count.format(hooks.requests)} requests of hooks, ${count.format(hooks.failed)} of them in vain`]),
  ].join('; ');
}

function startOkta(org: SimulatedOrg, options: SimulatorOptions): Promise<OktaServer> {
  const { hooks, hookFaults, hookFaultRate } = options;
  const { rateLimit, window, latency, seed, faultRate, oktaPort, classic, rulesOff } = options;
  return startOktaServer(org, {
    port: oktaPort,
    rates: { windowSeconds: window, ...(rateLimit === undefined ? {} : { limits: rateLimit }) },
    latencyMs: latency,
    pipeline: classic ? 'v1' : 'idx',
    groupRules: rulesOff ? 'off' : 'on',
    hooks: { takesHttp: hooks, faults: hookFaults, faultRate: hookFaultRate, batchMs: BATCH_MS, seed },
    ...(faultRate === 0 ? {} : { faults: { rate: faultRate, seed, kinds: OKTA_KINDS } }),
  });
}

/** Nobody reads the intake's events, so it stores none, however long it runs. */
function startIntake({ intakePort, intakeFaultRate, seed }: SimulatorOptions): Promise<IntakeServer> {
  return startIntakeServer({
    port: intakePort,
    keeps: 'nothing',
    ...(intakeFaultRate === 0 ? {} : { faults: { rate: intakeFaultRate, seed, kinds: INTAKE_KINDS } }),
  });
}

async function orPortFault<T>(name: string, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const hint = 'choose another port, or 0 for any free one';
    throw new ConfigError([{ name, problem: `cannot be had: ${reason}`, hint }]);
  }
}
