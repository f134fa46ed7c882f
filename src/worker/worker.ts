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

/** Runs between those of the timetable. */
export interface HookedRuns {
  /** When the next one is due, in Unix milliseconds; `undefined`: nothing waits. */
  readonly dueAt: () => number | undefined;
  readonly attempt: () => Promise<Attempted>;
}

export interface WorkerParts {
  /** Makes one run, from start to end, as it was asked for or else as it is due. Never throws. */
  readonly attempt: (asked?: AskedRun) => Promise<Attempted>;
  /** Event hooks that wait, and the run that reads what they name. Absent where the worker takes none. */
  readonly hooks?: HookedRuns | undefined;
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
  const { stopping, timetable, random } = parts;
  let failures = 0;
  await restAmongHooks(
    () => parts.firstAt,
    parts,
    (until) => until(),
  );
  while (!stopping.aborted) {
    const mark = parts.changeMark();
    const { ended, startedAt, endedAt } = await makeRun(() => parts.attempt(parts.requests.takeRun()), parts);
    failures = ended.outcome === 'failed' ? failures + 1 : 0;
    tellFailure(ended, failures, parts.log);
    const drawn = random();
    const dueAt = (): number => nextStartAt({ startedAt, endedAt, failures }, timetable, () => drawn);
    if (isRefusal(ended))
      await parts.whileIdle(() =>
        restUntilChanged(() => Math.max(dueAt(), endedAt + REFUSED_REST_MS), mark, parts),
      );
    else await restAmongHooks(dueAt, parts, parts.whileIdle, hooksPausedUntil(endedAt, failures));
  }
}

/** Makes one run, and tells readiness and metrics how it ended. */
async function makeRun(
  attempt: () => Promise<Attempted>,
  { clock, readiness, metrics }: WorkerParts,
): Promise<{ readonly ended: Attempted; readonly startedAt: number; readonly endedAt: number }> {
  const startedAt = clock.now();
  const ended = await attempt();
  const endedAt = clock.now();
  // Readiness still asks the run that the metrics then let go.
  readiness.runEnded({ ...ended, startedAt, endedAt });
  metrics.runEnded({ ...ended, startedAt, endedAt });
  return { ended, startedAt, endedAt };
}

/** After so long hooks have a run again when one has failed; it doubles with each failure, up to the longest. */
const HOOKS_PAUSE_MS = 30_000;
const LONGEST_HOOKS_PAUSE_MS = 5 * 60_000;

/** @param failures runs that failed, in a row */
function hooksPausedUntil(endedAt: number, failures: number): number {
  // A clock that was set back lets nothing wait.
  if (failures === 0) return Number.NEGATIVE_INFINITY;
  return endedAt + Math.min(HOOKS_PAUSE_MS * 2 ** (failures - 1), LONGEST_HOOKS_PAUSE_MS);
}

/**
 * Waits for the next run of the timetable. Runs that hooks call for come before it, and move nothing: the timetable's next
 * run is due when it was.
 */
async function restAmongHooks(
  dueAt: () => number,
  parts: WorkerParts,
  idling: WorkerParts['whileIdle'],
  firstPausedUntil = Number.NEGATIVE_INFINITY,
): Promise<void> {
  const { clock, hooks, log } = parts;
  let failures = 0;
  let pausedUntil = firstPausedUntil;
  const hooksDueAt = (): number => Math.max(hooks?.dueAt() ?? Number.POSITIVE_INFINITY, pausedUntil);
  for (let isFirst = true; ; isFirst = false) {
    await idling(() => rest(dueAt, parts, { isSilent: !isFirst, hooksDueAt }));
    const isHooked = hooksDueAt() <= clock.now();
    if (hooks === undefined || !isHooked || parts.stopping.aborted || parts.requests.isRunWanted) return;
    if (clock.now() >= dueAt()) return;
    const { ended, endedAt } = await makeRun(hooks.attempt, parts);
    failures = ended.outcome === 'failed' ? failures + 1 : 0;
    tellFailure(ended, failures, log);
    pausedUntil = hooksPausedUntil(endedAt, failures);
    // Only a run of the timetable tries a refused credential again.
    if (isRefusal(ended)) pausedUntil = Number.POSITIVE_INFINITY;
  }
}

function isRefusal({ failure }: Attempted): boolean {
  return failure !== undefined && REFUSALS.has(failure.code);
}

/** Failures that nothing but another setting or another secret mends. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['config', 'okta_auth', 'intake_auth']);

/** @param mark the files' state before they were read for the run that failed */
async function restUntilChanged(dueAt: () => number, mark: string, parts: WorkerParts): Promise<void> {
  parts.log.warn({ ...parts.files() }, 'waits until one of these files changes, or for 30 minutes');
  await rest(dueAt, parts, { isOver: () => parts.changeMark() !== mark });
}

function tellFailure({ failure, runId }: Attempted, failures: number, log: Log): void {
  if (failure === undefined) return;
  const { code, message: reason, hint } = failureFields(failure);
  log.error({ run_id: runId, code, reason, hint, failures_in_a_row: failures }, 'a run failed');
  log.debug({ run_id: runId, err: failure }, 'why a run failed');
}

interface RestOptions {
  /** Says nothing of the next run, since the log has told of it. */
  readonly isSilent?: boolean;
  /** Asked after each nap. */
  readonly isOver?: () => boolean;
  readonly hooksDueAt?: () => number;
}

/** Waits in short naps, so that a suspended machine or a clock set back delays the next run by at most one nap. */
async function rest(
  firstDueAt: () => number,
  parts: WorkerParts,
  { isSilent = false, isOver = () => false, hooksDueAt = () => Number.POSITIVE_INFINITY }: RestOptions,
): Promise<void> {
  const { clock, stopping, pulse, metrics, requests, log } = parts;
  const untilHooksMs = (): number => hooksDueAt() - clock.now();
  await requests.look();
  let plannedAt = firstDueAt();
  // A clock that is set back makes the wait no longer than this.
  let longestMs = plannedAt - clock.now();
  if (!isSilent && !stopping.aborted && longestMs > 0 && !requests.isRunWanted) {
    tellNext(plannedAt, longestMs, log);
  }
  let dueAt = plannedAt;
  const isDisturbed = (): boolean => isOver() || requests.isRunWanted || untilHooksMs() <= 0;
  while (!stopping.aborted && clock.now() < dueAt && !isDisturbed()) {
    metrics.nextRunAt(dueAt);
    await parts.nap(Math.min(dueAt - clock.now(), LONGEST_NAP_MS, untilHooksMs()));
    pulse.turn();
    await requests.look();
    const moved = firstDueAt() - plannedAt;
    plannedAt += moved;
    longestMs += moved;
    dueAt = Math.min(dueAt + moved, clock.now() + longestMs);
    // Other settings say when. Past starts need no words: the run begins.
    if (moved !== 0 && dueAt > clock.now()) tellNext(dueAt, dueAt - clock.now(), log);
  }
}

function tellNext(dueAt: number, waitMs: number, log: Log): void {
  const at = new Date(dueAt).toISOString();
  log.info({ at, wait_seconds: Math.round(waitMs / 1000) }, 'next run');
}
