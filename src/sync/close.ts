import { OktaResponseError } from '../errors.ts';
import { OVERLAP_MS, readChanged } from './changes.ts';
import type { Directory } from './directory.ts';
import type { Run } from './job.ts';
import { readMarks } from './marks.ts';
import { forEachOf } from './parallel.ts';
import { removeUser } from './users.ts';

/** So few are believed whatever their share. */
const FEW_REMOVALS = 50;
/** From so many on, reading the deactivated users first is cheaper than looking for each. */
const MANY_MISSING = 200;

/** After a complete listing: who is missing is looked for, groups that are not there leave, cursors move. */
export async function closeFullRun(run: Run, directory: Directory): Promise<void> {
  run.signal.throwIfAborted();
  const { inventory, startedAt } = run;
  await lookForMissing(run);
  if (directory.isWhole) {
    for (const id of await inventory.groups.unlisted(startedAt)) await inventory.groups.remove(id);
  }
  await readMarks(run);
  const runs = Number((await inventory.runs.stamp('full_runs')) ?? 0);
  const cursor = startedAt - OVERLAP_MS;
  const ended = { full_started: undefined, full_ended: run.oktaNow(), full_runs: runs + 1 };
  await inventory.runs.saveStamps({
    ...ended,
    users_cursor: cursor,
    groups_cursor: cursor,
    polled: run.attemptedAt,
  });
}

async function lookForMissing(run: Run): Promise<void> {
  const { inventory, source, settings, startedAt } = run;
  let missing = await inventory.users.unlisted(startedAt);
  if (missing.length > MANY_MISSING) {
    const wanted = new Set(missing);
    for await (const page of source.listDeprovisioned()) {
      const known = page.filter((listed) => listed.kind === 'user' && wanted.has(listed.user.id));
      for (const listed of known) await readChanged(run, await inventory.users.compare(listed));
    }
    missing = await inventory.users.unlisted(startedAt);
  }
  const gone: string[] = [];
  await forEachOf(missing, settings.width, async (id) => {
    const listed = await source.getUser(id);
    if (listed === undefined) gone.push(id);
    else if (settings.isSelecting && isActive(listed)) await leaveSelection(run, id);
    else if (listed.kind === 'user') await readChanged(run, await inventory.users.compare(listed));
  });
  await removeAll(run, gone);
}

function isActive(listed: {
  readonly kind: string;
  readonly user?: { readonly status: string | undefined };
}): boolean {
  return listed.user?.status !== 'DEPROVISIONED';
}

async function leaveSelection(run: Run, id: string): Promise<void> {
  await run.inventory.users.forget(id);
  run.tally.leftSelection += 1;
}

/** Mass disappearance is rather a mistake of somebody's than the truth: nobody is removed until told so. */
async function removeAll(run: Run, gone: readonly string[]): Promise<void> {
  const { settings, inventory } = run;
  const most = settings.maxRemovals * (await inventory.users.count());
  if (gone.length > FEW_REMOVALS && gone.length > most && !settings.acceptsRemovals) {
    throw new OktaResponseError(
      `Okta says that ${gone.length} known users are gone, more than MAX_REMOVALS allows`,
      {
        hint: 'nobody was removed; when that is right, run `okta-ocsf sync --full --accept-removals` once',
      },
    );
  }
  for (const id of gone) await removeUser(run, id);
}
