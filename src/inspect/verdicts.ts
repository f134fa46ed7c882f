import { isAdmin, makesAdmin, type AdminRule } from '../enrich/admin.ts';
import { assignmentsOf, type Assignment } from '../enrich/assignments.ts';
import { countsAsMfa, hasMfa, type MfaRule } from '../enrich/mfa.ts';
import type { Facet, UserFacets } from '../ports/org.ts';
import type { Verdict } from './explanation-schema.ts';

function verdictOf(facet: Facet<boolean>): boolean | null {
  return facet.kind === 'known' ? facet.value : null;
}

/** Why a question has no answer, in words; `undefined` where it has one. */
function silence(name: string, facet: Facet<unknown>): string | undefined {
  if (facet.kind === 'unknown') return `${name} unknown: ${facet.reason}`;
  return facet.kind === 'not-asked' ? `${name} not asked` : undefined;
}

export function explainAdmin(facets: UserFacets, rule: AdminRule): Verdict {
  const { roles, groups } = facets;
  const held = assignmentsOf(facets).list.map((assignment) => describeRole(assignment, facets, rule));
  const ofGroups =
    groups.kind === 'known'
      ? groups.value.map(({ group, roles: own }) => silence(`roles of group ${group.name ?? group.id}`, own))
      : [silence('groups', groups)];
  const gaps = [silence('own roles', roles), ...ofGroups].filter((gap) => gap !== undefined);
  const none = held.length === 0 && gaps.length === 0 ? ['holds no role'] : [];
  return { rule, verdict: verdictOf(isAdmin(facets, rule)), reasons: [...held, ...none, ...gaps] };
}

function describeRole(
  { role, assigned, groupId }: Assignment,
  { groups }: UserFacets,
  rule: AdminRule,
): string {
  const known = groups.kind === 'known' ? groups.value : [];
  const group = known.find(({ group: { id } }) => id === groupId)?.group.name ?? groupId ?? 'a group';
  const how = assigned === 'direct' ? 'held directly' : `through group ${group}`;
  const counts = makesAdmin(role, rule) ? 'counts' : 'does not count';
  return `${role.label ?? role.type} (${role.type}, ${role.status}), ${how}: ${counts}`;
}

export function explainMfa({ factors }: UserFacets, rule: MfaRule): Verdict {
  const list = factors.kind === 'known' ? factors.value : [];
  const reasons = list.map((factor) => {
    const { type, provider = 'no provider', status = 'no status' } = factor;
    return `${type} (${provider}, ${status}): ${countsAsMfa(factor, rule) ? 'counts' : 'does not count'}`;
  });
  const gap = silence('factors', factors);
  const none = gap === undefined && list.length === 0 ? ['no factor is enrolled'] : [];
  return {
    rule,
    verdict: verdictOf(hasMfa(factors, rule)),
    reasons: [...reasons, ...none, ...(gap === undefined ? [] : [gap])],
  };
}
