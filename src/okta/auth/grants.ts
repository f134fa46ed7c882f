/** What authenticates the connector: an SSWS token, or a service app of its own. */
export type CredentialKind = 'token' | 'service-app';

/** What Okta wants to see before it answers a question. */
export interface Grant {
  readonly scope: string;
  /** An admin role that allows it. */
  readonly role: string;
}

const READ_ONLY = 'the standard role Read-only Administrator';

/** A read-only administrator may not see who is an administrator (okta-api section 7). */
const SEES_ADMINISTRATORS =
  'a custom role with the permission "View roles, resources, and admin assignments" (okta.iam.read) on a resource set with all Identity and Access Management resources, or Super Administrator; okta.users.manage is not needed';

export const READ_USERS: Grant = { scope: 'okta.users.read', role: READ_ONLY };
export const READ_GROUPS: Grant = { scope: 'okta.groups.read', role: READ_ONLY };
export const READ_LOG: Grant = { scope: 'okta.logs.read', role: READ_ONLY };
export const READ_ROLES: Grant = { scope: 'okta.roles.read', role: SEES_ADMINISTRATORS };

const SERVICE_APP = 'Admin Console, Applications > Applications > the service app';

/** Only a super admin can. */
export function grantScope(scope: string): string {
  return `${SERVICE_APP} > Okta API Scopes: grant ${scope} (as super admin)`;
}

/** The scope may be there: a service app needs an admin role as well (okta-api section 7). */
export function assignRole(template: string): string {
  const role = /\/roles$|\/iam\//.test(template) ? SEES_ADMINISTRATORS : READ_ONLY;
  return `${SERVICE_APP} > Admin roles > Edit assignments: assign ${role}`;
}

/** What to click in the Admin Console. */
export function howToGrant({ scope, role }: Grant, credential: CredentialKind): string {
  if (credential === 'token') {
    return `Admin Console, Security > Administrators > Admins: give the admin who made the token ${role}`;
  }
  return `${SERVICE_APP}: grant ${scope} under Okta API Scopes, and assign under Admin roles ${role}`;
}

/** Where a token that is not accepted is put right; a service app's trouble names its own cure. */
export function howToRenew(credential: CredentialKind): string | undefined {
  return credential === 'token'
    ? 'Admin Console, Security > API > Tokens: see whether the token is there and active; make a new one and set OKTA_API_TOKEN. A token ends after 30 days without use and with its creator, works only from its network zones where it has any, and only at the org that OKTA_BASE_URL must name'
    : undefined;
}
