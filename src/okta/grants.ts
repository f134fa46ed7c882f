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

/** What to click in the Admin Console. */
export function howToGrant({ scope, role }: Grant, credential: CredentialKind): string {
  if (credential === 'token') {
    return `Admin Console, Security > Administrators > Admins: give the admin who made the token ${role}`;
  }
  return `Admin Console, Applications > Applications > the service app: grant ${scope} under Okta API Scopes, and assign under Admin roles ${role}`;
}
