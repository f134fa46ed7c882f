import { readChanges } from './changes.ts';
import type { DirectoryInProgress } from './directory-in-progress.ts';
import { followLog } from './follow-log.ts';
import type { Run } from './job.ts';

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
  const { clock, signal, settings } = run;
  const done = new AbortController();
  const whole = directory.whole.finally(() => done.abort());
  whole.catch(() => undefined); // thrown where it is awaited
  while (settings.isKept && !done.signal.aborted && !signal.aborted) {
    await clock.sleep(Math.max(0, leftMs(run)), AbortSignal.any([done.signal, signal]));
    if (!done.signal.aborted && !signal.aborted) await pollWhenDue(run, new Map());
  }
  await whole;
}
