import { ConnectorError } from '../errors.ts';
import type { Noted, StoredMark, UserQuestion } from '../inventory-ports.ts';
import type { Lookup } from '../org.ts';
import { askEveryone, readAssignees } from './directory.ts';
import { askGroupRoles } from './group-roles.ts';
import { groupNeedsReading, readGroup } from './groups.ts';
import type { Run } from './job.ts';
import { forEachOf } from './parallel.ts';
import { removeUser, readUser } from './users.ts';

/** Reads again what marks ask for; a mark leaves with the answer, one that could not be answered stays. */
export async function readMarks(run: Run): Promise<void> {
  await readOrgMarks(run);
  const groups = groupBy(await run.inventory.marks.list(), 'group');
  await forEachOf(groups, run.settings.width, ([id, marks]) =>
    sparing(run, () => readMarkedGroup(run, id, marks)),
  );
  const users = groupBy(await run.inventory.marks.list(), 'user');
  await forEachOf(users, run.settings.width, ([id, marks]) =>
    sparing(run, () => readMarkedUser(run, id, marks)),
  );
}

/** A re-read that fails keeps its mark, and does not end the run. */
async function sparing(run: Run, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    run.log.debug({ err: error }, 'a re-read failed: its mark stays');
  }
}

function groupBy(
  marks: readonly StoredMark[],
  subject: 'user' | 'group',
): ReadonlyMap<string, readonly StoredMark[]> {
  return Map.groupBy(
    marks.filter(({ mark }) => mark.subject === subject),
    ({ mark }) => mark.id,
  );
}

/** A custom role changed, or an assignment that names nobody: all who hold roles are read again. */
async function readOrgMarks(run: Run): Promise<void> {
  const { inventory } = run;
  const marks = (await inventory.marks.list()).filter(({ mark }) => mark.subject === 'org');
  if (marks.length === 0) return;
  const assignees = await readAssignees(run);
  const users = new Set([...(assignees?.ids ?? []), ...(await inventory.users.roleHolders())]);
  const groups = await inventory.groups.roleHolders();
  const cause = 'role-holders';
  await inventory.marks.add([
    ...[...users].map((id) => ({ subject: 'user', id, question: 'roles', cause }) as const),
    ...groups.map((id) => ({ subject: 'group', id, question: 'roles', cause }) as const),
  ]);
  await inventory.marks.clear(marks);
}

async function readMarkedGroup(run: Run, id: string, marks: readonly StoredMark[]): Promise<void> {
  const { inventory, source } = run;
  const asks = new Set(marks.map(({ mark }) => mark.question));
  let noted = await inventory.groups.find(id);
  if (noted === undefined || asks.has('record')) {
    const page = await source.getGroup(id);
    if (page === undefined) return inventory.groups.remove(id);
    [noted] = await inventory.groups.save(page, undefined);
  }
  if (noted === undefined) return inventory.marks.clear(marks);
  if (asks.has('roles') && noted.isKnown) await readRolesAgain(run, id);
  const isMoved = asks.has('members') || groupNeedsReading(noted);
  if (isMoved) await readGroup(run, { ...noted, hasMovedMembers: true });
  const left = marks.filter(({ mark }) => mark.question !== 'roles');
  await inventory.marks.clear(left);
}

/** Members whose own list has the group's roles merged in are read again too. */
async function readRolesAgain(run: Run, id: string): Promise<void> {
  await askGroupRoles(run, id);
  const members = await run.inventory.groups.membersWithMergedRoles(id);
  await run.inventory.marks.add(
    members.map((member) => ({ subject: 'user', id: member, question: 'roles', cause: 'group-roles' })),
  );
}

async function readMarkedUser(run: Run, id: string, marks: readonly StoredMark[]): Promise<void> {
  const { inventory, settings } = run;
  const asks = new Set(marks.map(({ mark }) => mark.question));
  const known = await inventory.users.find(id);
  // Who is not of the selection is not let in by the log.
  if (known === undefined && settings.isSelecting) return inventory.marks.clear(marks);
  const noted = known === undefined || asks.has('record') ? await readRecord(run, id, known) : known;
  if (noted === undefined) return inventory.marks.clear(marks);
  const again = known === undefined || noted.hasCrossedDeactivation ? EVERYTHING : lookupsOf(asks);
  await readUser(run, noted, { directory: askEveryone(run), answeredSince: 0, again });
  await inventory.marks.clear(marks.filter(({ mark }) => mark.question === 'record'));
}

const EVERYTHING: ReadonlySet<Lookup> = new Set(['groups', 'factors', 'roles']);

function lookupsOf(asks: ReadonlySet<string>): ReadonlySet<Lookup> {
  const questions: readonly (UserQuestion & Lookup)[] = ['groups', 'factors', 'roles'];
  return new Set(questions.filter((question) => asks.has(question)));
}

/** The user as Okta has it now; gone by Okta's 404: removed. `undefined`: nothing is left to read. */
async function readRecord(run: Run, id: string, known: Noted | undefined): Promise<Noted | undefined> {
  const listed = await run.source.getUser(id);
  if (listed === undefined) {
    if (known !== undefined) await removeUser(run, id);
    return undefined;
  }
  if (listed.kind === 'unreadable') {
    await run.inventory.users.saveUnreadable(listed);
    return undefined;
  }
  const isUnwanted = listed.user.status === 'DEPROVISIONED' && !run.settings.includeDeprovisioned;
  return known === undefined && isUnwanted ? undefined : run.inventory.users.compare(listed);
}
