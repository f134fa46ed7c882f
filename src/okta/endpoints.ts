/**
 * THE TABLE of every endpoint of Okta that the product asks, with what is known of it before it is asked. It holds
 * values only and imports nothing but types, so that pure rooms may read it too. `{id}` stands for the id of a user,
 * group or other asset, `{userId}` for that of a user within it.
 */
import type { Asset } from '../ports/assets.ts';
import type { Lookup } from '../ports/org.ts';

/** The scope and the role that Okta wants before it answers a question. */
export interface Grant {
  readonly scope: string;
  /** An admin role that is enough. */
  readonly role: string;
}

const READ_ONLY = 'the standard role Read-only Administrator';

/** A read-only administrator may not see who is an administrator (okta-api section 7). */
const SEES_ADMINISTRATORS =
  'a custom role with the permission "View roles, resources, and admin assignments" (okta.iam.read) on a resource set with all Identity and Access Management resources, or Super Administrator; okta.users.manage is not needed';

export const READ_USERS = { scope: 'okta.users.read', role: READ_ONLY } as const satisfies Grant;
export const READ_GROUPS = { scope: 'okta.groups.read', role: READ_ONLY } as const satisfies Grant;
export const READ_ROLES = { scope: 'okta.roles.read', role: SEES_ADMINISTRATORS } as const satisfies Grant;
export const READ_LOG = { scope: 'okta.logs.read', role: READ_ONLY } as const satisfies Grant;
export const READ_APPS = { scope: 'okta.apps.read', role: READ_ONLY } as const satisfies Grant;
export const READ_DEVICES = {
  scope: 'okta.devices.read',
  role: `${READ_ONLY}, or a custom role with the permission "View devices" (okta.devices.read)`,
} as const satisfies Grant;
export const READ_ORG = { scope: 'okta.orgs.read', role: READ_ONLY } as const satisfies Grant;

/**
 * A first guess at the endpoints that share one of Okta's rate-limit counters, with the limit a minute. The limit is
 * the one last published for a Workforce org; where no list is concerned, the lowest one published for a paying org
 * (okta-api section 8). On the wire, a user's lookups share the counter of the users' list.
 */
const BUCKETS = {
  users: { name: 'users', limit: 600 },
  user: { name: 'user', limit: 1000 },
  groups: { name: 'groups', limit: 500 },
  group: { name: 'group', limit: 600 },
  logs: { name: 'logs', limit: 120 },
  /** Everything below `/apps` but exactly one application. */
  apps: { name: 'apps', limit: 100 },
  app: { name: 'app', limit: 500 },
  devices: { name: 'devices', limit: 100 },
  /** The counter that Okta calls "most other" endpoints. */
  other: { name: 'other', limit: 600 },
} as const;

export interface BucketGuess {
  readonly name: keyof typeof BUCKETS;
  /** Calls a minute. */
  readonly limit: number;
}

export interface Endpoint {
  /** The path with `{id}` for ids, as counts, buckets and messages name it. */
  readonly template: string;
  readonly bucket: BucketGuess;
  /** `undefined`: Okta answers anyone. */
  readonly grant: Grant | undefined;
  /** The most entries of one answer (okta-api sections 1 to 5); absent where there are no pages. */
  readonly page?: number;
  /** The lookups that ask it; empty: runs ask it whatever `LOOKUPS` says. */
  readonly lookups: readonly Lookup[];
  /** Runs ask it for these assets alone; absent: not for any. */
  readonly assets?: readonly Asset[];
  /** True when no rate limit that we know counts it. */
  readonly isUncounted?: true;
}

export const ENDPOINTS = {
  org: {
    template: '/.well-known/okta-organization',
    bucket: BUCKETS.other,
    grant: undefined,
    lookups: [],
    isUncounted: true,
  },
  token: {
    template: '/oauth2/v1/token',
    bucket: BUCKETS.other,
    grant: undefined,
    lookups: [],
    isUncounted: true,
  },
  users: {
    template: '/api/v1/users',
    bucket: BUCKETS.users,
    grant: READ_USERS,
    page: 200,
    lookups: [],
  },
  user: {
    template: '/api/v1/users/{id}',
    bucket: BUCKETS.user,
    grant: READ_USERS,
    lookups: [],
  },
  groupsOfUser: {
    template: '/api/v1/users/{id}/groups',
    bucket: BUCKETS.users,
    grant: READ_USERS,
    lookups: ['groups'],
  },
  factorsOfUser: {
    template: '/api/v1/users/{id}/factors',
    bucket: BUCKETS.users,
    grant: READ_USERS,
    lookups: ['factors'],
  },
  groups: {
    template: '/api/v1/groups',
    bucket: BUCKETS.groups,
    grant: READ_GROUPS,
    page: 200,
    lookups: ['groups', 'roles'],
    assets: ['groups', 'apps'],
  },
  group: {
    template: '/api/v1/groups/{id}',
    bucket: BUCKETS.group,
    grant: READ_GROUPS,
    lookups: ['groups', 'roles'],
  },
  membersOfGroup: {
    template: '/api/v1/groups/{id}/users',
    bucket: BUCKETS.groups,
    grant: READ_GROUPS,
    page: 1000,
    lookups: ['groups', 'roles'],
  },
  rolesOfGroup: {
    template: '/api/v1/groups/{id}/roles',
    bucket: BUCKETS.groups,
    grant: READ_ROLES,
    lookups: ['group-roles', 'roles'],
  },
  rolesOfUser: {
    template: '/api/v1/users/{id}/roles',
    bucket: BUCKETS.users,
    grant: READ_ROLES,
    lookups: ['roles'],
  },
  roleHolders: {
    template: '/api/v1/iam/assignees/users',
    bucket: BUCKETS.other,
    grant: READ_ROLES,
    page: 100,
    lookups: ['roles'],
  },
  log: {
    template: '/api/v1/logs',
    bucket: BUCKETS.logs,
    grant: READ_LOG,
    page: 1000,
    lookups: [],
  },
  apps: {
    template: '/api/v1/apps',
    bucket: BUCKETS.apps,
    grant: READ_APPS,
    page: 200,
    lookups: [],
    assets: ['apps'],
  },
  app: {
    template: '/api/v1/apps/{id}',
    bucket: BUCKETS.app,
    grant: READ_APPS,
    lookups: [],
    assets: ['apps'],
  },
  groupsOfApp: {
    template: '/api/v1/apps/{id}/groups',
    bucket: BUCKETS.apps,
    grant: READ_APPS,
    page: 200,
    lookups: [],
    assets: ['apps'],
  },
  appsOfGroup: {
    template: '/api/v1/groups/{id}/apps',
    bucket: BUCKETS.groups,
    grant: READ_GROUPS,
    page: 200,
    lookups: [],
    assets: ['apps'],
  },
  usersOfApp: {
    template: '/api/v1/apps/{id}/users',
    bucket: BUCKETS.apps,
    grant: READ_APPS,
    page: 500,
    lookups: [],
    assets: ['app-users'],
  },
  userOfApp: {
    template: '/api/v1/apps/{id}/users/{userId}',
    bucket: BUCKETS.apps,
    grant: READ_APPS,
    lookups: [],
    assets: ['app-users'],
  },
  rules: {
    template: '/api/v1/groups/rules',
    bucket: BUCKETS.groups,
    grant: READ_GROUPS,
    page: 200,
    lookups: [],
    assets: ['rules'],
  },
  rule: {
    template: '/api/v1/groups/rules/{id}',
    bucket: BUCKETS.groups,
    grant: READ_GROUPS,
    lookups: [],
    assets: ['rules'],
  },
  devices: {
    template: '/api/v1/devices',
    bucket: BUCKETS.devices,
    grant: READ_DEVICES,
    page: 200,
    lookups: [],
    assets: ['devices'],
  },
  device: {
    template: '/api/v1/devices/{id}',
    bucket: BUCKETS.devices,
    grant: READ_DEVICES,
    lookups: [],
    assets: ['devices'],
  },
  usersOfDevice: {
    template: '/api/v1/devices/{id}/users',
    bucket: BUCKETS.devices,
    grant: READ_DEVICES,
    lookups: [],
    assets: ['devices'],
  },
  orgRecord: {
    template: '/api/v1/org',
    bucket: BUCKETS.other,
    grant: READ_ORG,
    lookups: [],
    assets: ['org'],
  },
  customRoles: {
    template: '/api/v1/iam/roles',
    bucket: BUCKETS.other,
    grant: READ_ROLES,
    lookups: [],
    assets: ['org'],
  },
  permissionsOfRole: {
    template: '/api/v1/iam/roles/{id}/permissions',
    bucket: BUCKETS.other,
    grant: READ_ROLES,
    lookups: [],
    assets: ['org'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;

/** Where each lookup is asked, about one user or group. */
export const ASKED_AT = {
  groups: ENDPOINTS.groupsOfUser,
  'group-roles': ENDPOINTS.rolesOfGroup,
  factors: ENDPOINTS.factorsOfUser,
  roles: ENDPOINTS.rolesOfUser,
} as const satisfies Readonly<Record<Lookup, Endpoint>>;

const BY_TEMPLATE: ReadonlyMap<string, Endpoint> = new Map(
  Object.values(ENDPOINTS).map((endpoint) => [endpoint.template, endpoint]),
);

/** `undefined` for an endpoint that the product does not ask. */
export function endpointOf(template: string): Endpoint | undefined {
  return BY_TEMPLATE.get(template);
}

/** An endpoint outside the table counts as one of the "most other". */
export function bucketGuessOf(template: string): BucketGuess {
  return endpointOf(template)?.bucket ?? BUCKETS.other;
}

/** The path that asks about one user, group or other asset. The id must be encoded already. */
export function pathAbout({ template }: Pick<Endpoint, 'template'>, id: string): string {
  return template.replace('{id}', () => id);
}
