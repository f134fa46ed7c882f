/** How far a run has come, for whoever shows it. */
import type { Budget } from './source.ts';

export interface ProgressSnapshot {
  readonly usersDone: number;
  readonly usersTotal: number | undefined;
  readonly calls: number;
  /** Still to be asked; `undefined` where that cannot be told yet. */
  readonly callsLeft: number | undefined;
  readonly callsPerMinute: number;
  /** Of the bucket that binds. */
  readonly budget?: Pick<Budget, 'bucket' | 'allowance' | 'left'> | undefined;
  readonly secondsLeft: number | undefined;
}
