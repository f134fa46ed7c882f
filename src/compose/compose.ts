import { alertParts, passingAlertParts } from './alerts.ts';
import { inventoryOptions } from './events.ts';
import { fingerprintOf } from './fingerprints.ts';
import { holderNamed } from './holder.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';
import { reportParts } from './report-parts.ts';
import { runSettings, type RunRequest } from './run-settings.ts';
import { createSink, devicesConnector } from './sink.ts';
import { createSource } from './source.ts';
import type { Settings } from '../settings/load.ts';
import { createDelivery, type DeliveryParts } from '../sinks/delivery.ts';
import { joinDeliveries, joinOutboxes } from '../sinks/joined.ts';
import { timedSink } from '../sinks/timed-sink.ts';
import { openInventory, openTemporaryInventory } from '../inventory/sqlite/open.ts';
import type { OpenInventory } from '../inventory/store.ts';
import { requireInventory } from '../inventory/sqlite/open-read-only.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';
import type { NoticeStore } from '../ports/notices.ts';
import type { BatchLimits, Outbox, Sink } from '../ports/sink.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';
import type { Budget } from '../ports/source.ts';
import type { World } from '../process/world.ts';
import { createProgress } from '../process/progress.ts';
import type { AlertParts } from '../sync/alert-parts.ts';
import type { Job, Scope } from '../sync/job.ts';
import { tellDelivered } from '../sync/changes/tell-read.ts';
import { createMeter } from '../sync/pace.ts';
import { Tally } from '../sync/tally.ts';

/** A run that is ready to start; `close` releases the inventory. */
export interface Composed {
  readonly job: Job;
  /** The budget of an endpoint, as far as Okta's answers have shown. */
  readonly budgetOf: (endpoint: string) => Budget;
  /** How far the run has come. */
  readonly progress: () => ProgressSnapshot;
  readonly notices: NoticeStore;
  readonly close: () => void;
}

/** The parts that differ between runs of the same settings. */
interface RunParts {
  readonly runId: string;
  readonly opened: OpenInventory;
  /** Each with the outbox that it drains. */
  readonly sinks: readonly { readonly outbox: Outbox; readonly sink: Sink }[];
  readonly limits: Omit<BatchLimits, 'envelopeBytes'>;
  readonly scope: Scope;
  readonly request: RunRequest;
  readonly alerts: Job['alerts'];
}

/** A run over the inventory in `STATE_DIR` that pushes to the intake. */
export async function composeSync(
  prepared: Prepared,
  lasting: LastingParts,
  request: RunRequest = {},
): Promise<Composed> {
  const { settings, world } = prepared;
  const time = (sink: Sink): Sink => timed(sink, lasting, world);
  const sink = time(createSink(prepared));
  const to = devicesConnector(settings);
  const deviceSink = to && time(createSink(prepared, { to }));
  const runId = world.newId();
  const { validators } = lasting;
  const history = { days: settings.historyDays, asked: fingerprintOf('asked', settings) };
  const options = { ...inventoryOptions(settings, world, { runId, validators }), history };
  // A re-send needs an inventory, and must not create one.
  if (request.resends === true) requireInventory(settings.stateDir);
  const holder = holderNamed(`run ${runId}`, world);
  const opened = openInventory(settings.stateDir, holder, options, lasting.takeLock);
  return orClose(opened, async () => {
    const limits = { count: settings.batchSize, bytes: settings.batchBytes };
    const scope = { kind: 'all' } as const;
    const { outbox, deviceOutbox } = opened;
    const ofDevices =
      deviceOutbox !== undefined && deviceSink !== undefined
        ? [{ outbox: deviceOutbox, sink: deviceSink }]
        : [];
    const sinks = [{ outbox, sink }, ...ofDevices];
    const alerts = alertParts(prepared, opened);
    if (alerts === undefined) await opened.alerts.keepOnly([]);
    return composeRun(prepared, lasting, { runId, opened, sinks, limits, scope, request, alerts });
  });
}

/** When a run cannot be put together, the inventory's lock is released: the worker tries again. */
async function orClose(opened: OpenInventory, compose: () => Promise<Composed>): Promise<Composed> {
  try {
    return await compose();
  } catch (error) {
    opened.close();
    throw error;
  }
}

interface DryRunParts extends Pick<RunParts, 'scope'> {
  readonly sink: Sink;
  /** Is told of each evaluation of an alert; absent: none is evaluated. */
  readonly onDecided?: AlertParts['onDecided'] | undefined;
}

/** A run over a private temporary inventory. Events of users go to `sink`. */
export async function composeDryRun(
  prepared: Prepared,
  lasting: LastingParts,
  { scope, sink, onDecided }: DryRunParts,
): Promise<Composed> {
  const { settings, world } = prepared;
  const runId = world.newId();
  const opened = openTemporaryInventory(
    inventoryOptions(settings, world, { runId, validators: lasting.validators }),
  );
  const limits = { count: 1, bytes: Number.MAX_SAFE_INTEGER };
  const request = { isLasting: false };
  const sinks = [{ outbox: opened.outbox, sink }];
  const alerts = onDecided && passingAlertParts(prepared, opened, onDecided);
  return composeRun(prepared, lasting, { runId, opened, sinks, limits, scope, request, alerts });
}

async function composeRun(
  prepared: Prepared,
  lasting: LastingParts,
  { runId, opened, sinks, limits, scope, request, alerts }: RunParts,
): Promise<Composed> {
  const { settings, world, log: root } = prepared;
  const { clock, stopping: signal } = world;
  const { inventory } = opened;
  const log = root.child({ run_id: runId, ...orgLabel(settings) });
  const connection = lasting.connectionFor(prepared, request.isLasting ?? true);
  const tally = new Tally();
  const progress = createProgress({ err: world.err, isTerminal: world.isTerminal, clock, log });
  const snapshot = (): ProgressSnapshot => meter(tally.done, tally.expected);
  const onAnswer = (tookMs: number): void => {
    lasting.timings?.callTook(tookMs);
    progress.update(snapshot);
    lasting.memory.amidRun();
  };
  const client = connection.clientFor({ log, signal, onAnswer });
  const sources = await createSource(settings, {
    client,
    inventory,
    tally,
    log,
    usedCpuMs: () => world.usedCpuMs(),
    freeMemory: () => lasting.memory.afterMuch(),
    // Marks of hooks may have nothing to do with the selection, and such runs follow each other within seconds.
    isLate: request.mode === 'marks',
    onHosts: (hosts) => lasting.learnHosts(settings.oktaBaseUrl, hosts),
  });
  const budgetOf = (endpoint: string): Budget => connection.limits.budgetOf(endpoint);
  const count = () => client.count();
  const meter = createMeter({ clock, count, budgetOf });
  const shared = { inventory, alerts, tally, clock, log, signal };
  const job: Job = {
    runId,
    ...reportParts(prepared),
    settings: runSettings(settings, scope, request),
    ...sources,
    ...shared,
    ...deliver(sinks, { limits, clock, signal, log, random: () => world.random() }, lasting.hooks),
    meter: count,
    hooks: lasting.hooks,
    callsWithin: (ms) => connection.limits.callsWithin(ENDPOINTS.factorsOfUser.template, ms),
  };
  const close = (): void => {
    progress.stop();
    opened.close();
  };
  return { job, budgetOf, progress: snapshot, notices: opened.notices, close };
}

/** The deliveries of all sinks as one. */
function deliver(
  sinks: RunParts['sinks'],
  parts: Omit<DeliveryParts, 'outbox' | 'sink' | 'onSettled'>,
  hooks: Job['hooks'],
): Pick<Job, 'outbox' | 'delivery'> {
  const outbox = joinOutboxes(sinks.map((each) => each.outbox));
  const onSettled = () => tellDelivered({ hooks, outbox });
  const delivery = joinDeliveries(sinks.map((each) => createDelivery({ ...each, ...parts, onSettled })));
  return { outbox, delivery };
}

function timed(sink: Sink, { timings }: LastingParts, { clock }: World): Sink {
  return timings === undefined ? sink : timedSink(sink, clock, timings);
}

function orgLabel({ orgLabel: org }: Settings): { readonly org?: string } {
  return org === undefined ? {} : { org };
}
