/** The scope that each endpoint asks for; by template, as in the routes. */
const SCOPES: Readonly<Record<string, string>> = {
  '/api/v1/users': 'okta.users.read',
  '/api/v1/users/{id}': 'okta.users.read',
  '/api/v1/users/{id}/groups': 'okta.users.read',
  '/api/v1/users/{id}/factors': 'okta.users.read',
  '/api/v1/users/{id}/roles': 'okta.roles.read',
  '/api/v1/groups': 'okta.groups.read',
  '/api/v1/groups/{id}': 'okta.groups.read',
  '/api/v1/groups/{id}/users': 'okta.groups.read',
  '/api/v1/groups/{id}/roles': 'okta.roles.read',
  '/api/v1/groups/{id}/apps': 'okta.groups.read',
  '/api/v1/groups/rules': 'okta.groups.read',
  '/api/v1/groups/rules/{id}': 'okta.groups.read',
  '/api/v1/apps': 'okta.apps.read',
  '/api/v1/apps/{id}': 'okta.apps.read',
  '/api/v1/apps/{id}/users': 'okta.apps.read',
  '/api/v1/apps/{id}/users/{userId}': 'okta.apps.read',
  '/api/v1/apps/{id}/groups': 'okta.apps.read',
  '/api/v1/devices': 'okta.devices.read',
  '/api/v1/devices/{id}': 'okta.devices.read',
  '/api/v1/devices/{id}/users': 'okta.devices.read',
  '/api/v1/org': 'okta.orgs.read',
  '/api/v1/org/privacy/oktaSupport': 'okta.orgs.read',
  '/api/v1/iam/assignees/users': 'okta.roles.read',
  '/api/v1/iam/roles': 'okta.roles.read',
  '/api/v1/iam/roles/{id}/permissions': 'okta.roles.read',
  '/api/v1/logs': 'okta.logs.read',
};

const MANAGES_HOOKS = 'okta.eventHooks.manage';

/** Any of these will do; none: the endpoint asks for no scope. */
export function neededScopes(method: string, template: string | undefined): readonly string[] {
  if (template?.startsWith('/api/v1/eventHooks') === true)
    return method === 'GET' ? ['okta.eventHooks.read', MANAGES_HOOKS] : [MANAGES_HOOKS];
  const scope = template === undefined ? undefined : SCOPES[template];
  return scope === undefined ? [] : [scope];
}
