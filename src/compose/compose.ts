import { createCredential } from './credential.ts';
import { inventoryOptions, type ChosenComparison } from './events.ts';
import { holderNamed } from './holder.ts';
import { runSettings, type RunRequest } from './run-settings.ts';
import { includesDeprovisioned, selected, shapeOf } from './shaping.ts';
import { sinkSettings } from '../settings/load.ts';
import type { Settings } from '../settings/load.ts';
import { createIntakeClient } from '../sinks/sekoia/client.ts';
import { createDelivery } from '../sinks/delivery.ts';
import { keepLock, type KeptLock } from '../inventory/sqlite/lock.ts';
import { openInventory, openTemporaryInventory } from '../inventory/sqlite/open.ts';
import type { OpenInventory } from '../inventory/sqlite/open.ts';
import { requireInventory } from '../inventory/sqlite/reader.ts';
import type { Log, RootLog } from '../ports/log.ts';
import { OktaClient, type ClientOptions } from '../okta/client.ts';
import { createHttpGet, type HttpOptions } from '../http/client.ts';
import { RateLimits } from '../okta/pace/rate-limits.ts';
import { OktaSource } from '../okta/read/source.ts';
import type { BatchLimits, Sink } from '../ports/sink.ts';
import type { Budget } from '../ports/source.ts';
import { createProgress } from '../process/progress.ts';
import { routeTo } from '../http/proxy.ts';
import type { Job, Scope } from '../sync/job.ts';
import { createMeter } from '../sync/pace.ts';
import { Tally } from '../sync/tally.ts';
import type { World } from '../process/world.ts';

/** Okta ends its own queries after 30 s (okta-api section 5); an answer that takes twice that never comes. */
const OKTA_TIMEOUT_MS = 60_000;

/** A run ready to go; `close` lets the inventory go. */
export interface Composed {
  readonly job: Job;
  /** What an endpoint may spend, as far as Okta's answers told. */
  readonly budgetOf: (endpoint: string) => Budget;
  readonly close: () => void;
}

export interface OktaPace {
  readonly limits: ClientOptions['limits'];
  readonly timeoutMs: number;
  /** Of one request for a token. */
  readonly tries?: number;
}

interface Parts {
  readonly opened: OpenInventory;
  readonly sink: Sink;
  readonly limits: Omit<BatchLimits, 'envelopeBytes'>;
  readonly scope: Scope;
  readonly request: RunRequest;
  readonly comparison: ChosenComparison;
}

/** The inventory's lock, for a worker to keep between its runs. */
export function workerLock(world: World): KeptLock {
  return keepLock(holderNamed('worker', world));
}

/**
 * A run over the inventory in `STATE_DIR` that pushes to the intake.
 * @param lock absent: one for this run alone
 */
export async function composeSync(
  settings: Settings,
  world: World,
  root: RootLog,
  request: RunRequest = {},
  lock?: KeptLock,
): Promise<Composed> {
  const sink = createSink(settings, world);
  const runId = world.newId();
  const holder = holderNamed(`run ${runId}`, world);
  const comparison: ChosenComparison = { current: 'every-difference' };
  const options = inventoryOptions(settings, world, runId, comparison);
  // What is not there cannot be sent again, and must not be made either.
  if (request.resends === true) requireInventory(settings.stateDir);
  const opened = openInventory(settings.stateDir, holder, options, lock?.take);
  return orClose(opened, async () => {
    const limits = { count: settings.batchSize, bytes: settings.batchBytes };
    const log = root.child({ run_id: runId, ...orgLabel(settings) });
    const parts: Parts = { opened, sink, limits, scope: { kind: 'all' }, request, comparison };
    return composeRun(settings, world, log, runId, parts);
  });
}

/** A run that cannot be put together must not keep the inventory's lock: the worker tries again. */
async function orClose(opened: OpenInventory, compose: () => Promise<Composed>): Promise<Composed> {
  try {
    return await compose();
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** A run over a private temporary inventory, whose events go to `sink`. */
export async function composeDryRun(
  settings: Settings,
  world: World,
  root: RootLog,
  options: { readonly scope: Scope; readonly sink: Sink },
): Promise<Composed> {
  const runId = world.newId();
  const comparison: ChosenComparison = { current: 'none' };
  const opened = openTemporaryInventory(inventoryOptions(settings, world, runId, comparison));
  const limits = { count: 1, bytes: Number.MAX_SAFE_INTEGER };
  const log = root.child({ run_id: runId, ...orgLabel(settings) });
  return composeRun(settings, world, log, runId, {
    ...options,
    opened,
    limits,
    request: { isKept: false },
    comparison,
  });
}

async function composeRun(
  settings: Settings,
  world: World,
  log: Log,
  runId: string,
  { opened, sink, limits, scope, request, comparison }: Parts,
): Promise<Composed> {
  const { clock, stopping: signal } = world;
  const { inventory, outbox } = opened;
  const paced = oktaLimits(settings, world);
  const pace = { limits: paced, timeoutMs: OKTA_TIMEOUT_MS };
  const client = createOktaClient(settings, world, log, { readsLog: request.isKept ?? true, pace });
  const tally = new Tally();
  const org = new OktaSource({
    client,
    host: new URL(settings.oktaBaseUrl).host,
    userSearch: settings.oktaUserSearch,
    includeDeprovisioned: includesDeprovisioned(settings) || scope.kind === 'one',
    refusedBefore: await inventory.runs.refusedLookups(),
    keepsRaw: settings.rawData,
    shape: shapeOf(settings, log),
  });
  const source = selected(settings, { source: org, client, inventory, tally });
  const delivery = createDelivery({ outbox, sink, limits, clock, signal, log, random: () => world.random() });
  const budgetOf = (endpoint: string): Budget => paced.budgetOf(endpoint);
  const progress = createProgress(world.err, world.isTerminal, clock);
  const meter = createMeter({ clock, count: () => client.count(), budgetOf });
  const job: Job = {
    runId,
    settings: runSettings(settings, scope, request),
    source,
    inventory,
    outbox,
    delivery,
    tally,
    clock,
    log,
    signal,
    compare: (current) => (comparison.current = current),
    meter: () => client.count(),
    callsWithin: (ms) => paced.callsWithin('/api/v1/users/{id}/factors', ms),
    onProgress: (expected) => progress.update(meter(tally.done, expected)),
  };
  const close = (): void => {
    progress.stop();
    opened.close();
  };
  return { job, budgetOf, close };
}

function oktaLimits(settings: Settings, world: World): RateLimits {
  const { clock, stopping: signal } = world;
  const { oktaRateLimitShare: share, oktaMaxConcurrency: maxConcurrency } = settings;
  return new RateLimits({ share, maxConcurrency, clock, random: () => world.random(), signal });
}

/** @param pace another one than that of runs, for a test of the connection */
export function createOktaClient(
  settings: Settings,
  world: World,
  log: Log,
  options: { readonly readsLog: boolean; readonly pace?: OktaPace },
): OktaClient {
  const { clock, stopping: signal } = world;
  const { pace, readsLog } = options;
  const random = () => world.random();
  const { oktaRateLimitShare: share, oktaMaxConcurrency: maxConcurrency } = settings;
  const http = oktaHttp(settings, world, pace?.timeoutMs ?? OKTA_TIMEOUT_MS);
  return new OktaClient({
    baseUrl: new URL(settings.oktaBaseUrl),
    credential: createCredential(settings, world, log, { readsLog, http, tries: pace?.tries }),
    http: createHttpGet(http),
    limits: pace?.limits ?? new RateLimits({ share, maxConcurrency, clock, random, signal }),
    clock,
    random,
    log,
    signal,
  });
}

export function oktaHttp(settings: Settings, world: World, timeoutMs: number): HttpOptions {
  return { timeoutMs, userAgent: userAgentOf(world), route: routeTo(settings.oktaBaseUrl, settings) };
}

/** @param timeoutMs another one than that of runs */
export function createSink(settings: Settings, world: World, timeoutMs?: number): Sink {
  const { baseUrl, apiKey, connectorUuid } = sinkSettings(settings);
  const userAgent = userAgentOf(world);
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  const route = routeTo(baseUrl, settings);
  return createIntakeClient({
    baseUrl,
    connectorUuid,
    apiKey: apiKey.reveal(),
    userAgent,
    route,
    ...patience,
  });
}

function orgLabel({ orgLabel: org }: Settings): { readonly org?: string } {
  return org === undefined ? {} : { org };
}

function userAgentOf({ version }: World): string {
  return `okta-ocsf/${version}`;
}
