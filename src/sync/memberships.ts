import { OktaNotFoundError } from '../ports/errors.ts';
import type { NotedGroup } from '../ports/inventory.ts';
import type { SizedGroup } from '../ports/org.ts';
import { GroupSizes, isAdministrators, isEveryone } from '../plan/group-sizes.ts';
import { forgetIfGone } from './gone-groups.ts';
import { answeredSinceOf, type SpreadParts } from './spread-answers.ts';
import type { Run } from './job.ts';
import type { AskParts, ListParts } from './parts.ts';
import { forEachOf } from './parallel.ts';
import { tolerate } from './tolerate.ts';

/**
 * Each answer holds up to a thousand whole users. Ten such answers at once would decide how much memory a run needs.
 */
const MOST_AT_ONCE = 4;

/**
 * A group needs reading when its roles are unknown, or when members have come or gone since they were read. The members
 * of Everyone are never read.
 */
export function groupNeedsReading({ group, rolesAskedAt, hasMovedMembers }: NotedGroup): boolean {
  return rolesAskedAt === undefined || (hasMovedMembers && !isEveryone(group));
}

/** The listed groups, with what memberships need of them. */
export class ListedGroups {
  readonly sizes = new GroupSizes();
  /** Groups whose members or roles are not known as they are now. */
  readonly moved: string[] = [];
  #everyone: NotedGroup | undefined;
  readonly #peopled = new Map<string, NotedGroup>();

  add(noted: NotedGroup): void {
    this.sizes.add(noted.group);
    if (groupNeedsReading(noted)) this.moved.push(noted.group.id);
    if (isEveryone(noted.group)) this.#everyone = noted;
    else if (noted.group.usersCount !== 0) this.#peopled.set(noted.group.id, noted);
  }

  /** Groups whose members are worth reading: not Everyone, and none known to be empty. */
  get peopled(): readonly NotedGroup[] {
    return [...this.#peopled.values()];
  }

  /** Groups through which somebody may hold a role. */
  get withRoles(): readonly NotedGroup[] {
    return this.#everyone === undefined ? this.peopled : [this.#everyone, ...this.peopled];
  }
}

/** The result of reading members by group. */
export interface MembersRead {
  /** The group that refused to list its members, other than the built-in group of administrators. */
  refusing: SizedGroup | undefined;
  /** True when the built-in group of administrators refused, which most orgs do. */
  lacksAdministrators: boolean;
}

/**
 * Reads members group by group, and ends with the first group that refuses. The one that refused last time is asked
 * alone, before the others.
 */
export async function readMembers(
  run: ListParts,
  groups: readonly NotedGroup[],
): Promise<Readonly<MembersRead>> {
  const { runs } = run.inventory;
  const read: MembersRead = { refusing: undefined, lacksAdministrators: false };
  const readOne = async ({ group }: NotedGroup): Promise<void> => {
    if (read.refusing !== undefined) return;
    countList(run, false);
    const isDone = await tolerate(run.log, `members of group ${group.id}`, () =>
      readMembersUnlessGone(run, group),
    );
    if (isDone === true) return;
    if (isAdministrators(group)) read.lacksAdministrators = true;
    else read.refusing = group;
  };
  const unread = unreadOf(run, groups);
  countHeld(run, groups, new Set(unread));
  const { refusingGroupId } = await runs.state();
  const [refused = [], others = []] = [true, false].map((isIt) =>
    unread.filter(({ group }) => (group.id === refusingGroupId) === isIt),
  );
  await forEachOf(refused, 1, readOne);
  await forEachOf(others, Math.min(MOST_AT_ONCE, run.settings.width), readOne);
  await runs.saveState({
    refusingGroupId: read.refusing?.id,
    hidesAdministrators: read.lacksAdministrators,
  });
  return read;
}

/** Counts the lists of members that an earlier run has read and that hold. */
function countHeld(
  run: Pick<Run, 'tally' | 'settings' | 'startedAt'>,
  groups: readonly NotedGroup[],
  unread: ReadonlySet<NotedGroup>,
): void {
  for (const noted of groups)
    if (!unread.has(noted) && (noted.membersReadAt ?? 0) < run.startedAt) countList(run, true);
}

function countList({ tally, settings }: Pick<Run, 'tally' | 'settings'>, isVouched: boolean): void {
  if (settings.lookups.has('groups')) tally.lookup('groups', isVouched);
}

/** A group that was deleted after it was listed has no members. */
async function readMembersUnlessGone(run: AskParts, group: SizedGroup): Promise<true> {
  try {
    await readMembersOf(run, group);
  } catch (error) {
    if (!(error instanceof OktaNotFoundError) || !(await forgetIfGone(run, group.id))) throw error;
  }
  return true;
}

/** Leaves out the groups whose list of members holds, because an earlier run or attempt read it and nobody moved. */
function unreadOf(run: SpreadParts, groups: readonly NotedGroup[]): readonly NotedGroup[] {
  return groups.filter(
    ({ group, membersReadAt, hasMovedMembers }) =>
      hasMovedMembers || (membersReadAt ?? 0) < answeredSinceOf(run, 'groups', group.id),
  );
}

/** Stores the whole list of one group's members; users who came or left get a new event. */
export async function readMembersOf(
  run: Pick<Run, 'source' | 'inventory' | 'oktaNow'>,
  group: SizedGroup,
): Promise<void> {
  const { inventory, source } = run;
  const asked = {
    readAt: run.oktaNow(),
    now: run.oktaNow,
    changedAt: group.membersChangedAt,
    marksUpTo: await inventory.marks.version(),
  };
  await inventory.groups.saveMembers(group.id, source.listMembers(group.id), asked);
}
