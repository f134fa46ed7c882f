import type { OrgPeople, RoleGrant } from '../org-model.ts';
import type { SimulatedApp } from './asset-model.ts';
import { createRandom, hashText } from '../random.ts';

const OF_GROUPS = ['HELP_DESK_ADMIN', 'USER_ADMIN'];

/** Roles that Okta lets hold for some groups or apps only: half of them do. */
export function narrowRoles(org: OrgPeople, apps: readonly SimulatedApp[]): void {
  const grants = [...org.users, ...org.groups].flatMap(({ roles }) => roles);
  const narrowable = grants.filter(({ type }) => type === 'APP_ADMIN' || OF_GROUPS.includes(type));
  for (const grant of narrowable.filter((_, place) => place % 2 === 0)) narrow(org, apps, grant);
}

function narrow(org: OrgPeople, apps: readonly SimulatedApp[], grant: RoleGrant): void {
  const random = createRandom(hashText(grant.id));
  if (OF_GROUPS.includes(grant.type)) {
    const groupIds = [random.pick(org.groups).id, random.pick(org.groups).id];
    grant.targets = { groupIds: [...new Set(groupIds)], apps: [] };
  }
  if (grant.type === 'APP_ADMIN')
    grant.targets = { groupIds: [], apps: [random.pick(apps).id, 'oidc_client'] };
}
