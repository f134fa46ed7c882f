import type { Job } from '../job.ts';

type HeardParts = Pick<Job, 'hooks' | 'outbox'>;

/** The marks of hooks that were taken last, or all of them, are read, and their events leave at once. */
export async function tellRead(
  run: HeardParts & Pick<Job, 'delivery'>,
  which: 'newest' | 'all',
): Promise<void> {
  if (run.hooks === undefined) return;
  run.hooks.read(which);
  // A batch that is not full would otherwise wait for other users.
  run.delivery.start();
  // Answers that are as before make no events.
  await tellDelivered(run);
}

/** A run that reads for hooks for longer than this has time for its own users before it does so again. */
const LONG_MS = 10_000;

/** Amid a run: however much hooks name, the run itself goes on. `begunAt`: the start of the reading, on this machine's clock. */
export function leaveTime({ hooks, clock }: Pick<Job, 'hooks' | 'clock'>, begunAt: number): void {
  if (clock.now() - begunAt > LONG_MS) hooks?.postponeMarks();
}

/** Lets hooks know how far the outbox is delivered, where they wait for that. */
export async function tellDelivered({ hooks, outbox }: HeardParts): Promise<void> {
  if (hooks?.awaitsDelivery === true) hooks.delivered(await outbox.oldestAt());
}
