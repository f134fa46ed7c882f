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

/** Lets hooks know how far the outbox is delivered, where they wait for that. */
export async function tellDelivered({ hooks, outbox }: HeardParts): Promise<void> {
  if (hooks?.awaitsDelivery === true) hooks.delivered(await outbox.oldestAt());
}
