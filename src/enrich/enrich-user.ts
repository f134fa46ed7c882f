import { PER_USER_LOOKUPS } from '../ports/org.ts';
import type { Facet, GapReason, Group, GroupFacets, Lookup, UserFacets } from '../ports/org.ts';
import { isAdmin, type AdminRule } from './admin.ts';
import { byCodeUnit } from './facets.ts';
import { hasMfa, type MfaRule } from './mfa.ts';
import { privileges } from './privileges.ts';
import { assessRisk, type Risk, type RiskRule } from './risk.ts';

export const LOOKUP_FAILURE_RULES = ['omit', 'assume-none'] as const;
type OnLookupFailure = (typeof LOOKUP_FAILURE_RULES)[number];

/** The settings that decide what an event says of a user. */
export interface EnrichSettings {
  readonly mfaRule: MfaRule;
  readonly adminRule: AdminRule;
  readonly onLookupFailure: OnLookupFailure;
  /**
   * The lookups whose answers an event may contain. Facets may have more (`roles` without `groups` reads the
   * role-holding groups; the inventory has answers of earlier settings), so an answer counts only when its lookup is
   * named here.
   */
  readonly lookups: ReadonlySet<Lookup>;
  /** The rules by which a user's risk is judged; absent: risk is not judged. */
  readonly riskRules?: ReadonlySet<RiskRule> | undefined;
  /** The graph wants the roles of every user, also where a group's make Admin of the user; absent: no. */
  readonly wantsOwnRoles?: boolean | undefined;
}

export interface EnrichedGroup {
  readonly group: Group;
  readonly privileges: readonly string[] | undefined;
}

/** The facts that an event may state about a user. `undefined` is left out of the event. */
export interface EnrichedUser {
  readonly facets: UserFacets;
  /** Sorted by id. */
  readonly groups: readonly EnrichedGroup[] | undefined;
  readonly hasMfa: boolean | undefined;
  readonly isAdmin: boolean | undefined;
  /** Judged by what is known, never by what is assumed. */
  readonly risk: Risk | undefined;
  /** The lookups whose answers the event may contain. */
  readonly lookups: ReadonlySet<Lookup>;
  /** Unknown facets, also those for which a value is assumed. `group-roles` is counted in groups, not here. */
  readonly gaps: ReadonlyMap<Lookup, GapReason>;
}

function enrichGroups(
  groups: readonly GroupFacets[],
  knownOrAssumed: <T>(lookup: Lookup, facet: Facet<T>, none: T) => T | undefined,
): EnrichedGroup[] {
  return groups
    .map(({ group, roles }) => ({ group, privileges: knownOrAssumed('group-roles', privileges(roles), []) }))
    .sort((left, right) => byCodeUnit(left.group.id, right.group.id));
}

export function enrichUser(facets: UserFacets, settings: EnrichSettings): EnrichedUser {
  const { lookups, mfaRule, adminRule, onLookupFailure, riskRules, wantsOwnRoles = false } = settings;
  const gaps = new Map<Lookup, GapReason>();

  function knownOrAssumed<T>(lookup: Lookup, facet: Facet<T>, none: T): T | undefined {
    if (!lookups.has(lookup) || facet.kind === 'not-asked') return undefined;
    if (facet.kind === 'known') return facet.value;
    if (lookup !== 'group-roles') gaps.set(lookup, facet.reason);
    return onLookupFailure === 'assume-none' ? none : undefined;
  }

  const groups = knownOrAssumed('groups', facets.groups, []);
  for (const lookup of PER_USER_LOOKUPS) knownOrAssumed<unknown>(lookup, facets[lookup], undefined);
  if (wantsOwnRoles) knownOrAssumed<unknown>('roles', facets.roles, undefined);
  return {
    facets,
    groups: groups && enrichGroups(groups, knownOrAssumed),
    hasMfa: knownOrAssumed('factors', hasMfa(facets.factors, mfaRule), false),
    isAdmin: knownOrAssumed('roles', isAdmin(facets, adminRule), false),
    risk: riskRules && assessRisk(facets, { adminRule, rules: riskRules }),
    lookups,
    gaps,
  };
}
