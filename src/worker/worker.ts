import type { ErrorCode } from '../ports/errors.ts';
import { failureFields } from '../process/failure.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Attempted } from './attempt.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { FilesToChange } from './current-settings.ts';
import { LONGEST_NAP_MS, type Pulse } from './pulse.ts';
import type { Readiness } from './readiness.ts';
import type { AskedRun, Requests } from './requests.ts';
import { nextStartAt, type Timetable } from './schedule.ts';

export interface WorkerParts {
  /** Makes one run, from start to end, as it was asked for or else as it is due. Never throws. */
  readonly attempt: (asked?: AskedRun) => Promise<Attempted>;
  /** The requests of commands to this worker. */
  readonly requests: Pick<Requests, 'look' | 'takeRun' | 'isRunWanted'>;
  /** Sleeps, until something calls for attention. */
  readonly nap: (ms: number) => Promise<void>;
  /** Calls `rest`, which waits for the next run, with what is done meanwhile. */
  readonly whileIdle: (rest: () => Promise<void>) => Promise<void>;
  /** When the first run starts; Unix milliseconds. */
  readonly firstAt: number;
  /** Asked again and again, because settings may be read anew at any time. */
  readonly timetable: Timetable;
  /** The files that settings and secrets are read from. */
  readonly files: () => FilesToChange;
  /** A text that differs after one of these files has changed. */
  readonly changeMark: () => string;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly stopping: AbortSignal;
  readonly metrics: WorkerMetrics;
  readonly readiness: Readiness;
  readonly pulse: Pulse;
  readonly log: Log;
}

/**
 * After a refused credential or broken settings nothing is tried again for this long, unless a file has changed: the
 * same question would bring the same refusal, and may lock an account.
 */
const REFUSED_REST_MS = 30 * 60_000;

/** Starts a run whenever one is due, one at a time. Resolves only after a signal to stop. */
export async function work(parts: WorkerParts): Promise<void> {
  const { clock, stopping, metrics, timetable, random } = parts;
  let failures = 0;
  await rest(() => parts.firstAt, parts);
  while (!stopping.aborted) {
    const mark = parts.changeMark();
    const startedAt = clock.now();
    const ended = await parts.attempt(parts.requests.takeRun());
    const endedAt = clock.now();
    failures = ended.outcome === 'failed' ? failures + 1 : 0;
    // Readiness still asks the run that the metrics then let go.
    parts.readiness.runEnded({ ...ended, startedAt, endedAt });
    metrics.runEnded({ ...ended, startedAt, endedAt });
    tellFailure(ended, failures, parts.log);
    const drawn = random();
    const dueAt = (): number => nextStartAt({ startedAt, endedAt, failures }, timetable, () => drawn);
    const isRefused = ended.failure !== undefined && REFUSALS.has(ended.failure.code);
    await parts.whileIdle(() =>
      isRefused
        ? restUntilChanged(() => Math.max(dueAt(), endedAt + REFUSED_REST_MS), mark, parts)
        : rest(dueAt, parts),
    );
  }
}

/** Failures that nothing but another setting or another secret mends. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['config', 'okta_auth', 'intake_auth']);

/** @param mark the files' state before they were read for the run that failed */
async function restUntilChanged(dueAt: () => number, mark: string, parts: WorkerParts): Promise<void> {
  parts.log.warn({ ...parts.files() }, 'waits until one of these files changes, or for 30 minutes');
  await rest(dueAt, parts, () => parts.changeMark() !== mark);
}

function tellFailure({ failure, runId }: Attempted, failures: number, log: Log): void {
  if (failure === undefined) return;
  const { code, message: reason, hint } = failureFields(failure);
  log.error({ run_id: runId, code, reason, hint, failures_in_a_row: failures }, 'a run failed');
  log.debug({ run_id: runId, err: failure }, 'why a run failed');
}

/** Waits in short naps, so that a suspended machine or a clock set back delays the next run by at most one nap. */
async function rest(
  firstDueAt: () => number,
  parts: WorkerParts,
  isOver: () => boolean = () => false,
): Promise<void> {
  const { clock, stopping, pulse, metrics, requests, log } = parts;
  await requests.look();
  let plannedAt = firstDueAt();
  let longestMs = plannedAt - clock.now();
  if (!stopping.aborted && longestMs > 0 && !requests.isRunWanted) {
    const at = new Date(plannedAt).toISOString();
    log.info({ at, wait_seconds: Math.round(longestMs / 1000) }, 'next run');
  }
  let dueAt = plannedAt;
  while (!stopping.aborted && clock.now() < dueAt && !isOver() && !requests.isRunWanted) {
    metrics.nextRunAt(dueAt);
    await parts.nap(Math.min(dueAt - clock.now(), LONGEST_NAP_MS));
    pulse.turn();
    await requests.look();
    const moved = firstDueAt() - plannedAt;
    plannedAt += moved;
    longestMs += moved;
    dueAt = Math.min(dueAt + moved, clock.now() + longestMs);
  }
}
