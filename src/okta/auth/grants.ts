import { endpointOf, READ_USERS, type Grant } from '../endpoints.ts';

/** The two ways to authenticate: an SSWS token, or a service app. */
export type CredentialKind = 'token' | 'service-app';

const SERVICE_APP = 'Admin Console, Applications > Applications > the service app';

/** Only a super admin can grant a scope. */
export function grantScope(scope: string): string {
  return `${SERVICE_APP} > Okta API Scopes: grant ${scope} (as super admin)`;
}

/** For when the scope may be granted already: a service app needs an admin role as well (okta-api section 7). */
export function assignRole(template: string): string {
  const { role } = endpointOf(template)?.grant ?? READ_USERS;
  return `${SERVICE_APP} > Admin roles > Edit assignments: assign ${role}`;
}

/** The clicks in the Admin Console that give the permission. */
export function howToGrant({ scope, role }: Grant, credential: CredentialKind): string {
  if (credential === 'token') {
    return `Admin Console, Security > Administrators > Admins: give the admin who made the token ${role}`;
  }
  return `${SERVICE_APP}: grant ${scope} under Okta API Scopes, and assign under Admin roles ${role}`;
}

/**
 * The place to mend a token that Okta does not accept. `undefined` for a service app, whose errors name their own
 * remedy.
 */
export function howToRenew(credential: CredentialKind): string | undefined {
  return credential === 'token'
    ? 'Admin Console, Security > API > Tokens: see whether the token is there and active; make a new one and set OKTA_API_TOKEN. A token ends after 30 days without use and with its creator, works only from its network zones where it has any, and only at the org that OKTA_BASE_URL must name'
    : undefined;
}
