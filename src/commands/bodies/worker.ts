import { checkInventory } from '../../compose/check-inventory.ts';
import { listChecks } from '../../compose/checks.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { work } from '../../worker/worker.ts';
import { attempt } from '../../worker/attempt.ts';
import { CurrentSettings } from '../../worker/current-settings.ts';
import { DailyCheck } from '../../worker/daily-check.ts';
import { checkFirst } from '../../worker/first-checks.ts';
import type { Routes } from '../../http/app.ts';
import { listen } from '../../http/server.ts';
import { WorkerMetrics } from '../../worker/metrics.ts';
import { Pulse } from '../../worker/pulse.ts';
import { Readiness } from '../../worker/readiness.ts';
import { lastRunEndedAt } from '../../compose/last-run.ts';
import type { PreparedCommand } from '../../compose/prepare.ts';
import { firstStartAt } from '../../worker/schedule.ts';

export interface WorkerOptions {
  /** The file of settings, read again before each run. */
  readonly config?: string;
}

function routesOf(pulse: Pulse, readiness: Readiness, metrics: WorkerMetrics): Routes {
  return {
    '/healthz': () => (pulse.isStuck() ? { status: 503, body: 'stuck\n' } : { status: 200, body: 'ok\n' }),
    '/readyz': () => readiness.answer(),
    '/metrics': async () => ({ status: 200, body: await metrics.text(), type: metrics.contentType }),
  };
}

/**
 * Makes runs until a signal stops it. `HTTP_HOST` and `HTTP_PORT` stay those of the start. Everything else is read
 * again for each run and at SIGHUP, so that a rotated token's file counts from the next run on.
 */
export async function runWorker(prepared: PreparedCommand, { config }: WorkerOptions): Promise<number> {
  const { settings, world, log } = prepared;
  const { clock, stopping } = world;
  const { httpHost: host, httpPort: port } = settings;
  const current = new CurrentSettings(prepared, config);
  world.onHangUp(() => current.hangUp());
  const metrics = new WorkerMetrics(world.version);
  const pulse = new Pulse(clock);
  const readiness = new Readiness();
  const lasting = new LastingParts(world, 'worker');
  const server = await listen({ host, port, routes: routesOf(pulse, readiness, metrics), log });
  try {
    log.info({ version: world.version, url: server.url, ...current.schedule }, 'worker started');
    const tellStop = (): void => log.info({ signal: world.stoppedBy() }, 'worker stopping');
    stopping.addEventListener('abort', tellStop, { once: true });
    const list = () => listChecks(prepared, lasting, { isBrief: true });
    await checkFirst({ list, readiness, clock, stopping, log });
    const now = clock.now();
    const firstAt = current.waitsAtFirst
      ? firstStartAt(await lastRunEndedAt(settings), current.timetable, now)
      : now;
    const check = (ending: AbortSignal) => checkInventory(current.stateDir, world, ending);
    const daily = new DailyCheck({ check, clock, log });
    await work({
      attempt: () => attempt({ prepare: () => current.read(), metrics, pulse, lasting }),
      whileIdle: (rest) => daily.during(rest),
      firstAt,
      timetable: current.timetable,
      files: () => current.files,
      changeMark: () => current.changeMark(),
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
    lasting.close();
    await server.close();
  }
}
