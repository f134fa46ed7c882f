import type { SizedGroup } from '../ports.ts';
import type { Job } from './job.ts';
import { forEachOf } from './parallel.ts';
import { tolerate } from './tolerate.ts';

/** Members that one call returns at most (okta-api section 2). */
const MEMBER_PAGE = 1000;
/** Built in, holds whoever has a role, and Okta does not list its members (okta-api section 2). */
const ADMINISTRATORS = 'Okta Administrators';

/** Everyone holds everybody: nobody needs to be asked who is in it. */
function isEveryone({ type, name }: SizedGroup): boolean {
  return type === 'BUILT_IN' && name === 'Everyone';
}

/** What the listing of groups told, as far as memberships need it. */
export class ListedGroups {
  /** Calls to read the members of all groups; `undefined` as soon as one size is unknown. */
  #calls: number | undefined = 0;
  #everyone: SizedGroup | undefined;
  #largest = 0;
  readonly #peopled = new Map<string, SizedGroup>();

  add(group: SizedGroup): void {
    const { id, usersCount } = group;
    if (isEveryone(group)) {
      this.#everyone = group;
      return;
    }
    this.#largest = Math.max(this.#largest, usersCount ?? 0);
    if (usersCount === undefined) this.#calls = undefined;
    else if (this.#calls !== undefined) this.#calls += Math.ceil(usersCount / MEMBER_PAGE);
    if (usersCount !== 0) this.#peopled.set(id, group);
  }

  /** A listing with unreadable entries proves nothing by what it leaves out. */
  distrust(): void {
    this.#calls = undefined;
  }

  /** Groups whose members tell something: not Everyone, not known to be empty. */
  get peopled(): readonly SizedGroup[] {
    return [...this.#peopled.values()];
  }

  /** Everyone's size, deactivated users included; `undefined` where that group is not listed. */
  get users(): number | undefined {
    return this.#everyone?.usersCount;
  }

  /** Groups whose roles somebody holds through them. */
  get withRoles(): readonly SizedGroup[] {
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

export async function readMembers(job: Job, groups: readonly SizedGroup[]): Promise<MembersRead> {
  let isComplete = true;
  let lacksAdministrators = false;
  await job.inventory.forgetMemberships();
  await forEachOf(groups, job.width, async ({ id, type, name }) => {
    if (!isComplete) return;
    const isRead = await tolerate(job.log, `members of group ${id}`, async () => {
      await job.inventory.saveMembers(id, job.source.listMembers(id));
      return true;
    });
    if (isRead === true) return;
    if (type === 'BUILT_IN' && name === ADMINISTRATORS) lacksAdministrators = true;
    else isComplete = false;
  });
  return { isComplete, lacksAdministrators };
}
