/** Which runs are kept with their report, and which are only counted. */
import type { Report } from '../../ports/report.ts';

export const HOUR_MS = 3_600_000;
/** Rows are kept by their number and not by their age: a clock that was once ahead then takes nothing away. */
export const MOST_REPORTS = 1000;
/** More than ten weeks of hours with runs of three kinds each. */
export const MOST_RUN_HOURS = 5000;
export const MOST_POSTURE_HOURS = 48;
export const MOST_POSTURE_DAYS = 730;

/** Did a run between two full ones that completed change and deliver nothing? */
export function isQuiet({ mode, outcome, users, intake }: Report): boolean {
  const { emitted, removed, left_selection: left, dead_lettered: refused } = users;
  return (
    (mode === 'incremental' || mode === 'marks') &&
    outcome === 'completed' &&
    emitted + removed + left + refused + intake.batches === 0
  );
}

/** The posture after it is one that was read as a whole: the run has read the org, and no failure ended it. */
export function showsPosture({ mode, outcome }: Report): boolean {
  return mode !== 'resend' && (outcome === 'completed' || outcome === 'completed_with_gaps');
}
