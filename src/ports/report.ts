/** The report of a run: names that users' scripts rely on. */
import type { ConnectorError } from './errors.ts';
import type { GapCounts } from './reader.ts';
import type { StaleCounts } from './inventory.ts';

export type Outcome = 'completed' | 'completed_with_gaps' | 'cancelled' | 'failed';

/** The report of one run, as JSON: users' scripts rely on these names. */
export interface Report {
  /** `ORG_LABEL`, when there is one. */
  readonly org?: string;
  readonly outcome: Outcome;
  /** `resend`: what is known was sent again, without a call to Okta. */
  readonly mode: 'full' | 'incremental' | 'resend';
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
  readonly stale: StaleCounts;
  /** What stands in the inventory, whichever run met it; left out only where the inventory could not be read. */
  readonly standing?: StandingCounts;
  readonly okta: {
    readonly total_calls: number;
    readonly calls: Readonly<Record<string, number>>;
    readonly rate_limited: number;
    readonly wait_seconds: number;
    /** Scopes that the token is without, as Okta did not grant all that were asked for; left out when none is missing. */
    readonly missing_scopes?: readonly string[];
  };
  readonly intake: {
    readonly batches: number;
    readonly accepted: number;
    readonly retries: number;
    readonly pending: number;
  };
  /** All groups asked for roles whatever their admin flag says, now and then; and where the flag was wrong. */
  readonly group_roles_verified?: { readonly groups: number; readonly wrong_flags: number };
  /** What is not in the numbers: a log that may not be read, a cursor that was refused. */
  readonly notes?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export interface StandingCounts {
  readonly gaps: GapCounts;
  readonly dead_letters: number;
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
