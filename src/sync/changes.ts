import type { Noted, NotedGroup } from '../inventory-ports.ts';
import type { ListedUser, User } from '../org.ts';
import type { LogCursor } from '../ports.ts';
import { ConnectorError } from '../errors.ts';
import { askEveryone } from './directory.ts';
import { groupNeedsReading, readGroup } from './groups.ts';
import type { Run } from './job.ts';
import { readMarks } from './marks.ts';
import { forEachOf } from './parallel.ts';
import { evaluateMoved, readUser, tell } from './users.ts';

/** Changes that the index shows late, and clocks a little apart, are found by asking a little further back. */
export const OVERLAP_MS = 10 * 60_000;
/** Okta keeps its log for 90 days (okta-api section 5): a longer gap is told by nothing. */
export const LOG_RETENTION_MS = 90 * 24 * 60 * 60_000;

/** What has changed since the last time, asked in three cheap questions and read again, with its events. */
export async function readChanges(run: Run): Promise<void> {
  const next = await run.inventory.runs.stamp('log_next');
  await (next === undefined ? openLog(run) : followLog(run, { next }));
  await readChangedUsers(run);
  await readChangedGroups(run);
  await readMarks(run);
  await evaluateMoved(run);
}

/** A full run never holds changes back: when they are due they are asked for between two pages. */
export async function pollWhenDue(run: Run): Promise<void> {
  const polled = Number((await run.inventory.runs.stamp('polled')) ?? 0);
  if (run.oktaNow() - Math.max(polled, run.attemptedAt) < run.settings.frequencyMs) return;
  const asOf = run.oktaNow();
  await readChanges(run);
  await saveCursors(run, asOf);
}

/** Everything up to an instant was asked for; the overlap makes up for what the index shows late. */
export async function saveCursors({ inventory }: Run, asOf: number): Promise<void> {
  const cursor = asOf - OVERLAP_MS;
  await inventory.runs.saveStamps({ users_cursor: cursor, groups_cursor: cursor, polled: asOf });
}

/** Before anything is read, so that no change between then and later is missed. */
export async function openLog(run: Run): Promise<void> {
  if ((await run.inventory.runs.stamp('log_next')) !== undefined) return;
  await followLog(run, { since: run.startedAt - OVERLAP_MS });
}

/** Marks and the cursor that brought them are kept together, page by page. */
async function followLog(run: Run, from: LogCursor): Promise<void> {
  const { source, inventory, log } = run;
  const { notes } = run.tally;
  try {
    for await (const { marks, next } of source.pollLog(from))
      await inventory.marks.add(marks, { log_next: next });
    notes.delete('log');
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    log.debug({ err: error }, 'why the System Log is not available');
    if (error.code === 'okta_unavailable' && !isCursorRefused(error)) {
      notes.set('log', 'the System Log did not answer: its changes follow with the next run');
    } else if ('next' in from && isCursorRefused(error)) {
      notes.set('log', "Okta refused the System Log's cursor: the next run is a full one");
      await inventory.runs.saveStamps({ log_next: undefined, full_ended: undefined });
    } else {
      notes.set(
        'log',
        `the System Log may not be read: changes of factors, roles and deletions are seen by full runs only`,
      );
    }
  }
}

/** 400, 404 and 410 to a link that Okta itself gave: it does not know the cursor any more. */
function isCursorRefused(error: ConnectorError): boolean {
  return (
    error.code === 'okta_not_found' || error.code === 'okta_feature_off' || error.isRefusedQuestion === true
  );
}

async function readChangedUsers(run: Run): Promise<void> {
  const cursor = await run.inventory.runs.stamp('users_cursor');
  const since = cursor === undefined ? run.startedAt - OVERLAP_MS : Number(cursor);
  await forEachOf(changedUsers(run, since), run.settings.width, async (listed) => {
    const noted = await beside(run, listed);
    if (noted !== undefined) await readChanged(run, noted);
  });
}

async function* changedUsers(run: Run, since: number): AsyncGenerator<ListedUser> {
  for await (const page of run.source.listChangedUsers(since)) {
    if (run.mode === 'incremental') run.tally.listed += page.length;
    yield* page;
  }
}

/** A listed user beside what is known; `undefined` where there is nothing to do. */
async function beside(run: Run, listed: ListedUser): Promise<Noted | undefined> {
  if (listed.kind === 'unreadable') {
    await run.inventory.users.saveUnreadable(listed);
    tell(run, {
      userId: listed.id ?? '',
      outcome: 'dead-lettered',
      reasons: [listed.reason],
      gaps: new Map(),
    });
    return undefined;
  }
  const known = await run.inventory.users.compare(listed);
  // Deactivated users matter when they were known before: the intake learns that they are disabled.
  const isWanted =
    known.isKnown || run.settings.includeDeprovisioned || listed.user.status !== 'DEPROVISIONED';
  return isWanted && (known.hasMoved || !known.isKnown) ? known : undefined;
}

/** A user whose record has moved: new ones are asked everything, others only what a change of status can move. */
export async function readChanged(run: Run, noted: Noted): Promise<void> {
  const everything = { directory: askEveryone(run), answeredSince: run.oktaNow() };
  if (!noted.isKnown || noted.hasCrossedDeactivation) await readUser(run, noted, everything);
  else if (noted.listed.kind === 'user') await saveRecord(run, noted.listed.user, noted.listed.readAt);
}

/** The record alone: its answers stand. */
async function saveRecord(run: Run, user: User, readAt: number): Promise<void> {
  const marksUpTo = run.inventory.marks.version();
  const reading = { user, readAt, askedAt: run.oktaNow(), marksUpTo, isComplete: true };
  tell(run, await run.inventory.users.save(reading));
}

async function readChangedGroups(run: Run): Promise<void> {
  const { lookups } = run.settings;
  if (!lookups.has('groups') && !lookups.has('roles')) return;
  const cursor = await run.inventory.runs.stamp('groups_cursor');
  const since = cursor === undefined ? run.startedAt - OVERLAP_MS : Number(cursor);
  const moved: NotedGroup[] = [];
  for await (const page of run.source.listChangedGroups(since)) {
    const noted = await run.inventory.groups.save(page, undefined);
    moved.push(...noted.filter(groupNeedsReading));
  }
  await forEachOf(moved, run.settings.width, (noted) => readGroup(run, noted));
}
