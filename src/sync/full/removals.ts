import { OktaResponseError } from '../../ports/errors.ts';
import { TOO_MANY_GONE } from '../../ports/inventory.ts';
import type { StoredMark } from '../../ports/inventory.ts';
import type { Directory } from './directory.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import { doubtOf, tellDoubt } from '../../inventory/policy/removal-limit.ts';
import type { Disappearance } from '../../inventory/policy/removal-limit.ts';
import { tolerate } from '../tolerate.ts';
import { readOwnRecord } from '../unread.ts';
import { readUser } from '../users.ts';

/** From so many on, reading the deactivated users first is cheaper than looking for each. */
const MANY_MISSING = 200;
/** Users who are gone, but kept until somebody accepts that: not asked for before. */
export function keptOf(marks: readonly StoredMark[]): ReadonlySet<string> {
  return new Set(marks.filter(isKept).map(({ mark }) => mark.id));
}

function isKept({ mark }: StoredMark): boolean {
  return mark.subject === 'user' && mark.reason === TOO_MANY_GONE;
}

/** After a complete listing: known users who are not in it, one by one. Only Okta's own 404 says that one is gone. */
export async function lookForMissing(run: Run, directory: Directory): Promise<void> {
  const { inventory, settings, startedAt } = run;
  let missing = await leaveOut(run, await inventory.users.unlisted(startedAt));
  await forgetKept(run, new Set(missing));
  if (missing.length > MANY_MISSING) {
    await readDeprovisioned(run, directory, new Set(missing));
    missing = await inventory.users.unlisted(startedAt);
  }
  await forEachOf(missing, settings.width, async (id) => {
    if (run.course.gone.has(id) || run.course.unread.has(id)) return;
    const listed = await readOwnRecord(run, id, { isKnown: true });
    if (listed === 'unread') return;
    if (listed === undefined) run.course.gone.add(id);
    else if (settings.isSelecting && listed.kind === 'user' && listed.user.status !== 'DEPROVISIONED') {
      await leaveSelection(run, id);
    } else {
      if (listed.kind === 'user' && listed.user.status !== 'DEPROVISIONED') run.course.overlooked += 1;
      await readUser(run, await inventory.users.compare(listed), planOf(run, directory));
    }
  });
  run.course.isListEmpty = isNobodyListed(run);
}

/** Users who were told to have left the selection show that Okta knows its users. */
function isNobodyListed({ tally }: Run): boolean {
  return tally.listed === 0 && tally.leftSelection === 0;
}

/** As any listed user: found is found. */
function planOf({ startedAt }: Run, directory: Directory) {
  return { directory, answeredSince: startedAt, listedAt: startedAt };
}

/** Only spares calls: users whom it does not give are looked for one by one. */
async function readDeprovisioned(run: Run, directory: Directory, wanted: ReadonlySet<string>): Promise<void> {
  const { source, inventory, settings } = run;
  await tolerate(run.log, 'deactivated users', async () => {
    for await (const page of source.listDeprovisioned()) {
      const known = page.filter((listed) => listed.kind === 'user' && wanted.has(listed.user.id));
      await forEachOf(known, settings.width, async (listed) =>
        readUser(run, await inventory.users.compare(listed), planOf(run, directory)),
      );
    }
  });
}

/** Who was listed, but is not selected any more, need not be looked for. */
async function leaveOut(run: Run, missing: readonly string[]): Promise<readonly string[]> {
  const left = missing.filter((id) => run.source.wasLeftOut?.(id) === true);
  for (const id of left) await leaveSelection(run, id);
  return left.length === 0 ? missing : run.inventory.users.unlisted(run.startedAt);
}

async function leaveSelection(run: Run, id: string): Promise<void> {
  await run.inventory.users.forget(id);
  run.tally.leftSelection += 1;
}

/** Who was kept and is there again needs no acceptance any more. */
async function forgetKept({ inventory }: Run, missing: ReadonlySet<string>): Promise<void> {
  const kept = (await inventory.marks.list()).filter(isKept);
  await inventory.marks.clear(kept.filter(({ mark }) => !missing.has(mark.id)));
}

/** Those who are gone leave together: mass disappearance is rather somebody's mistake than the truth. */
export async function removeGone(run: Run): Promise<void> {
  const { course, settings } = run;
  const gone = await notYetKept(run, await knownOf(run));
  course.gone.clear();
  if (gone.length === 0) return;
  const disappearance = await disappearanceOf(run, gone);
  const doubt = settings.acceptsRemovals ? undefined : doubtOf(disappearance, settings.maxRemovals);
  if (doubt === undefined) {
    for (const id of gone) await remove(run, id);
    return;
  }
  course.doubt = tellDoubt(doubt, disappearance, settings.maxRemovals);
  await keep(run, new Set(gone));
}

/** All whom this run found gone so far: removing them bit by bit is removing them at once. */
async function disappearanceOf(
  { course, tally, inventory }: Run,
  ids: readonly string[],
): Promise<Disappearance> {
  const gone = new Set([...ids, ...course.kept]).size + course.removed;
  return {
    known: (await inventory.users.count()) + course.removed + tally.leftSelection,
    gone,
    missing: gone + course.overlooked,
    isListEmpty: course.isListEmpty,
  };
}

async function knownOf({ course, inventory }: Run): Promise<readonly string[]> {
  const known: string[] = [];
  for (const id of course.gone) {
    if ((await inventory.users.find(id)) === undefined) await inventory.users.forget(id);
    else known.push(id);
  }
  return known;
}

/** Only a full run looks for all of them anew; what else comes across one says nothing about the others. */
async function notYetKept(run: Run, gone: readonly string[]): Promise<readonly string[]> {
  if (run.mode === 'full' || run.settings.acceptsRemovals || gone.length === 0) return gone;
  const kept = keptOf(await run.inventory.marks.list());
  return gone.filter((id) => !kept.has(id));
}

/** One mark in place of all others of the user: there is nothing to read of them. */
async function keep({ inventory, course }: Run, ids: ReadonlySet<string>): Promise<void> {
  const marks = (await inventory.marks.list()).filter(
    ({ mark }) => mark.subject === 'user' && ids.has(mark.id),
  );
  await inventory.marks.clear(marks);
  await inventory.marks.add(
    [...ids].map((id) => ({ subject: 'user', id, question: 'presence', reason: TOO_MANY_GONE })),
  );
  for (const id of ids) course.kept.add(id);
}

/** A last event says so; then nothing is kept of the user. */
async function remove(run: Run, id: string): Promise<void> {
  await run.inventory.users.remove(id);
  run.course.removed += 1;
  run.tally.removed += 1;
  run.log.info({ user_id: id }, 'user is gone by Okta: removed');
  run.delivery.wake();
}

const WHAT_TO_DO =
  'these users were kept, all else was delivered; check in the Admin Console that they are deleted and that the credential may see all users; when they are, run `okta-ocsf sync --accept-removals` once, with the worker stopped';

/** To be called when all else is kept: the rest is delivered, and the run failed. */
export async function refuseManyRemovals({ course, inventory, tally }: Run): Promise<void> {
  if (course.doubt !== undefined) throw new OktaResponseError(course.doubt, { hint: WHAT_TO_DO });
  const kept = keptOf(await inventory.marks.list());
  if (kept.size === 0) return;
  tally.notes.set(
    'removals',
    `${kept.size} users whom Okta did not know any more are kept until sync --accept-removals`,
  );
}
