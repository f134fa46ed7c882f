/** The report of a run. */
import type { ConnectorError } from './errors.ts';
import type { AssetKind } from './asset.ts';
import type { AssetGap } from './assets.ts';
import type { GapReason, Lookup } from './org.ts';

/** Gaps by lookup. `users`: known users whose own record could not be read, so that it stays as it was. */
export type GapCounts = Partial<
  Record<Lookup | `${AssetKind}s` | AssetGap, Partial<Record<GapReason, number>>>
>;

/** The counts of one kind of assets. */
interface AssetCounts {
  /** Entries that lists gave. */
  readonly listed: number;
  /** Records that are new or say something new; of `app_users`, applications whose users are others than before. */
  readonly changed: number;
  readonly removed: number;
  /** Applications whose users are not asked for, since everybody has them. */
  readonly not_asked: number;
}

export type StaleCounts = Partial<
  Record<Lookup, { readonly count: number; readonly oldest_seconds: number }>
>;

export type Outcome = 'completed' | 'completed_with_gaps' | 'cancelled' | 'failed';

/** The counts of hooks since the last full or incremental run ended. */
export interface HookCounts {
  /** Requests that were accepted. */
  readonly requests: number;
  /** Events that left marks. */
  readonly events: number;
  /** Requests that were refused or could not be read. */
  readonly refused: number;
  /** How often marks were read at once, between two polls. */
  readonly runs: number;
}

/** The report of one run, as JSON. Users' scripts rely on these names. */
export interface Report {
  /** `ORG_LABEL`, when there is one. */
  readonly org?: string;
  /** The version of okta-ocsf that made it. Later versions add fields and rename none. */
  readonly version: string;
  readonly dialect: string;
  readonly outcome: Outcome;
  /**
   * `resend`: the run sent again what is known, without a call to Okta. `marks`: it read what event hooks have named.
   */
  readonly mode: 'full' | 'incremental' | 'resend' | 'marks';
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
  /**
   * The gaps and dead letters that are in the inventory now, whichever run caused them. Absent where the inventory
   * cannot be read.
   */
  readonly standing?: StandingCounts;
  readonly okta: {
    readonly total_calls: number;
    readonly calls: Readonly<Record<string, number>>;
    readonly rate_limited: number;
    /** The same by bucket; `concurrency` is the org's limit of calls at once. Absent where there were none. */
    readonly rate_limited_in?: Readonly<Record<string, number>>;
    /** The time in which calls waited for the pace, even spacing included. */
    readonly wait_seconds: number;
    /**
     * The same by bucket, for buckets that were waited for; they are waited for at the same time, so that the sum may be
     * more. Absent where nothing waited.
     */
    readonly waits?: Readonly<Record<string, number>>;
    /**
     * Parts of the org's limits: what Okta shows as the limit, and what we spend of it at most. Present where the limits
     * shown look like this credential's own share.
     */
    readonly org_share?: { readonly shown: number; readonly spent: number };
    /** Scopes that we asked for and Okta did not grant; absent when none is missing. */
    readonly missing_scopes?: readonly string[];
  };
  readonly intake: {
    readonly batches: number;
    readonly accepted: number;
    readonly retries: number;
    readonly pending: number;
  };
  /**
   * By lookup: answers of listed users that hold since the System Log vouches for them, those that were asked for, old
   * ones that were asked for again, and how many of these differed though no event had said so.
   */
  readonly vouched?: Readonly<Partial<Record<Lookup, VouchedCounts>>>;
  /** The counts of assets beside users, by kind; absent where `ASSETS` is empty. */
  readonly assets?: Readonly<Record<string, AssetCounts>>;
  /** The event hooks since the last full or incremental run; absent where the worker takes none. */
  readonly hooks?: HookCounts;
  /** The counts of alerts by the ids of their rules; absent without `ALERTS_FILE`. */
  readonly alerts?: AlertCounts;
  /** Factors that a change of a policy may have moved and that are still to be read again, and until when. */
  readonly due?: { readonly factors: number; readonly until: string };
  /**
   * Every few full runs all groups are asked for roles, whatever their admin flag says: how many, and how many flags
   * were wrong.
   */
  readonly group_roles_verified?: { readonly groups: number; readonly wrong_flags: number };
  /** Facts that no number shows, such as a log that may not be read or a cursor that was refused. */
  readonly notes?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** The kinds of runs, for people. */
export const RUN_KINDS: Readonly<Record<Report['mode'], string>> = {
  full: 'full',
  incremental: 'incremental',
  resend: 'resend',
  marks: 'event hook',
};

/** The part of a report that is the same for all runs under these settings. */
export type ReportHead = Pick<Report, 'org' | 'version' | 'dialect'>;

interface VouchedCounts {
  readonly vouched: number;
  readonly asked: number;
  readonly proven: number;
  readonly drift: number;
}

/** Of each rule: rows that are open; those of them that this run opened; rows that it closed; open ones that it could not confirm. */
export type AlertCounts = Readonly<
  Record<
    string,
    { readonly open: number; readonly new: number; readonly closed: number; readonly unconfirmed: number }
  >
>;

export interface StandingCounts {
  readonly gaps: GapCounts;
  readonly dead_letters: number;
}

/** The counts of a run so far, by the names of its report. */
export type RunCounts = Pick<Report, 'users' | 'gaps' | 'vouched' | 'assets' | 'okta'> & {
  readonly intake: Omit<Report['intake'], 'pending'>;
};

/** The end of a run. The report's `error` describes `failure`. */
export interface RunEnd {
  readonly report: Report;
  readonly failure: ConnectorError | undefined;
}
