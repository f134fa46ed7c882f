import type { ConnectorError } from './errors.ts';
import type { Job } from './sync/job.ts';
import type { GapCounts } from './sync/tally.ts';

export type Outcome = 'completed' | 'completed_with_gaps' | 'cancelled' | 'failed';

/** The report of one run, as JSON: users' scripts rely on these names. */
export interface Report {
  readonly outcome: Outcome;
  readonly mode: 'full';
  readonly run_id: string;
  readonly started_at: string;
  readonly duration_seconds: number;
  readonly users: {
    readonly listed: number;
    readonly emitted: number;
    readonly unchanged: number;
    readonly removed: number;
    readonly left_selection: number;
    readonly dead_lettered: number;
  };
  readonly gaps: GapCounts;
  readonly stale: Record<string, never>;
  readonly okta: {
    readonly total_calls: number;
    readonly calls: Readonly<Record<string, number>>;
    readonly rate_limited: number;
    readonly wait_seconds: number;
    /** Scopes that Okta does not grant to the service app; left out when none is missing. */
    readonly missing_scopes?: readonly string[];
  };
  readonly intake: {
    readonly batches: number;
    readonly accepted: number;
    readonly retries: number;
    readonly pending: number;
  };
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** What a run has done so far, by the names of its report. */
export type RunCounts = Pick<Report, 'users' | 'gaps' | 'okta'> & {
  readonly intake: Omit<Report['intake'], 'pending'>;
};

/** How a run ended; `failure` is what the report's `error` describes. */
export interface RunEnd {
  readonly report: Report;
  readonly failure: ConnectorError | undefined;
}

interface RunFacts {
  readonly startedAt: number;
  readonly failure: ConnectorError | undefined;
}

function outcomeOf(job: Job, failure: ConnectorError | undefined): Outcome {
  if (failure !== undefined) return 'failed';
  if (job.signal.aborted) return 'cancelled';
  return job.tally.hasGaps ? 'completed_with_gaps' : 'completed';
}

function describe(failure: ConnectorError): NonNullable<Report['error']> {
  const { code, message, hint } = failure;
  return hint === undefined ? { code, message } : { code, message, hint };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

export function countsOf({ tally, delivery, meter }: Job): RunCounts {
  const { calls, rateLimited, waitedMs, missingScopes = [] } = meter();
  const { refused, batches, accepted, retries } = delivery.totals();
  return {
    users: {
      listed: tally.listed,
      emitted: tally.emitted,
      unchanged: tally.unchanged,
      removed: 0,
      left_selection: 0,
      dead_lettered: tally.deadLettered + refused,
    },
    gaps: tally.gaps,
    okta: {
      total_calls: [...calls.values()].reduce((sum, count) => sum + count, 0),
      calls: Object.fromEntries([...calls].toSorted(([left], [right]) => (left < right ? -1 : 1))),
      rate_limited: rateLimited,
      wait_seconds: seconds(waitedMs),
      ...(missingScopes.length === 0 ? {} : { missing_scopes: missingScopes }),
    },
    intake: { batches, accepted, retries },
  };
}

export async function makeReport(job: Job, { startedAt, failure }: RunFacts): Promise<Report> {
  const { users, gaps, okta, intake } = countsOf(job);
  return {
    outcome: outcomeOf(job, failure),
    mode: 'full',
    run_id: job.runId,
    started_at: new Date(startedAt).toISOString(),
    duration_seconds: seconds(job.clock.now() - startedAt),
    users,
    gaps,
    stale: {},
    okta,
    intake: { ...intake, pending: await job.outbox.pending() },
    ...(failure === undefined ? {} : { error: describe(failure) }),
  };
}
