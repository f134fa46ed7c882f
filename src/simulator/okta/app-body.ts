import type { Json, JsonObject } from '../json.ts';
import type { SimulatedAppGroup, AwsProfile, SimulatedApp } from '../org/assets/asset-model.ts';
import type { SimulatedAppUser } from '../org/assets/app-users.ts';
import { credentialsOf } from '../org/assets/catalogue.ts';
import { planted } from '../org/assets/planted.ts';
import type { SimulatedOrg } from '../org/org.ts';
import { makeId } from '../org/random.ts';

/** An app as Okta shows it, secrets included. */
export function appBody(org: SimulatedOrg, app: SimulatedApp, base: string): JsonObject {
  const { kind } = app;
  const self = `${base}/api/v1/apps/${app.id}`;
  return {
    id: app.id,
    orn: `orn:okta:idp:${org.id}:apps:${kind.name}:${app.id}`,
    name: kind.name,
    label: app.label,
    status: app.status,
    created: stamp(app.createdAt),
    lastUpdated: stamp(app.lastUpdatedAt),
    accessibility: { selfService: app.number % 5 === 2, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: true,
      hide: { iOS: kind.isHidden ?? false, web: kind.isHidden ?? false },
      appLinks: { [`${kind.name}_link`]: true },
    },
    features: kind.features ?? [],
    signOnMode: kind.signOnMode,
    credentials: credentialsOf(kind, app.id),
    ...(app.number % 4 === 1 ? { profile: { apiKey: planted('app-profile') } } : {}),
    settings: settingsOf(app),
    _links: {
      self: { href: self },
      users: { href: `${self}/users` },
      groups: { href: `${self}/groups` },
      appLinks: [
        { name: `${kind.name}_link`, href: `${base}/home/${kind.name}/${app.id}/aln`, type: 'text/html' },
      ],
      accessPolicy: { href: `${base}/api/v1/policies/${makeId('rst', org.seed, app.number % 3)}` },
      deactivate: { href: `${self}/lifecycle/deactivate` },
    },
    ...(app.number % 4 === 2 ? { _embedded: { user: { credentials: planted('app-embedded') } } } : {}),
  };
}

function settingsOf(app: SimulatedApp): JsonObject {
  const { kind, awsAccount } = app;
  const provider = `arn:aws:iam::${awsAccount ?? ''}:saml-provider/okta`;
  return {
    app: {
      ...kind.settings,
      ...(awsAccount === undefined
        ? {}
        : {
            awsEnvironmentType: 'aws.amazon',
            identityProviderArn:
              app.number % 2 === 0 ? `arn:aws:iam::${awsAccount}:role/x,${provider}` : provider,
            groupFilter: String.raw`aws_(?{{accountid}}\d+)_(?{{role}}[a-zA-Z0-9+=,.@\-_]+)`,
            roleValuePattern:
              'arn:aws:iam::${accountid}:saml-provider/okta,arn:aws:iam::${accountid}:role/${role}',
            accessKey: planted('aws-access-key'),
            secretKey: planted('aws-secret-key'),
          }),
    },
    notifications: { vpn: { network: { connection: 'DISABLED' }, message: planted('vpn-message') } },
    manualProvisioning: false,
    implicitAssignment: kind.isImplicit ?? false,
    notes: { admin: planted('admin-note'), enduser: planted('user-note') },
    ...(kind.clientType === undefined ? {} : { oauthClient: oauthClient(kind.clientType) }),
    ...(kind.signOnMode === 'SAML_2_0' ? { signOn: { spCertificate: planted('certificate') } } : {}),
  };
}

function oauthClient(clientType: string): JsonObject {
  return {
    application_type: clientType,
    client_uri: null,
    redirect_uris: ['https://app.example.com/callback'],
    grant_types: [clientType === 'service' ? 'client_credentials' : 'authorization_code'],
    jwks: { keys: [{ kty: 'RSA', kid: planted('jwks-id'), n: planted('jwks'), e: 'AQAB' }] },
  };
}

export function appUserBody(
  org: SimulatedOrg,
  app: SimulatedApp,
  entry: SimulatedAppUser,
  base: string,
): JsonObject {
  const { user } = entry;
  const self = `${base}/api/v1/apps/${app.id}/users/${user.id}`;
  const isSynchronised = entry.status === 'PROVISIONED';
  return {
    id: user.id,
    externalId: isSynchronised ? `ext-${user.number}` : null,
    created: stamp(entry.createdAt),
    lastUpdated: stamp(entry.lastUpdatedAt),
    statusChanged: user.number % 4 === 0 ? null : stamp(entry.lastUpdatedAt),
    passwordChanged: null,
    scope: entry.scope,
    status: entry.status,
    syncState: isSynchronised ? 'SYNCHRONIZED' : 'DISABLED',
    lastSync: null,
    credentials: appUserCredentials(org, entry),
    profile: appUserProfile(app, entry),
    _links: {
      app: { href: `${base}/api/v1/apps/${app.id}` },
      user: { href: `${base}/api/v1/users/${user.id}` },
      ...(entry.scope === 'GROUP'
        ? { group: { href: `${base}/api/v1/groups/${app.groups[0]?.group.id ?? ''}`, name: 'a group' } }
        : { self: { href: self } }),
    },
    ...(user.number % 7 === 0 ? { _embedded: { user: { note: planted('app-user-embedded') } } } : {}),
  };
}

/** Null, empty or whole, as Okta gives them. */
function appUserCredentials(org: SimulatedOrg, { user }: SimulatedAppUser): JsonObject | null {
  if (user.number % 5 === 0) return null;
  if (user.number % 5 === 1) return {};
  return { userName: org.profile(user)['login'], password: { value: planted('app-user-password') } };
}

function appUserProfile(app: SimulatedApp, entry: SimulatedAppUser): JsonObject | null {
  if (app.kind.isAws) return awsRoles(entry);
  if (entry.user.number % 6 === 0) return null;
  if (entry.user.number % 6 === 1) return {};
  return {
    secondEmail: planted('app-user-mail'),
    mobilePhone: planted('app-user-phone'),
    initialStatus: 'active',
  };
}

export function appGroupBody(app: SimulatedApp, entry: SimulatedAppGroup, base: string): JsonObject {
  const self = `${base}/api/v1/apps/${app.id}/groups/${entry.group.id}`;
  const isBare = !app.kind.isAws && entry.number % 2 === 1;
  return {
    id: entry.group.id,
    lastUpdated: stamp(entry.lastUpdatedAt),
    priority: entry.priority,
    profile: isBare ? null : { ...awsRoles(entry), note: planted('app-group-note') },
    _links: {
      app: { href: `${base}/api/v1/apps/${app.id}` },
      self: { href: self },
      group: { href: `${base}/api/v1/groups/${entry.group.id}` },
    },
  };
}

function awsRoles({ role, samlRoles }: AwsProfile): Record<string, Json> {
  return {
    ...(role === undefined ? {} : { role }),
    ...(samlRoles === undefined ? {} : { samlRoles }),
  };
}

function stamp(instant: number): string {
  return new Date(instant).toISOString();
}
