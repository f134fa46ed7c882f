import type { SizedGroup } from '../ports/org.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';

type NamedGroup = Pick<SizedGroup, 'type' | 'name'>;
/** The facts about a group that calls depend on. */
export type PlannedGroup = NamedGroup & Pick<SizedGroup, 'usersCount' | 'adminFlag'>;

/** A built-in group of all role holders. Okta does not list its members (okta-api section 2). */
const ADMINISTRATORS = 'Okta Administrators';

/** Every user is in Everyone, so nobody has to be asked for it. */
export function isEveryone({ type, name }: NamedGroup): boolean {
  return type === 'BUILT_IN' && name === 'Everyone';
}

/** Okta hardly ever lists the members of this group. */
export function isAdministrators({ type, name }: NamedGroup): boolean {
  return type === 'BUILT_IN' && name === ADMINISTRATORS;
}

/** The calls that read a group's members; an empty group needs none. */
export function memberCalls(usersCount: number): number {
  return Math.ceil(usersCount / ENDPOINTS.membersOfGroup.page);
}

/** The facts from the listing of groups that calls depend on. */
export class GroupSizes {
  /** Groups other than Everyone. */
  count = 0;
  /** Memberships in all groups but Everyone, as far as sizes are known. */
  memberships = 0;
  /** Everyone's size, with deactivated users; `undefined` where that group is not listed. */
  users: number | undefined;
  /**
   * Groups with members, Everyone included, that must be asked for roles, because their flag does not say that they
   * hold none.
   */
  toAskForRoles = 0;
  /** Groups with members that need not be asked. */
  flaggedWithout = 0;
  /** The groups whose flag says that they hold roles. */
  holders = { groups: 0, memberCalls: 0, members: 0 };
  hasAdministrators = false;
  /** May a group that refuses to list its members hold roles, by its flag? */
  administratorsMayHoldRoles = false;
  #isWhole = true;
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

  /** This org does list the members of its administrators, so the group counts like any other. */
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

  /** A listing with unreadable entries proves nothing by the groups that it leaves out. */
  distrust(): void {
    this.#isWhole = false;
    this.#memberCalls = undefined;
  }

  /** True when every group was listed, with its size or without. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Calls to read the members of all groups; `undefined` as soon as one size is unknown. */
  get memberCalls(): number | undefined {
    return this.#memberCalls;
  }

  /** The org has at least this many users. */
  get usersAtLeast(): number {
    return this.users ?? this.#largest;
  }
}

/** The way in which memberships are learnt, and the cost of both ways. */
export interface GroupsChoice {
  readonly way: 'by-group' | 'per-user';
  readonly byGroup: number | undefined;
  readonly perUser: number;
}

/**
 * Chooses the smaller sum: one call for each user, or one for each thousand members of each group. `selected`: the
 * number of users who are read, where it is known to be lower.
 */
export function chooseGroupsWay(sizes: GroupSizes, selected = Number.POSITIVE_INFINITY): GroupsChoice {
  const perUser = Math.min(sizes.usersAtLeast, selected);
  const byGroup = sizes.memberCalls;
  return { way: byGroup !== undefined && byGroup <= perUser ? 'by-group' : 'per-user', byGroup, perUser };
}
