/** Alerts: questions that are asked at the end of each run, and what is kept of their answers. */
import type { Notice, Severity } from './notices.ts';

export const ALERT_WHENS = ['appears', 'any', 'count-changes'] as const;
export type AlertWhen = (typeof ALERT_WHENS)[number];

export const ALERT_TARGETS = ['webhook', 'findings'] as const;
export type AlertTarget = (typeof ALERT_TARGETS)[number];

export type AlertParams = Readonly<Record<string, string | number>>;

/** One rule as `ALERTS_FILE` gives it. */
export interface AlertDefinition {
  readonly id: string;
  /** A saved query by its name, or SQL. */
  readonly ask: { readonly query: string } | { readonly sql: string };
  readonly params: AlertParams;
  readonly severity: Severity;
  readonly when: AlertWhen;
  readonly to: readonly AlertTarget[];
  /** `silent`: the rows of the first evaluation are open, and nobody is told. */
  readonly baseline: 'summary' | 'silent';
}

/** The columns of a row but `uid`, as the query gives them. */
export type AlertCells = Readonly<Record<string, string | number | null>>;

/** A row that is open. Instants are Unix milliseconds of this machine. */
export interface AlertRow {
  readonly uid: string;
  readonly openedAt: number;
  readonly seenAt: number;
  readonly cells: AlertCells;
  /** False: the last evaluation did not have it, and did not know enough to say that it is gone. */
  readonly isConfirmed: boolean;
  /** Was its `uid` the id of what the query is about, when it was opened? */
  readonly isSubject: boolean;
}

/** The facts that are kept of a rule beside its rows. */
export interface AlertState {
  /** The query and its parameters. Another one is a new rule. */
  readonly fingerprint: string;
  /** The number of open rows that was last told, or would have been. */
  readonly told: number;
}

/** One evaluation of a rule, as it is kept: all of it or nothing. */
export interface AlertChange {
  readonly id: string;
  readonly state: AlertState;
  /** True: rows of before are dropped. */
  readonly startsAfresh: boolean;
  /** Rows that are new or otherwise than before. */
  readonly saved: readonly AlertRow[];
  /** Rows that were open and are not any more. */
  readonly closed: readonly string[];
  /** When it was evaluated: every open row that is confirmed was seen then. */
  readonly at: number;
  readonly notices: readonly Notice[];
}

/** Of one rule: open rows, and those of them that are not confirmed. */
export interface OpenAlerts {
  readonly open: number;
  readonly unconfirmed: number;
}

export interface AlertStore {
  /** `undefined`: it was never evaluated. */
  state(id: string): Promise<AlertState | undefined>;
  /** By their `uid`. */
  rows(id: string): Promise<ReadonlyMap<string, AlertRow>>;
  keep(change: AlertChange): Promise<void>;
  /** Drops the state of every other rule. */
  keepOnly(ids: readonly string[]): Promise<void>;
  counts(): Promise<ReadonlyMap<string, OpenAlerts>>;
}
