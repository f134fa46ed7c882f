/** The facts about the last run that decide the next start. Unix milliseconds. */
export interface EndedRun {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Failed runs in a row, this one included; 0 after a run that did not fail. */
  readonly failures: number;
}

const FIRST_PAUSE_MS = 30_000;
/** A quarter of the default FREQUENCY, so that by default a failed run is retried at the next start. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * When the next run starts: `frequencyMs` after the last start, or at once when that has passed already. After failures
 * there is a pause that doubles, so that a small FREQUENCY does not hammer something broken.
 *
 * @param random from 0 up to 1: workers that failed together do not come back together
 */
export function nextStartAt(run: EndedRun, frequencyMs: number, random: () => number): number {
  const { startedAt, endedAt, failures } = run;
  // When a clock was set back during the run, the next run need not wait for that time again.
  const dueAt = Math.min(startedAt, endedAt) + frequencyMs;
  if (failures === 0) return Math.max(dueAt, endedAt);
  const firstMs = Math.min(frequencyMs, FIRST_PAUSE_MS);
  const pauseMs = Math.min(firstMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.max(dueAt, endedAt + pauseMs * (0.5 + random() / 2));
}
