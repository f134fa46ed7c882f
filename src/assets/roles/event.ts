import type { Resource, ResourceKind } from '../../ocsf/resource.ts';
import { listOf, text } from '../../ocsf/official/shapes.ts';
import type { RoleFacts } from '../../ports/asset-facts.ts';

export const ROLES: ResourceKind = {
  types: ['okta_role'],
  data: { description: text, permissions: listOf(text) },
};

export function roleResource({ role, org, readAt }: RoleFacts): Resource {
  return {
    uid: role.id,
    name: role.label,
    type: 'okta_role',
    labels: ['type:CUSTOM'],
    data: { description: role.description, permissions: role.permissions },
    created: role.created,
    lastUpdated: role.lastUpdated,
    edges: [],
    unknown: role.permissions === undefined ? ['permissions'] : [],
    org,
    readAt,
  };
}
