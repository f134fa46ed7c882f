import { hostname } from 'node:os';
import sekoiaSchema from '../schemas/sekoia/user-inventory.schema.json' with { type: 'json' };
import { sinkSettings } from './config.ts';
import type { Settings } from './config.ts';
import { createIntakeClient } from './intake/client.ts';
import { createDelivery } from './intake/delivery.ts';
import { openInventory, openTemporaryInventory } from './inventory/open.ts';
import type { InventoryOptions, OpenInventory } from './inventory/open.ts';
import type { Log, RootLog } from './log.ts';
import { createEventMaker } from './ocsf/make-event.ts';
import { sekoia } from './ocsf/sekoia.ts';
import { createValidate } from './ocsf/validate.ts';
import { OktaClient } from './okta/client.ts';
import { createHttpGet } from './okta/http.ts';
import { RateLimits } from './okta/rate-limits.ts';
import { OktaSource } from './okta/source.ts';
import type { BatchLimits, MakeEvent, Sink } from './ports.ts';
import { createProgress } from './progress.ts';
import type { Job, Scope } from './sync/job.ts';
import { createMeter } from './sync/pace.ts';
import { Tally } from './sync/tally.ts';
import type { World } from './world.ts';

/** Okta ends its own queries after 30 s (okta-api section 5); an answer that takes twice that never comes. */
const OKTA_TIMEOUT_MS = 60_000;

/** A run ready to go; `close` lets the inventory go. */
export interface Composed {
  readonly job: Job;
  readonly close: () => void;
}

interface Ending {
  readonly opened: OpenInventory;
  readonly sink: Sink;
  readonly limits: BatchLimits;
  readonly scope: Scope;
  readonly isResend: boolean;
}

/** A run over the inventory in `STATE_DIR` that pushes to the intake. */
export async function composeSync(settings: Settings, world: World, root: RootLog): Promise<Composed> {
  const { baseUrl, apiKey, connectorUuid } = sinkSettings(settings);
  const runId = world.newId();
  const holder = {
    description: `run ${runId} on ${hostname()}`,
    since: new Date(world.clock.now()).toISOString(),
  };
  let isResend = false;
  const delivery = () => (isResend ? 'all' : settings.delivery);
  const opened = openInventory(settings.stateDir, holder, inventoryOptions(settings, world, delivery));
  return orClose(opened, async () => {
    const resentAt = await opened.inventory.resentAt();
    isResend =
      resentAt !== undefined && world.clock.now() - resentAt >= settings.resendIntervalSeconds * 1000;
    const userAgent = userAgentOf(world);
    const sink = createIntakeClient({ baseUrl, connectorUuid, apiKey: apiKey.reveal(), userAgent });
    const limits = { count: settings.batchSize, bytes: settings.batchBytes };
    const log = root.child({ run_id: runId, ...orgLabel(settings) });
    const ending: Ending = { opened, sink, limits, scope: { kind: 'all' }, isResend };
    return composeRun(settings, world, log, runId, ending);
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
  const opened = openTemporaryInventory(inventoryOptions(settings, world, () => 'all'));
  const limits = { count: 1, bytes: Number.MAX_SAFE_INTEGER };
  const log = root.child({ run_id: runId, ...orgLabel(settings) });
  return composeRun(settings, world, log, runId, { ...options, opened, limits, isResend: false });
}

async function composeRun(
  settings: Settings,
  world: World,
  log: Log,
  runId: string,
  { opened, sink, limits, scope, isResend }: Ending,
): Promise<Composed> {
  const { clock, stopping: signal } = world;
  const { inventory, outbox } = opened;
  const client = createOktaClient(settings, world, log);
  const source = new OktaSource({
    client,
    host: new URL(settings.oktaBaseUrl).host,
    userSearch: settings.oktaUserSearch,
    includeDeprovisioned: settings.includeDeprovisioned || scope.kind === 'one',
    refusedBefore: await inventory.refusedLookups(),
  });
  const delivery = createDelivery({ outbox, sink, limits, clock, signal, log, random: () => world.random() });
  const tally = new Tally();
  const progress = createProgress(world.err, world.isTerminal, clock);
  const meter = createMeter(clock, () => client.count());
  const job: Job = {
    runId,
    scope,
    isResend,
    source,
    inventory,
    outbox,
    delivery,
    tally,
    clock,
    log,
    signal,
    lookups: new Set(settings.lookups),
    width: settings.oktaMaxConcurrency,
    meter: () => client.count(),
    onProgress: (usersTotal) => progress.update(meter(tally.done, usersTotal)),
  };
  const close = (): void => {
    progress.stop();
    opened.close();
  };
  return { job, close };
}

function createOktaClient(settings: Settings, world: World, log: Log): OktaClient {
  const { clock, stopping: signal } = world;
  const random = () => world.random();
  const { oktaRateLimitShare: share, oktaMaxConcurrency: maxConcurrency } = settings;
  const token = settings.oktaApiToken;
  return new OktaClient({
    baseUrl: new URL(settings.oktaBaseUrl),
    authorise: () => `SSWS ${token.reveal()}`,
    http: createHttpGet({ timeoutMs: OKTA_TIMEOUT_MS, userAgent: userAgentOf(world) }),
    limits: new RateLimits({ share, maxConcurrency, clock, random, signal }),
    clock,
    random,
    log,
    signal,
  });
}

function inventoryOptions(
  settings: Settings,
  { clock }: World,
  delivery: InventoryOptions['delivery'],
): InventoryOptions {
  return { makeEvent: createMakeEvent(settings), delivery, clock };
}

function createMakeEvent({ mfaRule, adminRule, onLookupFailure, lookups }: Settings): MakeEvent {
  const validate = createValidate(sekoiaSchema);
  return createEventMaker({
    dialect: sekoia,
    validate,
    mfaRule,
    adminRule,
    onLookupFailure,
    lookups: new Set(lookups),
  });
}

function orgLabel({ orgLabel: org }: Settings): { readonly org?: string } {
  return org === undefined ? {} : { org };
}

function userAgentOf({ version }: World): string {
  return `okta-ocsf/${version}`;
}
