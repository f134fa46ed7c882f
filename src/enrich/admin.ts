import type { Facet, GroupFacets, Role, UserFacets } from '../ports/org.ts';
import { anyOf, isActive, mapFacet } from './facets.ts';

export const ADMIN_RULES = ['reference', 'any-role'] as const;
export type AdminRule = (typeof ADMIN_RULES)[number];

type MakesAdmin = (role: Role) => boolean;

const MAKES_ADMIN: Readonly<Record<AdminRule, MakesAdmin>> = {
  reference: (role) => isActive(role) && role.type.toLowerCase().includes('admin'),
  'any-role': isActive,
};

export function makesAdmin(role: Role, rule: AdminRule): boolean {
  return MAKES_ADMIN[rule](role);
}

/** One answer for "are the groups known at all", and one for each group. */
function throughGroups(groups: Facet<readonly GroupFacets[]>, decides: MakesAdmin): Facet<boolean>[] {
  if (groups.kind !== 'known') return [groups];
  return [
    mapFacet(groups, () => false),
    ...groups.value.map(({ roles }) => mapFacet(roles, (list) => list.some(decides))),
  ];
}

/**
 * Yes as soon as one known role makes the user Admin, held directly or through a group. No only when every answer that
 * could is known: the user's own roles and, unless Okta merged those in, every group's. Otherwise the reason of the
 * missing answer, or `not-asked` when nothing failed.
 */
export function isAdmin(
  { roles, groups }: Pick<UserFacets, 'roles' | 'groups'>,
  rule: AdminRule,
): Facet<boolean> {
  const decides = MAKES_ADMIN[rule];
  const held = mapFacet(roles, (value) => value.roles.some(decides));
  const verdict = anyOf([held, ...throughGroups(groups, decides)]);
  if (verdict.kind === 'known') return verdict;
  return roles.kind === 'known' && roles.value.includesGroups ? held : verdict;
}

/** Do these groups' roles alone make their member Admin, so that asking for other roles changes nothing? */
export function groupsMakeAdmin(groups: readonly GroupFacets[], rule: AdminRule): boolean {
  const verdict = isAdmin(
    { roles: { kind: 'not-asked' }, groups: { kind: 'known', value: groups, readAt: 0 } },
    rule,
  );
  return verdict.kind === 'known' && verdict.value;
}
