import type { JsonObject } from '../json.ts';
import type { SimulatedGroup } from '../org/org-model.ts';

const LOGOS = 'https://ok11static.oktacdn.com/assets/img/logos/groups/odyssey';

/** How Okta spells the flag that says whether a group holds roles: its documents and its answers disagree. */
export type AdminFlag = 'hasAdminPrivilege' | 'hasAdminPrivileges' | 'hasAdminPrivlege' | 'absent' | 'mixed';

export function groupBody(group: SimulatedGroup, base: string): JsonObject {
  const self = `${base}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: new Date(group.createdAt).toISOString(),
    lastUpdated: new Date(group.lastUpdatedAt).toISOString(),
    lastMembershipUpdated: new Date(group.lastMembershipUpdatedAt).toISOString(),
    objectClass: [group.type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type: group.type,
    profile: {
      name: group.name,
      description: group.description,
      ...(group.type === 'APP_GROUP' ? directoryProfile(group) : {}),
    },
    ...(group.type === 'APP_GROUP' ? { source: { id: group.sourceAppId ?? '0oaSimulatedDirectory' } } : {}),
    _links: {
      logo: ['medium', 'large'].map((name) => ({
        name,
        href: `${LOGOS}/okta-${name}.png`,
        type: 'image/png',
      })),
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
    },
  };
}

export function groupBodyWithStats(
  group: SimulatedGroup,
  base: string,
  { flag, appsCount }: { readonly flag: AdminFlag; readonly appsCount: number },
): JsonObject {
  const stats = {
    usersCount: group.shownUsersCount ?? group.members.length,
    appsCount,
    groupPushMappingsCount: 0,
    ...adminFlag(group, flag),
    _links: { self: { href: `${base}/api/v1/groups/${group.id}/stats` } },
  };
  return { ...groupBody(group, base), _embedded: { stats } };
}

function adminFlag(group: SimulatedGroup, flag: AdminFlag): JsonObject {
  if (flag === 'absent' || (flag === 'mixed' && group.number % 3 === 0)) return {};
  const spelling = flag === 'mixed' ? 'hasAdminPrivilege' : flag;
  return { [spelling]: group.shownAdminFlag ?? group.roles.length > 0 };
}

function directoryProfile(group: SimulatedGroup): JsonObject {
  return {
    samAccountName: group.name,
    dn: `CN=${group.name},OU=Groups,DC=corp,DC=example,DC=net`,
    windowsDomainQualifiedName: `CORP\\${group.name}`,
    objectSid: `S-1-5-21-1004336348-1177238915-682003330-${1_000 + group.number}`,
    groupType: 'Security',
    groupScope: 'Global',
    externalId: `ext-${group.number}`,
  };
}
