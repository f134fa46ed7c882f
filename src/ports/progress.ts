/** How far a run has come, for anything that shows it. */
import type { Budget } from './source.ts';

export interface ProgressSnapshot {
  readonly usersDone: number;
  readonly usersTotal: number | undefined;
  readonly calls: number;
  /** Calls still to be made; `undefined` while that is not known. */
  readonly callsLeft: number | undefined;
  readonly callsPerMinute: number;
  /** Of the bucket that takes longest. */
  readonly budget?: Pick<Budget, 'bucket' | 'allowance' | 'left'> | undefined;
  readonly secondsLeft: number | undefined;
}
