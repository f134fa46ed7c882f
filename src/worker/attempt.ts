import { composeSync, type Composed } from '../compose/compose.ts';
import { asConnectorError, type ConnectorError } from '../ports/errors.ts';
import type { LastingParts } from '../compose/lasting-parts.ts';
import type { NoticeDesk } from '../compose/notice-desk.ts';
import type { Prepared } from '../compose/prepare.ts';
import type { RunRequest } from '../compose/run-settings.ts';
import { countsOf, standingOf } from '../sync/report.ts';
import { type Outcome, type Report, type StandingCounts } from '../ports/report.ts';
import { sync } from '../sync/sync.ts';
import { progressOf } from './counted.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Pulse } from './pulse.ts';
import { signsOf } from './run-signs.ts';

export interface AttemptParts {
  /** Reads settings, log and world as they are now, files included. */
  readonly prepare: () => Prepared;
  readonly metrics: WorkerMetrics;
  readonly pulse: Pulse;
  /** The worker's own parts, which each run borrows. */
  readonly lasting: LastingParts;
  readonly desk: NoticeDesk;
  /** The run that somebody asked for; absent: the one that is due. */
  readonly request?: RunRequest | undefined;
}

/** The end of one run. `pending` and `standing` are there only when the run came far enough to count them. */
export interface Attempted {
  readonly outcome: Outcome;
  readonly mode?: Report['mode'];
  readonly failure: ConnectorError | undefined;
  readonly pending: number | undefined;
  readonly standing: StandingCounts | undefined;
  readonly runId?: string;
  readonly report?: Report;
}

/**
 * Makes one run from settings that are read anew. Never throws: an error makes it a failed run. Nothing of a run
 * outlives it, because its listeners listen to the run's own signal.
 */
export async function attempt({ prepare, ...parts }: AttemptParts): Promise<Attempted> {
  try {
    const prepared = prepare();
    return await withOwnSignal(prepared, (own) => run(own, parts));
  } catch (thrown) {
    const failure = asConnectorError(thrown);
    return { outcome: 'failed', failure, pending: undefined, standing: undefined };
  } finally {
    parts.pulse.unfollow();
  }
}

async function run(
  prepared: Prepared,
  { metrics, pulse, lasting, desk, request }: Omit<AttemptParts, 'prepare'>,
): Promise<Attempted> {
  const { job, progress, notices, close } = await composed(prepared, lasting, { desk, request });
  desk.lend(notices);
  try {
    const counts = () => countsOf(job);
    metrics.runStarted({
      counts,
      pending: () => job.outbox.pending(),
      oldestPendingAt: () => job.outbox.oldestAt(),
      progress,
      mode: () => job.tally.mode,
      startedAt: job.clock.now(),
      signs: () => signsOf(job),
    });
    // A first full run may take hours. Until then the metrics show the gaps and dead letters of earlier runs.
    metrics.stands(await standingOf(job));
    pulse.follow(() => progressOf(counts()));
    const end = await sync(job);
    await desk.runEnded(prepared, job, end);
    const { report, failure } = end;
    const { outcome, mode, standing, intake } = report;
    return { outcome, mode, failure, pending: intake.pending, standing, runId: job.runId, report };
  } finally {
    desk.takeBack();
    close();
  }
}

/** A run that cannot be put together has no inventory to remember trouble in. */
async function composed(
  prepared: Prepared,
  lasting: LastingParts,
  { desk, request }: Pick<AttemptParts, 'desk' | 'request'>,
): Promise<Composed> {
  try {
    return await composeSync(prepared, lasting, request);
  } catch (thrown) {
    desk.cannotTell(prepared);
    throw thrown;
  }
}

/** The world with a signal of its own, which follows the process's while `body` runs, and fires when it throws. */
async function withOwnSignal<T>(prepared: Prepared, body: (own: Prepared) => Promise<T>): Promise<T> {
  const { stopping } = prepared.world;
  const own = new AbortController();
  const follow = (): void => own.abort(stopping.reason);
  if (stopping.aborted) follow();
  stopping.addEventListener('abort', follow, { once: true });
  try {
    return await body({ ...prepared, world: { ...prepared.world, stopping: own.signal } });
  } catch (thrown) {
    own.abort();
    throw thrown;
  } finally {
    stopping.removeEventListener('abort', follow);
  }
}
