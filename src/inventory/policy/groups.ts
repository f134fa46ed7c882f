/** The news in a group's record, roles or members, and which users it concerns. */
import type { KnownRoles, NotedGroup } from '../../ports/inventory.ts';
import type { GapReason, Group, SizedGroup } from '../../ports/org.ts';

/** A group as it is stored. Instants are Unix milliseconds on Okta's clock. */
export interface KeptGroup {
  readonly group: Group;
  readonly usersCount: number | undefined;
  /** Is anybody known to be in it? */
  readonly hasMembers: boolean;
  readonly membersReadAt: number | undefined;
  /** Okta's stamp of the last membership change, as of the time when the members were read. */
  readonly membersChangedAt: string | undefined;
  readonly roles: KnownRoles;
  readonly rolesAskedAt: number | undefined;
}

/** A listed group together with what is stored of it. */
export function notedGroupOf(group: SizedGroup, kept: KeptGroup | undefined): NotedGroup {
  return {
    group,
    isKnown: kept !== undefined,
    membersReadAt: kept?.membersReadAt,
    roles: kept?.roles ?? 'unknown',
    rolesAskedAt: kept?.rolesAskedAt,
    hasMovedMembers:
      kept === undefined ||
      (group.membersChangedAt !== kept.membersChangedAt && !isOlderMembership(group, kept)),
  };
}

/** A known group that was not listed: nothing about it has changed. */
export function knownGroupOf(kept: KeptGroup): NotedGroup {
  const { group, usersCount, membersChangedAt } = kept;
  return notedGroupOf({ ...group, usersCount, adminFlag: undefined, membersChangedAt }, kept);
}

/** A search may show an older state than was read before, because its index lags. */
function isOlderMembership({ membersChangedAt }: SizedGroup, kept: KeptGroup): boolean {
  const known = kept.membersChangedAt;
  return known !== undefined && membersChangedAt !== undefined && membersChangedAt < known;
}

/**
 * Is the group empty now, so that its former members are no longer in it? A listing with an older stamp than the one at
 * which the members were read says nothing about them.
 */
export function isEmptied(group: SizedGroup, kept: KeptGroup | undefined): boolean {
  if (group.usersCount !== 0) return false;
  return kept === undefined || !(isOlderMembership(group, kept) || contradictsSize(group, kept));
}

/**
 * Is the group empty now and not before, or the other way round, although its stamp says that nobody came or left?
 * Sizes come late, and so may lists of members. Only the group's list of members settles that.
 */
export function contradictsSize({ usersCount, membersChangedAt }: SizedGroup, kept: KeptGroup): boolean {
  if (membersChangedAt === undefined || membersChangedAt !== kept.membersChangedAt) return false;
  return usersCount === 0 ? kept.hasMembers : usersCount !== undefined && kept.usersCount === 0;
}

/** Has the group another name, description or type? Then its members' events change. */
export function isRenamed({ id, name, description, type }: Group, kept: KeptGroup | undefined): boolean {
  if (kept === undefined) return false;
  const text = (group: Group): string =>
    JSON.stringify([group.id, group.name, group.description, group.type]);
  return text(kept.group) !== text({ id, name, description, type });
}

/** The roles of a group that holds none, as stored. */
export const STORED_NONE = '[]';

/** The roles of a group as stored: JSON, and why the last attempt got no answer. */
export interface KeptRoles {
  readonly roles: string | undefined;
  readonly gap: GapReason | undefined;
}

export function knownRolesOf({ roles, gap }: KeptRoles): KnownRoles {
  if (roles !== undefined && roles !== STORED_NONE) return 'some';
  return roles === undefined || gap !== undefined ? 'unknown' : 'none';
}

/**
 * Does a listing's admin flag contradict the roles that are known? Flags come late and have been wrong, and so may an
 * answer be from before a change. Only the group's list of roles settles that.
 */
export function contradictsFlag({ group, roles }: Pick<NotedGroup, 'group' | 'roles'>): boolean {
  return (group.adminFlag === true && roles === 'none') || (group.adminFlag === false && roles === 'some');
}

/**
 * Was the stored answer asked for after this one, which came late? A stamp that lies ahead of now is no sign of that: a
 * clock was wrong.
 */
export function isOvertakenAnswer(askedAt: number, keptAskedAt: number | undefined, now: number): boolean {
  return keptAskedAt !== undefined && askedAt < keptAskedAt && keptAskedAt <= now;
}

/**
 * Are these other roles than the known ones, in whatever order Okta lists them? Then members' own answers that depend
 * on them are out of date.
 */
export function areOtherRoles(roles: string, kept: KeptRoles | undefined): boolean {
  if (kept?.roles === undefined) return true;
  return kept.roles !== roles && inOrder(kept.roles) !== inOrder(roles);
}

function inOrder(roles: string): string {
  const list: unknown = JSON.parse(roles);
  return Array.isArray(list)
    ? list
        .map((role) => JSON.stringify(role))
        .toSorted()
        .join()
    : roles;
}

/** Do these roles change the members' events? Not where the same roles were known without a gap. */
export function movesMembers(roles: string, kept: KeptRoles | undefined): boolean {
  return kept === undefined || kept.roles !== roles || kept.gap !== undefined;
}

/**
 * Does this gap change the members' events? Not where the roles were unknown for the same reason before and no last
 * known answer stands in, which would grow too old.
 */
export function gapMovesMembers(gap: GapReason, kept: KeptRoles | undefined): boolean {
  return kept === undefined || kept.gap !== gap || kept.roles !== undefined;
}
