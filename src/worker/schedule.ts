/** A run that has ended, as far as the next start depends on it. Unix milliseconds. */
export interface EndedRun {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Failed runs in a row, this one included; 0 after one that did not fail. */
  readonly failures: number;
}

const FIRST_PAUSE_MS = 30_000;
/** A quarter of the default FREQUENCY: there, a failed run is retried at the next start. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * When the next run starts: `frequencyMs` after the last start, or at once when that has passed meanwhile, however
 * often. After failures not before a pause that doubles, so that a small FREQUENCY does not hammer what is broken.
 *
 * @param random from 0 up to 1: workers that failed together do not come back together
 */
export function nextStartAt(run: EndedRun, frequencyMs: number, random: () => number): number {
  const { startedAt, endedAt, failures } = run;
  // A clock set back during the run makes nobody wait for the time that is to come twice.
  const dueAt = Math.min(startedAt, endedAt) + frequencyMs;
  if (failures === 0) return Math.max(dueAt, endedAt);
  const firstMs = Math.min(frequencyMs, FIRST_PAUSE_MS);
  const pauseMs = Math.min(firstMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.max(dueAt, endedAt + pauseMs * (0.5 + random() / 2));
}
