import { storedFacts } from '../compose/stored-facts.ts';
import type { LastingParts } from '../compose/lasting-parts.ts';
import { InventoryError } from '../ports/errors.ts';
import type { Severity } from '../ports/notices.ts';
import type { World } from '../process/world.ts';
import type { Settings } from '../settings/load.ts';
import type { RunNow, StoredFacts } from '../status/facts.ts';
import { makeStatus } from '../status/make-status.ts';
import type { Status } from '../status/status.ts';
import type { RunUnderWay, WorkerMetrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';

export interface StatusSources {
  readonly world: Pick<World, 'clock' | 'version'>;
  /** Those of now. */
  readonly settings: () => Settings;
  /** By the id of a rule of alerts, those of now. */
  readonly severities: () => ReadonlyMap<string, Severity>;
  readonly readiness: Readiness;
  readonly metrics: WorkerMetrics;
  readonly lasting: LastingParts;
}

/** The status of this worker: what it does, and what the inventory tells. */
export async function statusNow({
  world,
  settings,
  severities,
  readiness,
  metrics,
  lasting,
}: StatusSources): Promise<Status> {
  const at = world.clock.now();
  const { orgLabel: org, scheduleTimeZone: timeZone } = settings();
  return makeStatus({
    version: world.version,
    org,
    timeZone,
    at,
    hindrances: readiness.reasons(),
    severities: severities(),
    live: { run: runOf(metrics.run), nextAt: metrics.nextAt, budgets: lasting.budgets() },
    stored: await storedIfAny(settings(), at),
  });
}

async function storedIfAny(settings: Settings, at: number): Promise<StoredFacts | undefined> {
  try {
    return await storedFacts(settings, at);
  } catch (thrown) {
    // Before the first run there is none; one that cannot be read fails the next run, which tells it.
    if (thrown instanceof InventoryError) return undefined;
    throw thrown;
  }
}

function runOf(run: RunUnderWay | undefined): RunNow | undefined {
  if (run?.mode === undefined || run.startedAt === undefined || run.progress === undefined) return undefined;
  const { isReading = true, sinkFailsSince: intakeFailsSince } = run.signs?.() ?? {};
  return {
    mode: run.mode(),
    startedAt: run.startedAt,
    progress: run.progress(),
    isReading,
    intakeFailsSince,
  };
}
