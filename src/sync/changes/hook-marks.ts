import { setImmediate } from 'node:timers/promises';
import { isEveryone, memberCalls } from '../../plan/group-sizes.ts';
import type { RunHooks } from '../../ports/hooks.ts';
import type { Inventory, Mark } from '../../ports/inventory.ts';
import { addMarks, type AddParts } from './follow-log.ts';

/** Marks are moved in slices of this size, and at most so many slices in a row. More of them wait for the next time. */
const SLICE = 500;
const MOST_SLICES = 20;
/**
 * Hooks may name so many users, groups, applications and devices that are not known: they may be new. More of them are
 * left to the System Log and to listings, since whoever has the secret can make up names, and each costs a call.
 */
const MOST_UNKNOWN = 20;
/** The users on a page of a listing: it costs one call. */
export const ON_A_PAGE = 200;

type KnowingParts = Pick<Inventory, 'users' | 'groups' | 'assets'>;

interface TakeParts extends AddParts {
  readonly inventory: AddParts['inventory'] & KnowingParts;
  readonly hooks?: Pick<RunHooks, 'inbox' | 'taken' | 'needPoll' | 'unread'> | undefined;
}

/**
 * Moves the marks of hooks to the inventory. A kill in between repeats some. `now`: on Okta's clock, before anything of
 * this is asked.
 */
export async function takeHookMarks(run: TakeParts, now: number): Promise<void> {
  const { hooks } = run;
  if (hooks === undefined) return;
  const unknown = new Set<string>();
  let areAllKept = true;
  let isEmpty = false;
  for (let slice = 0; slice < MOST_SLICES; slice += 1) {
    const { marks, upTo } = await hooks.inbox.waiting(SLICE);
    isEmpty = marks.length === 0;
    if (isEmpty) break;
    const kept: Mark[] = [];
    for (const mark of marks) if (await isKept(run, mark, unknown)) kept.push(mark);
    areAllKept &&= kept.length === marks.length;
    await addMarks(run, kept, now);
    for (const { id } of kept) hooks.unread.delete(id);
    await hooks.inbox.remove(upTo);
    await setImmediate();
  }
  // Events whose marks still wait do not count as taken: the log may tell of them once more.
  await hooks.inbox.taken(now, areAllKept && isEmpty);
  hooks.taken();
  if (!areAllKept) hooks.needPoll();
}

async function isKept({ inventory }: TakeParts, mark: Mark, unknown: Set<string>): Promise<boolean> {
  const key = `${mark.subject} ${mark.id}`;
  if (unknown.has(key) || (await isKnown(inventory, mark))) return true;
  if (unknown.size >= MOST_UNKNOWN) return false;
  unknown.add(key);
  return true;
}

async function isKnown({ users, groups, assets }: KnowingParts, mark: Mark): Promise<boolean> {
  const { subject, id } = mark;
  if (subject === 'org') return true;
  if (subject === 'user') return (await users.find(id)) !== undefined;
  if (subject === 'group') return (await groups.find(id)) !== undefined;
  return (await assets.find(subject, id)) !== undefined;
}

/** Do single reads of all that the log and hooks have marked take more calls than asking for everything that has changed? */
export async function isListingCheaper({
  inventory,
}: {
  readonly inventory: Pick<Inventory, 'marks' | 'groups'>;
}): Promise<boolean> {
  const marks = (await inventory.marks.list())
    .map(({ mark }) => mark)
    .filter(({ reason }) => reason === 'changed');
  // The roles of all holders, and the factors of all users, are read by lists.
  if (marks.some(({ subject }) => subject === 'org')) return true;
  if (marks.filter(({ subject }) => subject === 'user').length > ON_A_PAGE) return true;
  const moves = marks.flatMap((mark) =>
    mark.subject === 'group' && mark.question === 'members' && mark.member !== undefined ? [mark.id] : [],
  );
  for (const [id, ofGroup] of Map.groupBy(moves, (group) => group)) {
    const group = (await inventory.groups.find(id))?.group;
    if (group === undefined || isEveryone(group)) continue;
    if (ofGroup.length > Math.max(1, memberCalls(group.usersCount ?? 1))) return true;
  }
  return false;
}
