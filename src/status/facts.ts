/** The facts that a status is made of. Instants are Unix milliseconds on this machine's clock. */
import type { Severity } from '../ports/notices.ts';
import type { PostureAt } from '../ports/posture.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';
import type { OpenAlert, WaitingNotices } from '../ports/reader.ts';
import type { GapCounts, Report } from '../ports/report.ts';
import type { Budget } from '../ports/source.ts';

/** How many runs are shown as bars, and how many days as curves. */
export const BAR_COUNT = 50;
export const CURVE_DAYS = 90;

/** Why no run can succeed. */
interface Hindrance {
  /** From a fixed list: of an error, of a check, or of the worker's own. */
  readonly code: string;
  readonly since: number;
  /** One sentence without its end. */
  readonly todo: string;
}

export interface RunNow {
  readonly mode: Report['mode'];
  readonly startedAt: number;
  readonly progress: ProgressSnapshot;
  /** After reading, it only delivers. */
  readonly isReading: boolean;
  /** When events began to be kept from the intake; `undefined` while it takes them. */
  readonly intakeFailsSince: number | undefined;
}

/** Facts that only the worker knows. */
export interface LiveFacts {
  readonly run: RunNow | undefined;
  readonly nextAt: number | undefined;
  readonly budgets: readonly Budget[];
}

/** Waiting events or dead letters, and since when the oldest of them is there. */
interface Heap {
  readonly count: number;
  readonly oldestAt: number | undefined;
}

/** Facts that the inventory holds. */
export interface StoredFacts {
  /** The newest first. */
  readonly runs: readonly Report[];
  readonly lastSuccess: Report | undefined;
  readonly quietLastDay: number;
  readonly fullAt: number | undefined;
  readonly outbox: Heap;
  readonly deadLetters: Heap;
  readonly gaps: GapCounts;
  readonly notices: WaitingNotices;
  readonly alerts: readonly OpenAlert[];
  /** In the order of time. */
  readonly days: readonly PostureAt[];
  readonly newest: PostureAt | undefined;
}

export interface StatusFacts {
  readonly version: string;
  readonly org: string | undefined;
  readonly timeZone: string;
  readonly at: number;
  /** Empty: runs can succeed. */
  readonly hindrances: readonly Hindrance[];
  /** By the id of a rule of alerts. */
  readonly severities?: ReadonlyMap<string, Severity> | undefined;
  /** Absent: another process than the worker asks. */
  readonly live?: LiveFacts | undefined;
  /** Absent: there is no inventory yet, or it cannot be read. */
  readonly stored?: StoredFacts | undefined;
}
