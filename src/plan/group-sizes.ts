import type { SizedGroup } from '../ports/org.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';

type NamedGroup = Pick<SizedGroup, 'type' | 'name'>;
/** The facts of a group that calls depend on. */
export type PlannedGroup = NamedGroup & Pick<SizedGroup, 'usersCount' | 'adminFlag'>;

/** Built in, holds whoever has a role, and Okta does not list its members (okta-api section 2). */
const ADMINISTRATORS = 'Okta Administrators';

/** Everyone holds everybody: nobody needs to be asked who is in it. */
export function isEveryone({ type, name }: NamedGroup): boolean {
  return type === 'BUILT_IN' && name === 'Everyone';
}

/** The members of this one are hardly ever listed. */
export function isAdministrators({ type, name }: NamedGroup): boolean {
  return type === 'BUILT_IN' && name === ADMINISTRATORS;
}

/** Calls to read a group's members: an empty one needs none. */
export function memberCalls(usersCount: number): number {
  return Math.ceil(usersCount / ENDPOINTS.membersOfGroup.page);
}

/** The facts from the listing of groups that calls depend on. */
export class GroupSizes {
  /** Besides Everyone. */
  count = 0;
  /** Memberships in all groups but Everyone, as far as sizes are known. */
  memberships = 0;
  /** Everyone's size, deactivated users included; `undefined` where that group is not listed. */
  users: number | undefined;
  /**
   * Groups with members, Everyone included, that must be asked for roles: their flag does not say that they hold none.
   */
  toAskForRoles = 0;
  /** Others with members. */
  flaggedWithout = 0;
  /** The groups whose flag says that they hold roles. */
  holders = { groups: 0, memberCalls: 0, members: 0 };
  hasAdministrators = false;
  /** Does a group that refuses to list its members hold roles, as far as the flag tells? */
  administratorsMayHoldRoles = false;
  #memberCalls: number | undefined = 0;
  #largest = 0;
  #administrators: PlannedGroup | undefined;

  add(group: PlannedGroup): void {
    const { usersCount, adminFlag } = group;
    if (adminFlag !== false && (usersCount !== 0 || isEveryone(group))) this.toAskForRoles += 1;
    if (adminFlag === false && (usersCount !== 0 || isEveryone(group))) this.flaggedWithout += 1;
    if (isEveryone(group)) {
      this.users = usersCount;
      return;
    }
    this.count += 1;
    this.memberships += usersCount ?? 0;
    this.#largest = Math.max(this.#largest, usersCount ?? 0);
    if (usersCount === undefined) this.#memberCalls = undefined;
    else if (this.#memberCalls !== undefined) this.#memberCalls += memberCalls(usersCount);
    this.#noteHolder(group);
  }

  /** This org lists the members of its administrators all the same: a group like any other. */
  administratorsAreListed(): void {
    this.hasAdministrators = false;
    this.administratorsMayHoldRoles = false;
    if (this.#administrators !== undefined) this.#countHolder(this.#administrators);
  }

  #noteHolder(group: PlannedGroup): void {
    const { usersCount, adminFlag } = group;
    if (!isAdministrators(group)) return this.#countHolder(group);
    if (usersCount === 0) return;
    this.#administrators = group;
    this.hasAdministrators = true;
    this.administratorsMayHoldRoles = adminFlag !== false;
  }

  #countHolder({ usersCount = 1, adminFlag }: PlannedGroup): void {
    if (adminFlag !== true) return;
    const { groups, memberCalls: calls, members } = this.holders;
    this.holders = {
      groups: groups + 1,
      memberCalls: calls + memberCalls(usersCount),
      members: members + usersCount,
    };
  }

  /** A listing with unreadable entries proves nothing by what it leaves out. */
  distrust(): void {
    this.#memberCalls = undefined;
  }

  /** Every group was listed with its size. */
  get isWhole(): boolean {
    return this.#memberCalls !== undefined;
  }

  /** Calls to read the members of all groups; `undefined` as soon as one size is unknown. */
  get memberCalls(): number | undefined {
    return this.#memberCalls;
  }

  /** As many users at least. */
  get usersAtLeast(): number {
    return this.users ?? this.#largest;
  }
}

/** How memberships are learnt, and what either way costs. */
export interface GroupsChoice {
  readonly way: 'by-group' | 'per-user';
  readonly byGroup: number | undefined;
  readonly perUser: number;
}

/**
 * One call for each user, or one for each thousand members of each group: the smaller sum decides. `selected`: users who
 * are read at all, where that is known to be fewer.
 */
export function chooseGroupsWay(sizes: GroupSizes, selected = Number.POSITIVE_INFINITY): GroupsChoice {
  const perUser = Math.min(sizes.usersAtLeast, selected);
  const byGroup = sizes.memberCalls;
  return { way: byGroup !== undefined && byGroup <= perUser ? 'by-group' : 'per-user', byGroup, perUser };
}
