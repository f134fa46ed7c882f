import type { Noted } from '../inventory-ports.ts';
import type { ListedUser } from '../org.ts';
import { openLog, pollWhenDue } from './changes.ts';
import { closeFullRun } from './close.ts';
import { beginDirectory } from './directory-in-progress.ts';
import type { DirectoryInProgress } from './directory-in-progress.ts';
import type { Run } from './job.ts';
import { ahead, forEachOf } from './parallel.ts';
import { evaluateMoved, readUser } from './users.ts';

const UNFINISHED_PAGE = 200;

/**
 * Everything: the directory and the users side by side, since they spend different buckets. What of a user needs the
 * directory is asked once it is there; an interrupted run goes on with what was not yet answered.
 */
export async function readAll(run: Run): Promise<void> {
  if (run.settings.isKept) await openLog(run);
  const directory = beginDirectory(run);
  await run.inventory.users.startListing();
  if (run.settings.scope.kind !== 'all') await directory.whole;
  const failure = await readListed(run, directory);
  // Also after a list of users that failed: what was read of it is finished, and sent.
  await finishListed(run, directory, failure);
  run.signal.throwIfAborted();
  if (run.settings.isKept) await closeFullRun(run, await directory.whole);
  await evaluateMoved(run);
}

interface Failure {
  readonly error: unknown;
}

async function readListed(run: Run, directory: DirectoryInProgress): Promise<Failure | undefined> {
  const inFlight = new Set<string>();
  try {
    await forEachOf(listUsers(run, directory, inFlight), run.settings.width, async (noted) => {
      directory.throwIfFailed();
      const id = idOf(noted);
      inFlight.add(id);
      if (!isAnswered(run, noted)) await readUser(run, noted, planOf(run, directory));
      inFlight.delete(id);
      run.tally.done += 1;
      run.onProgress(directory.ready()?.usersExpected);
    });
    return undefined;
  } catch (error) {
    return { error };
  }
}

async function finishListed(
  run: Run,
  directory: DirectoryInProgress,
  failure: Failure | undefined,
): Promise<void> {
  try {
    await directory.whole;
    await forEachOf(unfinished(run), run.settings.width, (noted) =>
      readUser(run, noted, planOf(run, directory)),
    );
    if (failure !== undefined) await evaluateMoved(run);
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  }
  if (failure !== undefined) throw failure.error;
}

function planOf(run: Run, directory: DirectoryInProgress) {
  return { directory: directory.ready(), answeredSince: run.startedAt, listedAt: run.startedAt };
}

function idOf({ listed }: Noted): string {
  return listed.kind === 'user' ? listed.user.id : '';
}

/** An earlier attempt of this run is done with the user, and the record has not moved since. */
function isAnswered(run: Run, noted: Noted): boolean {
  return noted.finishedAt === run.startedAt && !noted.hasMoved;
}

/** Users as pages come; once the directory is there, those first that had to wait for it. */
async function* listUsers(
  run: Run,
  directory: DirectoryInProgress,
  inFlight: ReadonlySet<string>,
): AsyncGenerator<Noted> {
  let isWaiting = directory.ready() === undefined;
  for await (const noted of newUsers(run)) {
    yield noted;
    if (!isWaiting || directory.ready() === undefined) continue;
    isWaiting = false;
    for await (const waiting of unfinished(run)) if (!inFlight.has(idOf(waiting))) yield waiting;
  }
}

async function* newUsers(run: Run): AsyncGenerator<Noted> {
  const { inventory, tally, settings, signal } = run;
  const limit = settings.scope.kind === 'first' ? settings.scope.limit : Number.POSITIVE_INFINITY;
  for await (const page of ahead(pagesOf(run))) {
    for (const noted of await inventory.users.note(page, run.startedAt)) {
      if (signal.aborted || tally.listed >= limit) return;
      tally.listed += 1;
      yield noted;
    }
    if (tally.listed >= limit) return;
    if (settings.isKept) await pollWhenDue(run);
  }
}

async function* pagesOf({ source, settings }: Run): AsyncGenerator<readonly ListedUser[]> {
  if (settings.scope.kind !== 'one') {
    yield* source.listUsers();
    return;
  }
  const user = await source.getUser(settings.scope.idOrLogin);
  if (user !== undefined) yield [user];
}

/** Listed before the directory was there, or in an earlier attempt that was cut off. */
async function* unfinished({ inventory, startedAt, signal }: Run): AsyncGenerator<Noted> {
  let after = '';
  for (;;) {
    const page = await inventory.users.unfinished(startedAt, after, UNFINISHED_PAGE);
    for (const noted of page) {
      if (signal.aborted) return;
      yield noted;
      after = idOf(noted);
    }
    if (page.length < UNFINISHED_PAGE) return;
  }
}
