/** The memory of runs that have ended. Instants are Unix milliseconds on this machine's clock. */
import type { Report } from './report.ts';

/**
 * The runs of one kind that ended within one hour and were quiet: incremental, completed, with no event made or
 * delivered and no user gone.
 */
export interface QuietHour {
  /** The beginning of the hour. */
  readonly at: number;
  readonly mode: Report['mode'];
  readonly runs: number;
  readonly totalSeconds: number;
  readonly longestSeconds: number;
}

export interface KeptReports {
  /** The newest first. */
  readonly reports: readonly Report[];
  /** Rows that make no sense: something else has changed them, or another version wrote them. They are left out. */
  readonly unreadable: number;
}

/**
 * The reports of the newest 1,000 runs, and always those of the last success, of the last one that read more than what
 * event hooks had named, and of the last full run that completed.
 * Of quiet runs only the newest has its report here; hours count all of them. A run that was killed has no report.
 */
export interface RunHistory {
  newest(most: number): Promise<KeptReports>;
  find(runId: string): Promise<Report | undefined>;
  /** The last run that completed, with or without gaps. */
  lastSuccess(): Promise<Report | undefined>;
  /** The same of the runs that read more than what event hooks have named. */
  lastPoll(): Promise<Report | undefined>;
  /** The last full run that completed, with or without gaps. */
  lastFull(): Promise<Report | undefined>;
  /** Hours with quiet runs from the one that contains this instant on, in the order of time. */
  quietHours(since: number): Promise<readonly QuietHour[]>;
  /** The duration of the longest run, quiet or not, of those that ended in these hours; `undefined`: none did. */
  longestSeconds(since: number): Promise<number | undefined>;
}
