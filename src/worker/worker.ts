import { failureFields } from '../process/failure.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Attempted } from './attempt.ts';
import type { WorkerMetrics } from './metrics.ts';
import { LONGEST_NAP_MS, type Pulse } from './pulse.ts';
import type { Readiness } from './readiness.ts';
import { nextStartAt } from './schedule.ts';

export interface WorkerParts {
  /** Makes one run, from start to end. Never throws. */
  readonly attempt: () => Promise<Attempted>;
  /** Asked again and again, because settings may be read anew at any time. */
  readonly frequencyMs: () => number;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly stopping: AbortSignal;
  readonly metrics: WorkerMetrics;
  readonly readiness: Readiness;
  readonly pulse: Pulse;
  readonly log: Log;
}

/** Starts a run whenever one is due, the first at once, one at a time. Resolves only after a signal to stop. */
export async function work(parts: WorkerParts): Promise<void> {
  const { clock, stopping, metrics, frequencyMs, random } = parts;
  let failures = 0;
  while (!stopping.aborted) {
    const startedAt = clock.now();
    const ended = await parts.attempt();
    const endedAt = clock.now();
    failures = ended.outcome === 'failed' ? failures + 1 : 0;
    metrics.runEnded({ ...ended, startedAt, endedAt });
    parts.readiness.runEnded(ended);
    tellFailure(ended, failures, parts.log);
    const drawn = random();
    await rest(() => nextStartAt({ startedAt, endedAt, failures }, frequencyMs(), () => drawn), parts);
  }
}

function tellFailure({ failure, runId }: Attempted, failures: number, log: Log): void {
  if (failure === undefined) return;
  const { code, message: reason, hint } = failureFields(failure);
  log.error({ run_id: runId, code, reason, hint, failures_in_a_row: failures }, 'a run failed');
  log.debug({ run_id: runId, err: failure }, 'why a run failed');
}

/** Waits in short naps, so that a suspended machine or a clock set back delays the next run by at most one nap. */
async function rest(firstDueAt: () => number, parts: WorkerParts): Promise<void> {
  const { clock, stopping, pulse, metrics, log } = parts;
  let plannedAt = firstDueAt();
  let longestMs = plannedAt - clock.now();
  if (!stopping.aborted) {
    const at = new Date(plannedAt).toISOString();
    log.info({ at, wait_seconds: Math.round(longestMs / 1000) }, 'next run');
  }
  let dueAt = plannedAt;
  while (!stopping.aborted && clock.now() < dueAt) {
    metrics.nextRunAt(dueAt);
    await clock.sleep(Math.min(dueAt - clock.now(), LONGEST_NAP_MS), stopping);
    pulse.turn();
    const moved = firstDueAt() - plannedAt;
    plannedAt += moved;
    longestMs += moved;
    dueAt = Math.min(dueAt + moved, clock.now() + longestMs);
  }
}
