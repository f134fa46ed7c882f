import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';

/** Lets hooks in between two users, where this run does. */
export interface Hearing {
  /** Called between two users, with the reads that are under way. */
  readonly hearHooks?: (inFlight: Iterable<Promise<void>>) => Promise<void>;
}

/** Reads these users, as many at once as the settings allow, and lets hooks in between two of them. */
export async function forEachHearing<T>(
  { hearHooks, settings }: Hearing & Pick<Run, 'settings'>,
  users: AsyncIterable<T> | Iterable<T>,
  read: (user: T) => Promise<void>,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  await forEachOf(
    between(users, () => hearHooks?.(inFlight)),
    settings.width,
    async (user) => {
      const reading = read(user);
      inFlight.add(reading);
      await reading.finally(() => inFlight.delete(reading));
    },
  );
}

/** Has something done before each item is taken. */
async function* between<T>(
  items: AsyncIterable<T> | Iterable<T>,
  work: () => Promise<void> | undefined,
): AsyncGenerator<T> {
  for await (const item of items) {
    await work();
    yield item;
  }
}
