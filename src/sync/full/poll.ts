import { readChanges } from '../changes/changes.ts';
import type { DirectoryInProgress } from './directory-in-progress.ts';
import { followLog } from '../changes/follow-log.ts';
import type { Run } from '../job.ts';

/** Users being read, by id. */
export type InFlight = ReadonlyMap<string, Promise<void>>;

/**
 * A full run never holds changes back: when `FREQUENCY` has passed they are asked for between two users, read first, and
 * delivered at once. Who is being read is waited for: an answer asked for earlier would be kept later.
 */
export async function pollWhenDue(run: Run, inFlight: InFlight): Promise<void> {
  const { settings, course } = run;
  if (!settings.isKept || leftMs(run) > 0) return;
  await Promise.allSettled(inFlight.values());
  const asOf = run.oktaNow();
  course.polledAt = asOf;
  run.log.debug({}, 'asking for changes in between');
  await followLog(run, asOf);
  await readChanges(run, asOf);
  // A batch that is not full would wait for users whose events have not changed.
  run.delivery.start();
}

function leftMs({ oktaNow, course, settings }: Run): number {
  return course.polledAt + settings.frequencyMs - oktaNow();
}

/** Waits for the directory, and asks for changes meanwhile. */
export async function whenRead(run: Run, directory: DirectoryInProgress): Promise<void> {
  const over = new AbortController();
  const whole = directory.whole.finally(() => over.abort());
  whole.catch(() => undefined); // thrown where it is awaited
  const end = AbortSignal.any([over.signal, run.signal]);
  if (run.settings.isKept) await pollUntil(run, end);
  await whole;
}

async function pollUntil(run: Run, end: AbortSignal): Promise<void> {
  for (;;) {
    await run.clock.sleep(Math.max(0, leftMs(run)), end);
    if (end.aborted) return;
    await pollWhenDue(run, new Map());
  }
}
