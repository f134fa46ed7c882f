import type { CheckCode } from '../../ports/checks.ts';
import type { Lookup } from '../../ports/org.ts';
import { ENDPOINTS, pathAbout, type Endpoint, type Grant } from '../endpoints.ts';
import { segment } from '../read/paths.ts';

/** One question of a run, asked once in a cheap way. */
export interface LookupCheck {
  readonly code: CheckCode;
  readonly title: string;
  readonly template: string;
  /** The path to ask; `undefined` when no user or group is known to ask about. */
  readonly path: (subjects: Subjects) => string | undefined;
  /** The check is made when one of these lookups is wanted; with none here, it is made always. */
  readonly lookups: readonly Lookup[];
  readonly grant: Grant;
  /** The loss to a run that has no answer. */
  readonly cost: string;
}

/** Ids to ask about, as far as they could be read. */
export interface Subjects {
  readonly user: string | undefined;
  readonly group: string | undefined;
}

export const GROUPS_CHECK: LookupCheck = {
  code: 'okta_groups',
  title: 'Groups',
  template: ENDPOINTS.groups.template,
  path: () => `${ENDPOINTS.groups.template}?limit=1&expand=stats`,
  lookups: ['groups', 'roles'],
  grant: ENDPOINTS.groups.grant,
  cost: 'lookup groups: each user is asked for its groups instead, one more call a user; where that is refused too, groups stays out of the events',
};

export const FACTORS_CHECK: LookupCheck = {
  code: 'okta_factors',
  title: 'Factors of a user',
  template: ENDPOINTS.factorsOfUser.template,
  path: ({ user }) => pathOf(ENDPOINTS.factorsOfUser, user),
  lookups: ['factors'],
  grant: ENDPOINTS.factorsOfUser.grant,
  cost: 'lookup factors: has_mfa stays out of every event (ON_LOOKUP_FAILURE=omit), which is not the same as false',
};

/** One for each lookup that is asked about one user or group, in the order in which they are asked. */
const LOOKUP_CHECKS: Readonly<Record<Exclude<Lookup, 'groups'>, LookupCheck>> = {
  'group-roles': {
    code: 'okta_group_roles',
    title: 'Roles of a group',
    template: ENDPOINTS.rolesOfGroup.template,
    path: ({ group }) => pathOf(ENDPOINTS.rolesOfGroup, group),
    lookups: ['group-roles'],
    grant: ENDPOINTS.rolesOfGroup.grant,
    cost: 'lookup group-roles: privileges of groups stay out of the events, and who is Admin only through a group is not told by it',
  },
  factors: FACTORS_CHECK,
  roles: {
    code: 'okta_user_roles',
    title: 'Roles of a user',
    template: ENDPOINTS.rolesOfUser.template,
    path: ({ user }) => pathOf(ENDPOINTS.rolesOfUser, user),
    lookups: ['roles'],
    grant: ENDPOINTS.rolesOfUser.grant,
    cost: 'lookup roles: whether a user is Admin stays out of the events, unless a role of a group tells',
  },
};

/** In the order in which they are asked; groups come before, since they give the id. */
export const OTHER_CHECKS: readonly LookupCheck[] = [
  ...Object.values(LOOKUP_CHECKS),
  {
    code: 'okta_assignees',
    title: 'Who holds a role',
    template: ENDPOINTS.roleHolders.template,
    path: () => `${ENDPOINTS.roleHolders.template}?limit=1`,
    lookups: ['roles'],
    grant: ENDPOINTS.roleHolders.grant,
    cost: 'lookup roles takes one more call a user: without the list of role holders everybody is asked',
  },
  {
    code: 'okta_log',
    title: 'System Log',
    template: ENDPOINTS.log.template,
    path: () => `${ENDPOINTS.log.template}?limit=1`,
    lookups: [],
    grant: ENDPOINTS.log.grant,
    cost: 'incremental runs cannot see changes of factors and roles, nor deletions: these wait for the next full run (FULL_SYNC_INTERVAL, a day)',
  },
];

function pathOf(endpoint: Pick<Endpoint, 'template'>, subject: string | undefined): string | undefined {
  const id = subject === undefined ? undefined : segment(subject);
  return id === undefined ? undefined : pathAbout(endpoint, id);
}
