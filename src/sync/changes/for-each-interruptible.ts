import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';

/** A run whose reading of users hooks may interrupt. */
export interface Interruptible {
  /** Reads what hooks name. Called between two users, with the reads that are under way; absent: hooks wait. */
  readonly readHooks?: (inFlight: Iterable<Promise<void>>) => Promise<void>;
}

/** Reads these users, as many at once as the settings allow, and what hooks name in between. */
export async function forEachInterruptible<T>(
  { readHooks, settings }: Interruptible & Pick<Run, 'settings'>,
  users: AsyncIterable<T> | Iterable<T>,
  read: (user: T) => Promise<void>,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  await forEachOf(
    between(users, () => readHooks?.(inFlight)),
    settings.width,
    async (user) => {
      const reading = read(user);
      inFlight.add(reading);
      await reading.finally(() => inFlight.delete(reading));
    },
  );
}

/** Does this work before each item is taken. */
async function* between<T>(
  items: AsyncIterable<T> | Iterable<T>,
  work: () => Promise<void> | undefined,
): AsyncGenerator<T> {
  for await (const item of items) {
    await work();
    yield item;
  }
}
