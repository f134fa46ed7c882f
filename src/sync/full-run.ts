import type { Noted } from '../inventory-ports.ts';
import type { ListedUser } from '../org.ts';
import { pollWhenDue } from './changes.ts';
import { closeFullRun } from './close.ts';
import { readDirectory } from './directory.ts';
import type { Directory } from './directory.ts';
import type { Run } from './job.ts';
import { ahead, forEachOf } from './parallel.ts';
import { evaluateMoved, readUser } from './users.ts';

const UNFINISHED_PAGE = 200;

/**
 * Everything: the directory and the users side by side, since they spend different buckets. What of a user needs the
 * directory is asked once it is there; an interrupted run goes on with what was not yet answered.
 */
export async function readAll(run: Run): Promise<void> {
  const directory = beginDirectory(run);
  await run.inventory.users.startListing();
  if (run.settings.scope.kind !== 'all') await directory.whole;
  await forEachOf(listUsers(run), run.settings.width, async (noted) => {
    directory.throwIfFailed();
    if (!isAnswered(run, noted)) await readUser(run, noted, planOf(run, directory.ready()));
    finishOne(run, directory.ready());
  });
  const whole = await directory.whole;
  run.signal.throwIfAborted();
  await forEachOf(unfinished(run), run.settings.width, (noted) => readUser(run, noted, planOf(run, whole)));
  if (run.settings.scope.kind === 'all') await closeFullRun(run, whole);
  await evaluateMoved(run);
}

function planOf(run: Run, directory: Directory | undefined) {
  return { directory, answeredSince: run.startedAt, listedAt: run.startedAt };
}

function finishOne(run: Run, directory: Directory | undefined): void {
  run.tally.done += 1;
  run.onProgress(directory?.usersExpected);
}

/** An earlier attempt of this run is done with the user, and the record has not moved since. */
function isAnswered(run: Run, noted: Noted): boolean {
  return noted.finishedAt === run.startedAt && !noted.hasMoved;
}

interface DirectoryInProgress {
  readonly whole: Promise<Directory>;
  readonly ready: () => Directory | undefined;
  readonly throwIfFailed: () => void;
}

function beginDirectory(run: Run): DirectoryInProgress {
  let directory: Directory | undefined;
  let failure: { readonly error: unknown } | undefined;
  const whole = readDirectory(run).then(
    (read) => (directory = read),
    (error: unknown) => {
      failure = { error };
      throw error;
    },
  );
  whole.catch(() => undefined); // thrown where it is awaited
  return {
    whole,
    ready: () => directory,
    throwIfFailed: () => {
      if (failure !== undefined) throw failure.error;
    },
  };
}

async function* listUsers(run: Run): AsyncGenerator<Noted> {
  const { inventory, tally, settings, signal } = run;
  const limit = settings.scope.kind === 'first' ? settings.scope.limit : Number.POSITIVE_INFINITY;
  for await (const page of ahead(pagesOf(run))) {
    for (const noted of await inventory.users.note(page, run.startedAt)) {
      if (signal.aborted || tally.listed >= limit) return;
      tally.listed += 1;
      yield noted;
    }
    if (tally.listed >= limit) return;
    if (settings.scope.kind === 'all') await pollWhenDue(run);
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
      if (noted.listed.kind === 'user') after = noted.listed.user.id;
    }
    if (page.length < UNFINISHED_PAGE) return;
  }
}
