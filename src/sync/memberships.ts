import type { NotedGroup } from '../inventory-ports.ts';
import type { SizedGroup } from '../org.ts';
import type { Run } from './job.ts';
import { forEachOf } from './parallel.ts';
import { tolerate } from './tolerate.ts';

/** Members that one call returns at most (okta-api section 2). */
const MEMBER_PAGE = 1000;
/** Built in, holds whoever has a role, and Okta does not list its members (okta-api section 2). */
const ADMINISTRATORS = 'Okta Administrators';

/** Everyone holds everybody: nobody needs to be asked who is in it. */
export function isEveryone({ type, name }: Pick<SizedGroup, 'type' | 'name'>): boolean {
  return type === 'BUILT_IN' && name === 'Everyone';
}

/** The members of this one are never listed. */
export function isAdministrators({ type, name }: Pick<SizedGroup, 'type' | 'name'>): boolean {
  return type === 'BUILT_IN' && name === ADMINISTRATORS;
}

/** Calls to read a group's members: an empty one needs none. */
export function memberCalls(usersCount: number): number {
  return Math.ceil(usersCount / MEMBER_PAGE);
}

/** What the listing of groups told, as far as memberships need it. */
export class ListedGroups {
  /** Calls to read the members of all groups; `undefined` as soon as one size is unknown. */
  #calls: number | undefined = 0;
  #everyone: NotedGroup | undefined;
  #largest = 0;
  readonly #peopled = new Map<string, NotedGroup>();

  add(noted: NotedGroup): void {
    const { id, usersCount } = noted.group;
    if (isEveryone(noted.group)) {
      this.#everyone = noted;
      return;
    }
    this.#largest = Math.max(this.#largest, usersCount ?? 0);
    if (usersCount === undefined) this.#calls = undefined;
    else if (this.#calls !== undefined) this.#calls += memberCalls(usersCount);
    if (usersCount !== 0) this.#peopled.set(id, noted);
  }

  /** A listing with unreadable entries proves nothing by what it leaves out. */
  distrust(): void {
    this.#calls = undefined;
  }

  get isWhole(): boolean {
    return this.#calls !== undefined;
  }

  get memberCalls(): number | undefined {
    return this.#calls;
  }

  /** Groups whose members tell something: not Everyone, not known to be empty. */
  get peopled(): readonly NotedGroup[] {
    return [...this.#peopled.values()];
  }

  /** Everyone's size, deactivated users included; `undefined` where that group is not listed. */
  get users(): number | undefined {
    return this.#everyone?.group.usersCount;
  }

  /** Groups whose roles somebody holds through them. */
  get withRoles(): readonly NotedGroup[] {
    return this.#everyone === undefined ? this.peopled : [this.#everyone, ...this.peopled];
  }

  /** One call for each user, or one for each thousand members of each group: the smaller sum decides. */
  get isCheaperByGroup(): boolean {
    return this.#calls !== undefined && this.#calls <= (this.users ?? this.#largest);
  }
}

/** What came of reading members by group. */
export interface MembersRead {
  /** Every group was read, but perhaps the built-in one. */
  readonly isComplete: boolean;
  /** The built-in group of administrators refused, as is its habit. */
  readonly lacksAdministrators: boolean;
}

export async function readMembers(run: Run, groups: readonly NotedGroup[]): Promise<MembersRead> {
  let isComplete = true;
  let lacksAdministrators = false;
  // What an earlier attempt of this run has read counts as answered, unless members came or went since.
  const unread = groups.filter(
    ({ membersReadAt, hasMovedMembers }) => hasMovedMembers || (membersReadAt ?? 0) < run.startedAt,
  );
  await forEachOf(unread, run.settings.width, async ({ group }) => {
    if (!isComplete) return;
    const isRead = await tolerate(run.log, `members of group ${group.id}`, async () => {
      await readMembersOf(run, group);
      return true;
    });
    if (isRead === true) return;
    if (isAdministrators(group)) lacksAdministrators = true;
    else isComplete = false;
  });
  return { isComplete, lacksAdministrators };
}

/** One group's members into the inventory, whole; who came and who left get a new event. */
export async function readMembersOf(run: Run, group: SizedGroup): Promise<void> {
  const { inventory, source } = run;
  const reading = {
    readAt: run.oktaNow(),
    changedAt: group.membersChangedAt,
    marksUpTo: inventory.marks.version(),
  };
  await inventory.groups.saveMembers(group.id, source.listMembers(group.id), reading);
}
