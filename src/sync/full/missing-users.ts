import type { Directory } from '../directory.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import type { ChangeParts, UserParts } from '../parts.ts';
import { heldBackIn } from '../removals.ts';
import type { ListingFaults } from '../removals.ts';
import { tolerate } from '../tolerate.ts';
import { readOwnRecord } from '../unread.ts';
import { readUser } from '../users.ts';

/**
 * From this many missing users on, reading the list of deactivated users first takes fewer calls than asking for each.
 */
const MANY_MISSING = 200;

/**
 * Asks one by one for known users that a complete listing left out. Only Okta's own 404 says that a user is gone.
 * Returns how far the listing can be believed.
 */
export async function askForMissing(run: ChangeParts, directory: Directory): Promise<ListingFaults> {
  const { inventory, settings, startedAt, removals, unread } = run;
  let missing = await withoutLeftOut(run, await inventory.users.unlisted(startedAt));
  await releaseReturned(run, new Set(missing));
  if (missing.length > MANY_MISSING) {
    await readDeprovisioned(run, directory, new Set(missing));
    missing = await inventory.users.unlisted(startedAt);
  }
  let overlooked = 0;
  await forEachOf(missing, settings.width, async (id) => {
    if (removals.has(id) || unread.has(id)) return;
    if (await isOverlooked(run, id, directory)) overlooked += 1;
  });
  return { overlooked, isEmpty: isNobodyListed(run) };
}

/** Asks for one missing user. Resolves to true when the user is active, so that the listing should have named it. */
async function isOverlooked(run: ChangeParts, id: string, directory: Directory): Promise<boolean> {
  const listed = await readOwnRecord(run, id, { isKnown: true });
  if (listed === 'unread') run.unread.add(id);
  else if (listed === undefined) run.removals.add(id);
  if (listed === undefined || listed === 'unread') return false;
  const isThere = listed.kind === 'user' && listed.user.status !== 'DEPROVISIONED';
  if (run.settings.isSelecting && isThere) {
    await leaveSelection(run, id);
    return false;
  }
  await readUser(run, await run.inventory.users.compare(listed), planOf(run, directory));
  return isThere;
}

/** Users who have left the selection show that Okta knows its users. */
function isNobodyListed({ tally }: Pick<Run, 'tally'>): boolean {
  return tally.listed === 0 && tally.leftSelection === 0;
}

/** The same as for a listed user: Okta knows these users as well. */
function planOf(
  { startedAt, answeredSince }: Pick<Run, 'startedAt' | 'answeredSince'>,
  directory: Directory,
) {
  return { directory, answeredSince, listedAt: startedAt };
}

/** Only saves calls: users that this listing leaves out are asked for one by one. */
async function readDeprovisioned(
  run: UserParts & Pick<Run, 'startedAt' | 'answeredSince'>,
  directory: Directory,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const { source, inventory, settings } = run;
  await tolerate(run.log, 'deactivated users', async () => {
    for await (const page of source.listDeprovisioned()) {
      const missing = page.filter((listed) => listed.kind === 'user' && wanted.has(listed.user.id));
      await forEachOf(missing, settings.width, async (listed) =>
        readUser(run, await inventory.users.compare(listed), planOf(run, directory)),
      );
    }
  });
}

/** Forgets users that were listed but are not selected any more; nobody needs to ask for them. */
async function withoutLeftOut(
  run: Pick<Run, 'source' | 'inventory' | 'tally' | 'startedAt'>,
  missing: readonly string[],
): Promise<readonly string[]> {
  const left = missing.filter((id) => run.source.wasLeftOut?.(id) === true);
  for (const id of left) await leaveSelection(run, id);
  return left.length === 0 ? missing : run.inventory.users.unlisted(run.startedAt);
}

async function leaveSelection(
  { inventory, tally }: Pick<Run, 'inventory' | 'tally'>,
  id: string,
): Promise<void> {
  await inventory.users.forget(id);
  tally.leftSelection += 1;
}

/** Users that were held back and have come back need no acceptance any more. */
async function releaseReturned(
  { inventory: { marks } }: Pick<Run, 'inventory'>,
  missing: ReadonlySet<string>,
): Promise<void> {
  const marksUpTo = await marks.version();
  const returned = [...(await heldBackIn({ marks }))].filter((id) => !missing.has(id));
  await marks.answered(returned.map((id) => ({ subject: 'user', id, questions: ['presence'], marksUpTo })));
}
