import { severitiesOf } from '../../compose/alerts.ts';
import { checkInventory } from '../../compose/check-inventory.ts';
import { listChecks } from '../../compose/checks.ts';
import { eventMakerOptions } from '../../compose/events.ts';
import { WORKER } from '../../compose/holder.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { NoticeDesk } from '../../compose/notice-desk.ts';
import { InventoryError } from '../../ports/errors.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { work, type WorkerParts } from '../../worker/worker.ts';
import { attempt, type Attempted } from '../../worker/attempt.ts';
import { WorkerAddress, type ListenAddress } from '../../worker/address.ts';
import { CurrentSettings } from '../../worker/current-settings.ts';
import { DailyCheck } from '../../worker/daily-check.ts';
import { checkFirst } from '../../worker/first-checks.ts';
import type { Pages, Routes } from '../../http/app.ts';
import { listen } from '../../http/server.ts';
import { WorkerMetrics } from '../../worker/metrics.ts';
import { Naps } from '../../worker/naps.ts';
import { Pulse } from '../../worker/pulse.ts';
import { Readiness } from '../../worker/readiness.ts';
import { inventoryBytes, remembered, type Remembered } from '../../compose/remembered.ts';
import type { Prepared, PreparedCommand } from '../../compose/prepare.ts';
import type { RunRequest } from '../../compose/run-settings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { World } from '../../process/world.ts';
import type { Settings } from '../../settings/load.ts';
import { firstStartAt } from '../../worker/schedule.ts';
import { statusNow, type StatusSources } from '../../worker/status-now.ts';
import { statusPage, type StatusPage } from '../../worker/status-page.ts';
import { TroubleWatch } from '../../worker/trouble-watch.ts';
import { secretAges } from '../../settings/secret-ages.ts';
import type { HookPort } from '../../compose/hooks/receive.ts';
import { hookedRuns, hookObstacles, startHooks } from './worker-hooks.ts';
import { createRequests, runAsked } from './worker-requests.ts';

export interface WorkerOptions {
  /** The file of settings, read again before each run. */
  readonly config?: string;
}

function routesOf(pulse: Pulse, readiness: Readiness, metrics: WorkerMetrics): Routes {
  return {
    '/healthz': () => (pulse.isStuck() ? { status: 503, body: 'stuck\n' } : { status: 200, body: 'ok\n' }),
    '/readyz': (accept) => readiness.answer(accept),
    '/metrics': async () => ({ status: 200, body: await metrics.text(), type: metrics.contentType }),
  };
}

function pageOf(
  current: CurrentSettings,
  { world, log }: PreparedCommand,
  parts: Pick<StatusSources, 'readiness' | 'metrics' | 'lasting'>,
): StatusPage & Pages {
  const settings = (): Settings => current.settings;
  const page = statusPage({
    read: () => statusNow({ world, settings, severities: () => severitiesOf(current.prepared), ...parts }),
    isShown: () => settings().statusPage,
    clock: world.clock,
    log,
  });
  return { ...page, allowedHosts: () => settings().httpAllowedHosts ?? [] };
}

/** The parts that show from outside how the worker is, and what the runs share. */
function createParts(current: CurrentSettings, world: World) {
  const startedAt = world.clock.now();
  const readiness = new Readiness(
    world.clock,
    current.timetable,
    () => metrics.run?.signs?.(),
    () => hookObstacles(lasting),
  );
  const metrics: WorkerMetrics = new WorkerMetrics(
    world.version,
    {
      budgets: () => lasting.budgets(),
      secrets: () => secretAges(current.secrets, startedAt),
      inventoryBytes: () => inventoryBytes(current.settings),
      isReady: () => readiness.reasons().length === 0,
      noticeFailures: () => desk.failures,
    },
    current.settings.hookPort !== undefined,
  );
  const lasting = new LastingParts(world, WORKER, metrics);
  const desk: NoticeDesk = new NoticeDesk(() => lasting.heldDir);
  const watch = new TroubleWatch({
    desk,
    readiness,
    metrics,
    prepared: () => current.prepared,
    clock: world.clock,
    stopping: world.stopping,
  });
  let recalled: Remembered | undefined;
  /** Reads what costs too much for a scrape; `undefined` where there is no inventory yet. */
  const recall = async (): Promise<Remembered | undefined> => {
    const found = await remembered(current.settings, world.clock.now());
    if (found !== undefined) metrics.remembers(found);
    recalled = found ?? recalled;
    return found;
  };
  const hasFullRun = (): boolean => recalled?.fullRunAt !== undefined;
  const pulse = new Pulse(world.clock);
  const run = (request?: RunRequest): Promise<Attempted> => {
    watch.startIfWanted();
    return attempt({ prepare: () => current.read(), metrics, pulse, lasting, desk, request });
  };
  return { readiness, metrics, lasting, pulse, recall, hasFullRun, run };
}

/** Makes runs until a signal stops it. All settings are read again for each run and at SIGHUP. */
export async function runWorker(prepared: PreparedCommand, { config }: WorkerOptions): Promise<number> {
  const { settings, world, log } = prepared;
  const { clock, stopping } = world;
  let hookPort: HookPort | undefined;
  const current = new CurrentSettings(prepared, config, (read) => {
    void address.move(addressOf(read));
    hookPort?.readCertificateAgain(read);
  });
  const { readiness, metrics, lasting, pulse, recall, hasFullRun, run } = createParts(current, world);
  const pages = pageOf(current, prepared, { readiness, metrics, lasting });
  await compile(settings, lasting, pages);
  const address = await WorkerAddress.listen(addressOf(settings), {
    listen: (where) => listen({ ...where, routes: routesOf(pulse, readiness, metrics), pages, log }),
    log,
  });
  const naps = napsEndedBySignals(prepared, current);
  const requests = createRequests(prepared, lasting);
  try {
    holdInventory(lasting, settings);
    hookPort = await startHooks(prepared, lasting, { metrics, naps });
    log.info({ version: world.version, url: address.url, ...current.schedule }, 'worker started');
    // Before the checks, which would call a worker ready that has long been without a completed run.
    const earlier = await recall();
    if (earlier !== undefined) readiness.remembers(earlier);
    await checkFirst({ list: () => briefChecks(prepared, lasting), readiness, clock, stopping, log });
    await work({
      attempt: (asked) => runAsked(asked, run, () => current.prepared),
      hooks: hookedRuns(lasting, hasFullRun, run),
      requests,
      nap: (ms) => naps.nap(ms),
      whileIdle: idling(current, prepared, { recall, pages, memory: lasting.memory }),
      ...followed(current, earlier, clock),
      clock,
      random: () => world.random(),
      stopping,
      metrics,
      readiness,
      pulse,
      log,
    });
    log.info({}, 'worker stopped');
    return EXIT_DONE;
  } finally {
    await hookPort?.close();
    lasting.close();
    await address.close();
  }
}

function briefChecks(prepared: Prepared, lasting: LastingParts): ReturnType<typeof listChecks> {
  return listChecks(prepared, lasting, { isBrief: true });
}

/** Whoever asks first, and in the moment in which the first run starts, must not wait until code is compiled. */
async function compile(settings: Settings, { validators }: LastingParts, pages: StatusPage): Promise<void> {
  eventMakerOptions(settings, validators);
  await pages.warmUp();
}

function followed(
  current: CurrentSettings,
  earlier: Remembered | undefined,
  clock: Clock,
): Pick<WorkerParts, 'timetable' | 'firstAt' | 'files' | 'changeMark'> {
  return {
    timetable: current.timetable,
    firstAt: firstStart(current, earlier, clock),
    files: () => current.filesToChange,
    changeMark: () => current.changeMark(),
  };
}

interface IdleParts {
  readonly recall: () => Promise<Remembered | undefined>;
  readonly pages: StatusPage;
  readonly memory: LastingParts['memory'];
}

/** The work between two runs. */
function idling(
  current: CurrentSettings,
  { world, log }: Prepared,
  { recall, pages, memory }: IdleParts,
): WorkerParts['whileIdle'] {
  const check = (ending: AbortSignal) => checkInventory(current.stateDir, world, ending);
  const daily = new DailyCheck({ check, clock: world.clock, log });
  return async (rest) => {
    await recall();
    await pages.warmUp();
    memory.atRest();
    await daily.during(rest);
  };
}

function firstStart(current: CurrentSettings, earlier: Remembered | undefined, clock: Clock): number {
  const now = clock.now();
  return current.waitsAtFirst ? firstStartAt(earlier?.readAt, current.timetable, now) : now;
}

/** Signals may end the wait for the next run. */
function napsEndedBySignals({ world, log }: Prepared, current: CurrentSettings): Naps {
  const naps = new Naps(world.clock, world.stopping);
  world.onHangUp(() => {
    current.hangUp();
    naps.wake();
  });
  world.onNudge(() => naps.wake());
  const tellStop = (): void => log.info({ signal: world.stoppedBy() }, 'worker stopping');
  world.stopping.addEventListener('abort', tellStop, { once: true });
  return naps;
}

/** Commands find the worker by its lock, also before its first run. */
function holdInventory(lasting: LastingParts, { stateDir }: Settings): void {
  try {
    lasting.hold(stateDir);
  } catch (thrown) {
    // The first run meets the same trouble, and tells it.
    if (!(thrown instanceof InventoryError)) throw thrown;
  }
}

function addressOf({ httpHost: host, httpPort: port }: Settings): ListenAddress {
  return { host, port };
}
