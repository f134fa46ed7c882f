import { gapReasonOf } from '../../enrich/gap-reason.ts';
import type { Noted } from '../../ports/inventory.ts';
import type { ListedUser } from '../../ports/org.ts';
import { readAssets, readLastAssets } from '../assets/read-assets.ts';
import { readChanges, removeGoneByLog } from '../changes/changes.ts';
import { closeFullRun, readMissing } from './close.ts';
import { beginDirectory } from './directory-in-progress.ts';
import type { DirectoryInProgress } from './directory-in-progress.ts';
import type { Run } from '../job.ts';
import type { KindOfRun } from '../kind-of-run.ts';
import { ahead, forEachOf } from '../parallel.ts';
import { findOnly } from '../only-user.ts';
import type { StartedRun, UserParts } from '../parts.ts';
import { interruptible } from '../changes/interruptible.ts';
import { tellRead } from '../changes/tell-read.ts';
import { Polls } from './poll.ts';
import type { InFlight } from './poll.ts';
import { evaluateMoved, readUser } from '../users.ts';

const UNFINISHED_PAGE = 200;

/** The parts of a run that reading the listed users needs. */
interface FullParts extends UserParts, Pick<Run, 'startedAt' | 'asksEverybody' | 'answeredSince' | 'signal'> {
  readonly directory: DirectoryInProgress;
  readonly polls: Polls;
}

/**
 * Reads everything. The directory and the users are read at the same time, since they spend different buckets; lookups
 * that need the directory wait for it. An interrupted run goes on with the questions that have no answer yet.
 */
export function fullRun(run: StartedRun): KindOfRun<DirectoryInProgress> {
  const marksUpTo = { begin: 0, listing: 0 };
  const polls = new Polls(interruptible(run));
  let assets = Promise.resolve();
  return {
    readDirectory: async () => {
      marksUpTo.begin = await run.inventory.marks.version();
      // Answers of an earlier run hold as far as the changes since then were read.
      if (run.believesEarlier) await readChanges(interruptible(run), run.startedAt);
      else if (run.settings.isLasting) await removeGoneByLog(run);
      marksUpTo.listing = await run.inventory.marks.version();
      const directory = beginDirectory(run);
      assets = readAssets(run, directory.whole);
      assets.catch(() => undefined); // thrown where it is awaited
      await run.inventory.users.startListing();
      return directory;
    },
    readUsers: async (directory) => {
      try {
        await readAllListed({ ...run, directory, polls });
      } finally {
        await Promise.allSettled([assets]);
      }
      await assets;
      await readLastAssets(run);
      if (run.settings.isLasting) {
        await readMissing({ ...interruptible(run), hasListed: true }, await directory.whole, marksUpTo);
        await tellRead(run, 'all');
      }
    },
    close: async () => {
      if (run.settings.isLasting) await closeFullRun(run);
    },
  };
}

async function readAllListed(run: FullParts): Promise<void> {
  const failure = await readListed(run);
  // Runs after a failed list of users too: the users that were listed are finished and sent.
  await finishListed(run, failure);
  run.signal.throwIfAborted();
}

interface Failure {
  readonly error: unknown;
}

async function readListed(run: FullParts): Promise<Failure | undefined> {
  const inFlight = new Map<string, Promise<void>>();
  try {
    await forEachOf(listUsers(run, inFlight), run.settings.width, async (noted) => {
      run.directory.throwIfFailed();
      await readOne(run, noted, inFlight);
    });
    return undefined;
  } catch (error) {
    return { error };
  }
}

async function readOne(run: FullParts, noted: Noted, inFlight: Map<string, Promise<void>>): Promise<void> {
  const plan = planOf(run);
  if (!isFinished(run, noted)) await track(inFlight, idOf(noted), readUser(run, noted, plan));
  // Without the directory, some lookups of the user are still to be made.
  if (plan.directory !== undefined) run.tally.done += 1;
  run.tally.expected ??= run.directory.ready()?.expected;
}

async function track(inFlight: Map<string, Promise<void>>, id: string, work: Promise<void>): Promise<void> {
  inFlight.set(id, work);
  try {
    await work;
  } finally {
    inFlight.delete(id);
  }
}

async function finishListed(run: FullParts, failure: Failure | undefined): Promise<void> {
  const inFlight = new Map<string, Promise<void>>();
  try {
    await (failure === undefined ? run.polls.pollUntilRead(run.directory) : run.directory.whole);
    await forEachOf(unfinished(run, inFlight), run.settings.width, (noted) => readOne(run, noted, inFlight));
    if (failure !== undefined) await evaluateMoved(run);
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  }
  if (failure !== undefined) throw failure.error;
}

function planOf({
  directory,
  startedAt,
  answeredSince,
}: Pick<FullParts, 'directory' | 'startedAt' | 'answeredSince'>) {
  return { directory: directory.ready(), answeredSince, listedAt: startedAt };
}

function idOf({ listed }: Noted): string {
  return listed.kind === 'user' ? listed.user.id : '';
}

/** True when this run, or an earlier attempt of it, has finished the user and no other record was listed since. */
function isFinished({ startedAt }: Pick<Run, 'startedAt'>, { finishedAt }: Noted): boolean {
  return finishedAt === startedAt;
}

/** Users as pages come. Once the directory is there, users that waited for it come before the next page. */
async function* listUsers(run: FullParts, inFlight: InFlight): AsyncGenerator<Noted> {
  let isWaiting = run.directory.ready() === undefined;
  for await (const page of newUsers(run)) {
    for (const noted of page) {
      if (run.signal.aborted) return;
      run.tally.listed += 1;
      await run.polls.pollWhenDue(inFlight);
      yield noted;
    }
    // Only between two pages: users of the present page that are still to come are among the unfinished too.
    if (!isWaiting || run.directory.ready() === undefined) continue;
    isWaiting = false;
    for await (const waiting of unfinished(run, inFlight)) {
      if (!inFlight.has(idOf(waiting))) yield waiting;
    }
  }
}

/** Page by page, each user once. */
async function* newUsers(run: FullParts): AsyncGenerator<readonly Noted[]> {
  const { inventory, tally, settings, signal } = run;
  const { scope } = settings;
  const limit = scope.kind === 'first' ? scope.limit : Number.POSITIVE_INFINITY;
  // Where the first users are enough, the page after them is not asked for.
  const pages = scope.kind === 'first' ? pagesOf(run) : ahead(pagesOf(run));
  for await (const page of pages) {
    yield inventory.users.note(page.slice(0, limit - tally.listed), run.startedAt);
    if (signal.aborted || tally.listed >= limit) return;
    if (settings.isLasting) {
      const { startedAt, asksEverybody } = run;
      await inventory.runs.saveState({ fullRun: { startedAt, aliveAt: run.oktaNow(), asksEverybody } });
    }
  }
}

async function* pagesOf(
  run: Pick<Run, 'source' | 'settings' | 'tally' | 'log'>,
): AsyncGenerator<readonly ListedUser[]> {
  const {
    source,
    settings: { scope },
  } = run;
  if (scope.kind !== 'one') {
    yield* source.listUsers(
      (error) => noteLost(run, error),
      scope.kind === 'first' ? scope.limit : undefined,
    );
    return;
  }
  const user = await findOnly(run, scope.idOrLogin);
  if (user !== undefined) yield [user];
}

/** The other users are complete, and deactivated users who are known stay as they were. */
function noteLost({ tally, log }: Pick<Run, 'tally' | 'log'>, error: unknown): void {
  tally.gap('users', gapReasonOf(error) ?? 'unavailable');
  tally.notes.set(
    'deprovisioned',
    'deactivated users could not be listed: those who are known stay as they were',
  );
  log.debug({ err: error }, 'deactivated users could not be listed');
}

/** Users that were listed before the directory was there, or by an earlier attempt of this run. */
async function* unfinished(run: FullParts, inFlight: InFlight): AsyncGenerator<Noted> {
  const { inventory, startedAt, signal, removals } = run;
  let after = '';
  for (;;) {
    const page = await inventory.users.unfinished(startedAt, after, UNFINISHED_PAGE);
    for (const noted of page) {
      if (signal.aborted) return;
      after = idOf(noted);
      await run.polls.pollWhenDue(inFlight);
      // A user who was being read when this page was taken may have answers by now.
      const now = await inventory.users.find(after);
      if (now !== undefined && !removals.has(after) && !isFinished(run, now)) yield now;
    }
    if (page.length < UNFINISHED_PAGE) return;
  }
}
