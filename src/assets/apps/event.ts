import { byName } from '../../enrich/by-name.ts';
import type { Resource, ResourceKind } from '../../ocsf/resource.ts';
import { count, flag, listOf, objectOf, text } from '../../ocsf/official/shapes.ts';
import type { AppFacts } from '../../ports/asset-facts.ts';
import { APP_SETTINGS } from './settings.ts';
import { isUnknown, knownIn } from '../known.ts';

const SCALAR = { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

export const APPS: ResourceKind = {
  types: ['okta_application'],
  data: {
    name: text,
    status: text,
    sign_on_mode: text,
    features: listOf(text),
    client_type: text,
    login_url: text,
    access_policy_uid: text,
    orn: text,
    is_hidden: flag,
    is_self_service: flag,
    is_implicit: flag,
    users: count,
    groups: count,
    settings: {
      ...objectOf(
        byName(APP_SETTINGS, () => SCALAR),
        [],
      ),
      minProperties: 1,
    },
  },
};

/** The groups are counted: an application may have thousands, and each of them has its edge to it. */
export function appResource({ app, users, groups, org, readAt }: AppFacts): Resource {
  const { settings = {} } = app;
  return {
    uid: app.id,
    name: app.label ?? app.name,
    type: 'okta_application',
    labels: [
      ...(app.status === undefined ? [] : [`status:${app.status}`]),
      ...(users === undefined ? [] : [`users:${users}`]),
    ],
    data: {
      name: app.name,
      status: app.status,
      sign_on_mode: app.signOnMode,
      features: app.features,
      client_type: app.clientType,
      login_url: app.loginUrl,
      access_policy_uid: app.accessPolicyId,
      orn: app.orn,
      is_hidden: app.isHidden,
      is_self_service: app.isSelfService,
      is_implicit: app.isImplicit,
      users,
      groups: knownIn(groups),
      settings: Object.keys(settings).length === 0 ? undefined : settings,
    },
    created: app.created,
    lastUpdated: app.lastUpdated,
    edges: [],
    unknown: [
      ...(users === undefined ? (['users'] as const) : []),
      ...(isUnknown(groups) ? (['groups'] as const) : []),
    ],
    org,
    readAt,
  };
}
