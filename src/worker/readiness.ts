import * as z from 'zod';
import type { Check } from '../ports/checks.ts';
import type { Clock } from '../ports/clock.ts';
import type { ErrorCode } from '../ports/errors.ts';
import { JSON_VERSION, jsonVersion, type OutputOf } from '../ports/json-output.ts';
import type { Attempted } from './attempt.ts';
import { OWN, TODO_AFTER, TODO_AFTER_CHECK, type Obstacle } from './obstacles.ts';
import type { RunSigns } from './run-signs.ts';
import type { Timetable } from './schedule.ts';

const WEEK_MS = 7 * 86_400_000;
/** So many starts of the timetable may pass without a run that completes. */
const STARTS_MISSED = 3;
/** A run may take so many times as long as the longest one of the week. */
const TIMES_LONGEST = 2;
/** A worker that was ready stays so for this long while its run tries again: a push may fail now and then. */
const PATIENCE_MS = 60_000;

interface TriedRun extends Pick<Attempted, 'outcome' | 'mode' | 'failure'> {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Runs of earlier workers, as the inventory tells. */
export interface EarlierRuns {
  /** When the last one ended without failure. */
  readonly successAt: number | undefined;
  /** How long the longest one of the last week took. */
  readonly longestMs?: number | undefined;
}

/** `/readyz` as JSON, field by field. */
export const READINESS_SCHEMA = z.object({
  version: jsonVersion,
  ready: z.boolean().describe('the HTTP status is 200 then, else 503'),
  reasons: z
    .array(
      z.object({
        code: z
          .string()
          .describe('one of a fixed list: of an error, of a check, `not_checked` or `run_overdue`'),
        since: z.iso.datetime().describe('since when it holds'),
        todo: z.string().describe('what to do'),
        warning: z
          .literal(true)
          .exactOptional()
          .describe('somebody should look at it, but the worker is ready all the same'),
      }),
    )
    .describe('why it is not ready, and warnings'),
});

/**
 * Can a run succeed, and did one in time? The checks at the worker's start decide, and from then on the last run, which
 * has really tried. A run under way takes away what it has shown to be over, and adds what stands in its way. It is red too
 * when the last completed run is older than three starts of the timetable and than twice the longest run of the week: with
 * FREQUENCY that is `max(3 x FREQUENCY, 2 x the longest run)`; with SCHEDULE it is its third start after that run, so that
 * a weekend without starts is none without runs.
 */
export class Readiness {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #timetable: Timetable;
  readonly #startedAt: number;
  readonly #signs: () => RunSigns | undefined;
  readonly #warnings: () => readonly Obstacle[];
  /** `undefined` before anything was tried. */
  #failing: readonly Obstacle[] | undefined;
  /** The failure of the last run, where it read only what hooks had named. */
  #failingOfHooks: readonly Obstacle[] = [];
  #hasRun = false;
  #completedAt: number | undefined;
  #runs: readonly { readonly endedAt: number; readonly ms: number }[] = [];

  /**
   * @param signs those of the run under way
   * @param warnings what somebody should look at, although runs succeed
   */
  constructor(
    clock: Pick<Clock, 'now'>,
    timetable: Timetable,
    signs: () => RunSigns | undefined = () => undefined,
    warnings: () => readonly Obstacle[] = () => [],
  ) {
    this.#warnings = warnings;
    this.#clock = clock;
    this.#timetable = timetable;
    this.#signs = signs;
    this.#startedAt = clock.now();
  }

  remembers({ successAt, longestMs }: EarlierRuns): void {
    this.#completedAt = successAt;
    if (longestMs !== undefined) this.#noteRun(longestMs);
  }

  checked(checks: readonly Check[]): void {
    if (this.#hasRun) return;
    const since = this.#clock.now();
    this.#failing = codesOf(checks, 'failed').map((code) => ({ code, since, todo: TODO_AFTER_CHECK }));
  }

  /** A run that was stopped changes nothing. */
  runEnded({ outcome, mode, failure, startedAt, endedAt }: TriedRun): void {
    if (outcome === 'cancelled') return;
    this.#hasRun = true;
    const failing = outcome === 'failed' ? [this.#obstacleOf(failure?.code ?? 'internal', endedAt)] : [];
    // A run that reads only what hooks have named is none of the timetable, and shows little of what these need.
    if (mode === 'marks') {
      this.#failing = this.#failing?.filter(({ code }) => this.#signs()?.isOver(code) !== true);
      this.#failingOfHooks = failing;
      return;
    }
    this.#noteRun(endedAt - startedAt);
    this.#failing = failing;
    this.#failingOfHooks = [];
    if (outcome !== 'failed') this.#completedAt = endedAt;
  }

  /** A cause that was told before holds since then. */
  #obstacleOf(code: ErrorCode, endedAt: number): Obstacle {
    const known = [...this.#standing(), ...(this.#signs()?.troubles ?? [])];
    const since = known.find((each) => each.code === code)?.since ?? endedAt;
    return { code, since, todo: TODO_AFTER[code] };
  }

  /** Everything that stands in the way; empty when the worker is ready. */
  reasons(): readonly Obstacle[] {
    const failing = this.#standing();
    const overdueAt = this.#overdueAt();
    if (overdueAt === undefined || this.#clock.now() <= overdueAt) return failing;
    return [...failing, { code: 'run_overdue', since: overdueAt, todo: OWN.run_overdue }];
  }

  /** @param accept the types that the client asks for: with `application/json` it gets the reasons with all that is known */
  answer(accept = ''): { readonly status: number; readonly body: string; readonly type?: string } {
    const reasons = this.reasons();
    const status = reasons.length === 0 ? 200 : 503;
    if (/\bapplication\/json\b/.test(accept))
      return { status, body: asJson(reasons, this.#warnings()), type: 'application/json; charset=utf-8' };
    if (this.#failing === undefined) return { status, body: 'not checked yet\n' };
    if (status === 200) return { status, body: 'ready\n' };
    return { status, body: `not ready: ${reasons.map(({ code }) => code).join(' ')}\n` };
  }

  /** Without what the run under way has shown to be over, with what it meets. */
  #standing(): readonly Obstacle[] {
    const failing = this.#known();
    const signs = this.#signs();
    if (signs === undefined) return failing;
    const past = failing.filter(({ code }) => !signs.isOver(code));
    const longAgo = this.#clock.now() - PATIENCE_MS;
    const present = signs.troubles
      .filter(({ since, isTriedAgain }) => !isTriedAgain || failing.length > 0 || since < longAgo)
      .filter(({ code }) => !past.some((each) => each.code === code))
      .map(({ code, since }) => ({ code, since, todo: TODO_AFTER[code] }));
    // From now on it is a worker that was ready.
    if (past.length + present.length === 0) this.#failing = this.#failingOfHooks = [];
    return [...past, ...present];
  }

  #known(): readonly Obstacle[] {
    const failing = this.#failing ?? [{ code: 'not_checked', since: this.#startedAt, todo: OWN.not_checked }];
    const isNew = ({ code }: Obstacle): boolean => failing.every((each) => each.code !== code);
    return [...failing, ...this.#failingOfHooks.filter(isNew)];
  }

  #noteRun(ms: number): void {
    const now = this.#clock.now();
    this.#runs = [...this.#runs, { endedAt: now, ms }].filter(
      // Only the longest one counts, so that one that is older and shorter than another is never needed.
      (run, at, all) => now - run.endedAt < WEEK_MS && all.slice(at + 1).every((later) => later.ms < run.ms),
    );
  }

  /** `undefined` before any run has completed: then the checks and the runs' own failures decide. */
  #overdueAt(): number | undefined {
    if (this.#completedAt === undefined) return undefined;
    let startAt = this.#completedAt;
    for (let start = 0; start < STARTS_MISSED; start += 1) startAt = this.#timetable.nextAfter(startAt);
    const longestMs = Math.max(0, ...this.#runs.map(({ ms }) => ms));
    return Math.max(startAt, this.#completedAt + TIMES_LONGEST * longestMs);
  }
}

function asJson(reasons: readonly Obstacle[], warnings: readonly Obstacle[]): string {
  const toldOf = ({ code, since, todo }: Obstacle) => ({ code, since: new Date(since).toISOString(), todo });
  const told: OutputOf<typeof READINESS_SCHEMA> = {
    version: JSON_VERSION,
    ready: reasons.length === 0,
    reasons: [
      ...reasons.map(toldOf),
      ...warnings.map((each) => ({ ...toldOf(each), warning: true as const })),
    ],
  };
  return `${JSON.stringify(told)}\n`;
}

export function codesOf(checks: readonly Check[], status: Check['status']): readonly string[] {
  return checks.filter((check) => check.status === status).map(({ code }) => code);
}
