/** What a group's record, roles or members say that was not known, and whom that concerns. */
import type { NotedGroup } from '../../ports/inventory.ts';
import type { GapReason, Group, SizedGroup } from '../../ports/org.ts';

/** What is kept of a group. Instants are Unix milliseconds on Okta's clock. */
export interface KeptGroup {
  readonly group: Group;
  readonly usersCount: number | undefined;
  readonly membersReadAt: number | undefined;
  /** Okta's stamp of the last membership change when members were read. */
  readonly membersChangedAt: string | undefined;
  readonly rolesAskedAt: number | undefined;
}

/** A listed group beside what is kept of it. */
export function notedGroupOf(group: SizedGroup, kept: KeptGroup | undefined): NotedGroup {
  return {
    group,
    isKnown: kept !== undefined,
    membersReadAt: kept?.membersReadAt,
    rolesAskedAt: kept?.rolesAskedAt,
    hasMovedMembers:
      kept === undefined ||
      (group.membersChangedAt !== kept.membersChangedAt && !isOlderMembership(group, kept)),
  };
}

/** A known group, where none is listed: nothing has moved. */
export function knownGroupOf(kept: KeptGroup): NotedGroup {
  const { group, usersCount, membersChangedAt } = kept;
  return notedGroupOf({ ...group, usersCount, adminFlag: undefined, membersChangedAt }, kept);
}

/** What a search shows may be older than what was read before: its index follows late. */
function isOlderMembership({ membersChangedAt }: SizedGroup, kept: KeptGroup): boolean {
  const known = kept.membersChangedAt;
  return known !== undefined && membersChangedAt !== undefined && membersChangedAt < known;
}

/**
 * Known to be empty: whoever was in it is not any more. A listing with an older stamp than the one at which members were read
 * says nothing of those.
 */
export function isEmptied(group: SizedGroup, kept: KeptGroup | undefined): boolean {
  return group.usersCount === 0 && (kept === undefined || !isOlderMembership(group, kept));
}

/** Its name, description or type is another one: its members' events say so. */
export function isRenamed({ id, name, description, type }: Group, kept: KeptGroup | undefined): boolean {
  if (kept === undefined) return false;
  const text = (group: Group): string =>
    JSON.stringify([group.id, group.name, group.description, group.type]);
  return text(kept.group) !== text({ id, name, description, type });
}

/** What is kept of a group's roles: JSON, and why the last asking brought nothing. */
export interface KeptRoles {
  readonly roles: string | undefined;
  readonly gap: GapReason | undefined;
}

/** Do the members' events change with roles that were read? Not where the same were known, and asked for without a gap. */
export function movesMembers(roles: string, kept: KeptRoles | undefined): boolean {
  return kept === undefined || kept.roles !== roles || kept.gap !== undefined;
}

/**
 * Do they change with roles that were not learnt? Not where these were unknown for the same reason before, and nothing stands
 * in for them that grows too old.
 */
export function gapMovesMembers(gap: GapReason, kept: KeptRoles | undefined): boolean {
  return kept === undefined || kept.gap !== gap || kept.roles !== undefined;
}
