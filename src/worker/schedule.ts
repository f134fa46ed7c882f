/** The instants at which runs are to start. */
export interface Timetable {
  /** The first of them after `instant`, in Unix milliseconds. */
  nextAfter(instant: number): number;
}

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
/** A run starts up to this part of the time between two starts later, so that many workers do not start together. */
const JITTER = 0.05;
const LONGEST_JITTER_MS = 60_000;

/**
 * The first start of a process, by the end of the last run of an earlier one. At once where a start was missed; without
 * any run before, that is always so.
 */
export function firstStartAt(lastEndedAt: number | undefined, timetable: Timetable, now: number): number {
  if (lastEndedAt === undefined) return now;
  return Math.max(now, timetable.nextAfter(Math.min(lastEndedAt, now)));
}

/**
 * The start of the next run: the first one of the timetable after the last start, or at once when that has passed
 * already, so that missed starts are made up by one. After failures there is a pause that doubles, so that close starts
 * do not hammer something broken.
 *
 * @param random from 0 up to 1: workers that started or failed together do not come back together
 */
export function nextStartAt(run: EndedRun, timetable: Timetable, random: () => number): number {
  const { startedAt, endedAt, failures } = run;
  // When a clock was set back during the run, the next run need not wait for that time again.
  const countedFrom = Math.min(startedAt, endedAt);
  const firstAt = timetable.nextAfter(countedFrom);
  const intervalMs = firstAt - countedFrom;
  const dueAt = firstAt + Math.min(intervalMs * JITTER, LONGEST_JITTER_MS) * random();
  if (failures === 0) return Math.max(dueAt, endedAt);
  const firstMs = Math.min(intervalMs, FIRST_PAUSE_MS);
  const pauseMs = Math.min(firstMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.max(dueAt, endedAt + pauseMs * (0.5 + random() / 2));
}
