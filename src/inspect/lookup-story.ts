import { byName } from '../enrich/by-name.ts';
import { ASKED_AT, ENDPOINTS } from '../okta/endpoints.ts';
import { PER_USER_LOOKUPS, USER_LOOKUPS } from '../ports/org.ts';
import type { Facet, GroupFacets, HeldRoles, Lookup } from '../ports/org.ts';
import type { KnownUser, LastAsked } from '../ports/reader.ts';
import type { LookupStory } from './explanation-schema.ts';

/** From when on the System Log vouches for answers, and when the last full run began. Unix milliseconds. */
export interface Trust {
  readonly vouchedSince: Readonly<Partial<Record<Lookup, number>>>;
  readonly fullRunAt: number | undefined;
}

export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** Adds since when the System Log vouches, where the last full run did not ask. */
export function withTrust(
  stories: Readonly<Record<Lookup, LookupStory>>,
  { asked }: KnownUser,
  { vouchedSince, fullRunAt }: Trust,
): Readonly<Record<Lookup, LookupStory>> {
  return {
    ...stories,
    ...byName(USER_LOOKUPS, (lookup): LookupStory => {
      const [since, at] = [vouchedSince[lookup], asked[lookup].at];
      const isVouched =
        since !== undefined && at !== undefined && fullRunAt !== undefined && at >= since && at < fullRunAt;
      return isVouched ? { ...stories[lookup], vouched_since: isoOf(since) } : stories[lookup];
    }),
  };
}

export function tellLookups(known: KnownUser): Readonly<Record<Lookup, LookupStory>> {
  const { facets, asked } = known;
  const { groups, roles } = facets;
  return {
    groups: story(groups, howGroups(known), (list) => list.map(namesOf), asked.groups),
    'group-roles': tellGroupRoles(groups),
    ...byName(PER_USER_LOOKUPS, (lookup) =>
      story<unknown>(facets[lookup], `GET ${ASKED_AT[lookup].template}`, (list) => list, asked[lookup]),
    ),
    roles: story(roles, howRoles(roles), ({ roles: list }) => list, asked.roles),
  };
}

function namesOf({ group }: GroupFacets): object {
  return { id: group.id, name: group.name, type: group.type };
}

/** The result of one question, and its time. */
type AnswerStory = Omit<LookupStory, 'how'>;

function outcomeOf<T>(facet: Facet<T>, show: (value: T) => unknown, asked?: LastAsked): AnswerStory {
  const askedAt = asked?.at === undefined ? {} : { asked_at: isoOf(asked.at) };
  if (facet.kind === 'not-asked') return { answer: 'not-asked', ...askedAt };
  if (facet.kind === 'unknown') return { answer: 'unknown', gap: facet.reason, ...askedAt };
  const stale =
    facet.isStale === true ? ({ is_last_known: true, gap: asked?.gap ?? 'unknown' } as const) : {};
  return { answer: 'known', value: show(facet.value), ...stale, read_at: isoOf(facet.readAt), ...askedAt };
}

function story<T>(facet: Facet<T>, how: string, show: (value: T) => unknown, asked: LastAsked): LookupStory {
  return { ...outcomeOf(facet, show, asked), how: facet.kind === 'not-asked' ? NOT_ASKED : how };
}

const NOT_ASKED = 'switched off by LOOKUPS, not possible for this user, or decided by what was known already';

function howGroups({ groupsWay }: KnownUser): string {
  return groupsWay === 'by-membership'
    ? `members of each group, GET ${ENDPOINTS.membersOfGroup.template}; Everyone without a call`
    : `GET ${ENDPOINTS.groupsOfUser.template}`;
}

/** Where the list of role holders does not name the user, nothing more is asked. */
function howRoles(roles: Facet<HeldRoles>): string {
  const isByList = roles.kind === 'known' && !roles.value.includesGroups;
  return isByList
    ? `not named by the list of role holders, GET ${ENDPOINTS.roleHolders.template}`
    : `GET ${ENDPOINTS.rolesOfUser.template}`;
}

function tellGroupRoles(groups: UserGroups): LookupStory {
  const how = `the admin flag of the list of groups, or GET ${ENDPOINTS.rolesOfGroup.template}, once for all members`;
  if (groups.kind !== 'known') return { answer: 'not-asked', how: 'only where the groups are known' };
  const stories = groups.value.map(({ group, roles }) => ({
    group: group.name ?? group.id,
    ...outcomeOf(roles, (list) => list),
  }));
  const isUnknown = stories.some(({ answer }) => answer === 'unknown');
  const isAsked = stories.length === 0 || stories.some(({ answer }) => answer !== 'not-asked');
  const known = isAsked ? 'known' : 'not-asked';
  return { answer: isUnknown ? 'unknown' : known, value: stories, how };
}

type UserGroups = Facet<readonly GroupFacets[]>;
