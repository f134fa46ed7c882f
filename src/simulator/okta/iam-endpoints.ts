import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import type { JsonObject } from '../json.ts';
import type { RoleGrant } from '../org/org-model.ts';
import { itemAt } from '../org/random.ts';
import { problem } from './problems.ts';

const PERMISSIONS = [
  ['okta.users.read', 'okta.users.credentials.resetPassword'],
  ['okta.groups.read', 'okta.groups.manage', 'okta.apps.read'],
  ['okta.iam.read'],
] as const;

/** The links to further pages are in the body. */
export function listCustomRoles(ask: Ask): ServerAnswer {
  const listed = customRoles(ask).filter(({ grant }) => grant.isUnlisted !== true);
  const listing = listPage(ask, listed, { defaultLimit: 100, ceiling: 200 });
  if ('status' in listing) return listing;
  return jsonAnswer(200, {
    roles: listing.items.map(({ grant }) => customRoleBody(ask, grant)),
    _links: listing.next === undefined ? {} : { next: { href: listing.next } },
  });
}

export function listRolePermissions(ask: Ask): ServerAnswer {
  const role = customRoles(ask).find(({ grant }) => grant.role === ask.id);
  if (role === undefined) return problem(404);
  const stamp = new Date(role.grant.createdAt).toISOString();
  return jsonAnswer(200, {
    permissions: itemAt(PERMISSIONS, role.grant.createdAt).map((label) => ({
      label,
      created: stamp,
      lastUpdated: stamp,
      conditions: null,
      _links: { self: { href: `${ask.base}/api/v1/iam/roles/${ask.id}/permissions/${label}` } },
    })),
  });
}

/** One of Okta's own, which shows up among the custom ones. */
const WORKFLOWS: RoleGrant = {
  id: 'WORKFLOWS_ADMIN',
  label: 'Workflows Administrator',
  type: 'WORKFLOWS_ADMIN',
  status: 'ACTIVE',
  createdAt: Date.UTC(2023, 0, 1),
  role: 'WORKFLOWS_ADMIN',
  resourceSet: undefined,
};

/** Those that somebody holds. */
function customRoles({ org }: Pick<Ask, 'org'>): { readonly number: number; readonly grant: RoleGrant }[] {
  const byRole = new Map([['WORKFLOWS_ADMIN', WORKFLOWS]]);
  for (const { roles } of [...org.users, ...org.groups])
    for (const grant of roles)
      if (grant.role !== undefined && grant.type === 'CUSTOM') byRole.set(grant.role, grant);
  return [...byRole.keys()].sort().flatMap((id, number) => {
    const grant = byRole.get(id);
    return grant === undefined ? [] : [{ number, grant }];
  });
}

function customRoleBody({ base }: Ask, grant: RoleGrant): JsonObject {
  const self = `${base}/api/v1/iam/roles/${grant.role ?? ''}`;
  const stamp = new Date(grant.createdAt).toISOString();
  return {
    id: grant.role,
    label: grant.label,
    description: `For ${grant.label}`,
    created: stamp,
    lastUpdated: stamp,
    _links: { self: { href: self }, permissions: { href: `${self}/permissions` } },
  };
}
