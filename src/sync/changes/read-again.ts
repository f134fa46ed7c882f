import type { Noted, OldAnswer } from '../../ports/inventory.ts';
import { perUserDirectory } from '../directory.ts';
import type { Run } from '../job.ts';
import type { GroupParts } from '../parts.ts';
import { readUser } from '../users.ts';
import { ALL_HOLD } from '../vouching.ts';
import { forEachInterruptible, type Interruptible } from './for-each-interruptible.ts';

/** So many answers are listed at once, so that memory stays flat, and read and compared before a kill can undo that. */
const SLICE = 200;

export type AgainParts = GroupParts & Pick<Run, 'signal'> & Interruptible;
type List = (most: number) => Promise<readonly OldAnswer[]>;
type ReadSlice = (slice: readonly OldAnswer[]) => Promise<number>;

/** Asks again for up to `most` answers, slice by slice. `readSlice` resolves to how many users it has asked. */
export async function readInSlices(most: number, list: List, readSlice: ReadSlice): Promise<void> {
  for (let left = most; left > 0;) {
    const slice = await list(Math.min(SLICE, left));
    // Users who are gone stay in the list until the run removes them.
    if (slice.length === 0 || (await readSlice(slice)) === 0) return;
    left -= slice.length;
  }
}

type Around = (old: readonly OldAnswer[], noted: Noted, read: () => Promise<void>) => Promise<void>;

/**
 * Asks for these answers again, user by user, and resolves to how many users were asked. `around` is called with those
 * of one user and what reads them.
 */
export async function readAgain(
  run: AgainParts,
  answers: readonly OldAnswer[],
  around: Around = (_old, _noted, read) => read(),
): Promise<number> {
  const byUser = Map.groupBy(answers, ({ userId }) => userId);
  let asked = 0;
  await forEachInterruptible(run, byUser, async ([id, old]) => {
    run.signal.throwIfAborted();
    if (run.removals.has(id)) return;
    const noted = await run.inventory.users.find(id);
    if (noted === undefined) return;
    asked += 1;
    const again = new Set(old.map(({ lookup }) => lookup));
    await around(old, noted, () =>
      readUser(run, noted, { directory: perUserDirectory(run), answeredSince: ALL_HOLD, again }),
    );
  });
  return asked;
}
