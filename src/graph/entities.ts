import type { GraphSource, ViewRow } from '../ports/graph.ts';
import { awsAccountOf } from './aws-roles.ts';
import { awsAssignments } from './aws-assignments.ts';
import { count, flag, instant, key, member, text, texts } from './cells.ts';
import { known, type Entity, type Part, type Properties } from './model.ts';
import { namedRoles } from './roles.ts';
import { adminHostOf, adminLink } from './web-links.ts';

/** A host name as JupiterOne's model wants it. */
const HOST_NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$/u;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;

export function accountKey(host: string): string {
  return `okta_account_${host}`;
}

export function serviceKeys(accountName: string): Readonly<Record<'SSO' | 'MFA', string>> {
  return { SSO: `okta:sso:${accountName}`, MFA: `okta:mfa:${accountName}` };
}

/** Of the host, which stays: the name of the company may change, and is not always known. */
export function accountNameOf({ facts: { host } }: Pick<GraphSource, 'facts'>): string {
  return adminHostOf(host) === undefined ? host : (host.split('.')[0] ?? host);
}

function groupType(row: ViewRow): 'okta_app_user_group' | 'okta_user_group' {
  return row['type'] === 'APP_GROUP' ? 'okta_app_user_group' : 'okta_user_group';
}

/** Everything in the org, type by type in the order of their names. */
export function entityParts(source: GraphSource): readonly Part<Entity>[] {
  const admin = adminHostOf(source.facts.host);
  const part = (
    type: string,
    view: string,
    order: readonly string[],
    make: (row: ViewRow) => Omit<Entity, '_type'> | undefined,
  ): Part<Entity> => ({
    type,
    *all() {
      let last: string | undefined;
      for (const row of source.rows(view, order)) {
        const entity = make(row);
        // Two users may share one factor.
        if (entity === undefined || entity._key === last) continue;
        last = entity._key;
        yield { _type: type, ...entity };
      }
    },
  });
  const groups = (type: ReturnType<typeof groupType>): Part<Entity> =>
    part(type, 'groups', ['id'], (row) =>
      groupType(row) === type ? entity('UserGroup', key(row, 'id'), groupProperties(row, admin)) : undefined,
    );
  return [
    { type: 'aws_iam_role', all: () => awsRolesOf(source) },
    part('mfa_device', 'factors', ['id', 'user_id'], (row) =>
      entity(['Key', 'AccessKey'], key(row, 'id'), factorProperties(row)),
    ),
    { type: 'okta_account', all: () => [accountOf(source)] },
    groups('okta_app_user_group'),
    part('okta_application', 'apps', ['id'], (row) =>
      entity('Application', key(row, 'id'), appProperties(row, admin)),
    ),
    part('okta_device', 'devices', ['id'], (row) => entity('Device', key(row, 'id'), deviceProperties(row))),
    { type: 'okta_role', all: () => rolesOf(source) },
    part('okta_rule', 'rules', ['id'], (row) => entity('Configuration', key(row, 'id'), ruleProperties(row))),
    { type: 'okta_service', all: () => servicesOf(source) },
    part('okta_user', 'users', ['id'], (row) => entity('User', key(row, 'id'), userProperties(row, admin))),
    groups('okta_user_group'),
    part('person', 'people', ['key'], (row) => entity('Person', key(row, 'key'), personProperties(row))),
  ];
}

function entity(
  classes: string | readonly string[],
  _key: string,
  properties: Readonly<Record<string, Properties[string] | undefined>>,
): Omit<Entity, '_type'> {
  return { _class: typeof classes === 'string' ? [classes] : classes, _key, properties: known(properties) };
}

function named(name: string): { readonly name: string; readonly displayName: string } {
  return { name, displayName: name };
}

function accountOf(source: GraphSource): Entity {
  const { host } = source.facts;
  const name = accountNameOf(source);
  const row = [...source.rows('org', ['host'])][0] ?? {};
  const support = text(row, 'support_status');
  return {
    _type: 'okta_account',
    ...entity('Account', accountKey(host), {
      name,
      displayName: text(row, 'name') ?? name,
      webLink: `https://${host}`,
      createdOn: instant(row, 'created'),
      accountId: host,
      vendor: 'Okta',
      supportEnabled: support === undefined ? undefined : support === 'ENABLED',
      supportExpiresOn: instant(row, 'support_expires'),
      // Of the formats that have no header.
      selection: source.facts.asked?.selection,
    }),
  };
}

function servicesOf(source: GraphSource): readonly Entity[] {
  const keys = serviceKeys(accountNameOf(source));
  return (['MFA', 'SSO'] as const).map((name) => ({
    _type: 'okta_service',
    ...entity(['Service', 'Control'], keys[name], {
      ...named(name),
      category: ['security'],
      function: [name],
      controlDomain: 'identity-access',
    }),
  }));
}

function groupProperties(row: ViewRow, admin: string | undefined) {
  const id = key(row, 'id');
  return {
    ...named(text(row, 'name') ?? id),
    webLink: adminLink(admin, `group/${id}`),
    createdOn: instant(row, 'created'),
    updatedOn: instant(row, 'last_updated'),
    type: text(row, 'type'),
    description: text(row, 'description'),
    objectClass: text(row, 'object_class'),
    objectSid: text(row, 'object_sid'),
    samAccountName: text(row, 'sam_account_name'),
    lastMembershipUpdatedOn: instant(row, 'last_membership_updated'),
    usersCount: count(row, 'members'),
    hasRoles: flag(row, 'has_roles'),
    sourceApplicationId: text(row, 'source_app_id'),
  };
}

function appProperties(row: ViewRow, admin: string | undefined) {
  const [id, name] = [key(row, 'id'), text(row, 'name')];
  const label = text(row, 'label') ?? name ?? id;
  const status = text(row, 'status');
  const mode = text(row, 'sign_on_mode');
  const arn = member(row, 'settings', 'identityProviderArn');
  return {
    name: label,
    displayName: label,
    webLink: name === undefined ? undefined : adminLink(admin, `app/${name}/instance/${id}`),
    createdOn: instant(row, 'created'),
    updatedOn: instant(row, 'last_updated'),
    shortName: name,
    label: text(row, 'label'),
    status,
    active: status === undefined ? undefined : status === 'ACTIVE',
    signOnMode: mode,
    isSAMLApp: mode === undefined ? undefined : mode.startsWith('SAML'),
    features: texts(row, 'features'),
    clientType: text(row, 'client_type'),
    awsAccountId: awsAccountOf(member(row, 'settings', 'awsEnvironmentType'), arn),
    awsIdentityProviderArn: arn,
    githubOrg: member(row, 'settings', 'githubOrg'),
    appDomain: member(row, 'settings', 'domain') ?? member(row, 'settings', 'subDomain'),
    loginUrl: text(row, 'login_url'),
    _stub: row['read_at'] === null ? true : undefined,
  };
}

function ruleProperties(row: ViewRow) {
  const [id, status] = [key(row, 'id'), text(row, 'status')];
  return {
    ...named(text(row, 'name') ?? id),
    createdOn: instant(row, 'created'),
    updatedOn: instant(row, 'last_updated'),
    ruleType: 'group_rule',
    status,
    active: status === undefined ? undefined : status === 'ACTIVE',
    conditions: text(row, 'expression'),
    actions: text(row, 'groups'),
    excludedUsers: texts(row, 'excluded_users'),
    excludedGroups: texts(row, 'excluded_groups'),
  };
}

function factorProperties(row: ViewRow) {
  const [type, provider, status] = [text(row, 'type'), text(row, 'provider'), text(row, 'status')];
  const name = [provider, type].filter((each) => each !== undefined).join(' ');
  return {
    ...named(name === '' ? key(row, 'id') : name),
    createdOn: instant(row, 'created'),
    updatedOn: instant(row, 'last_updated'),
    factorType: type,
    provider,
    vendorName: text(row, 'vendor_name'),
    status,
    active: flag(row, 'is_usable'),
    deviceType: text(row, 'device_type'),
    platform: text(row, 'platform'),
    lastVerifiedOn: instant(row, 'last_verified'),
  };
}

function userProperties(row: ViewRow, admin: string | undefined) {
  const id = key(row, 'id');
  const [login, email, status] = [text(row, 'login'), text(row, 'email'), text(row, 'status')];
  const whole = [text(row, 'first_name'), text(row, 'last_name')]
    .filter((each) => each !== undefined)
    .join(' ');
  const name = text(row, 'display_name') ?? (whole === '' ? (login ?? id) : whole);
  return {
    ...named(name),
    webLink: adminLink(admin, `user/profile/view/${id}`),
    createdOn: instant(row, 'created'),
    updatedOn: instant(row, 'last_updated'),
    activatedOn: instant(row, 'activated'),
    status,
    active: status === undefined ? undefined : status === 'ACTIVE',
    username: login === undefined ? null : [login],
    // A hash stands for an address that is redacted.
    email: email === undefined ? null : [email].filter((each) => EMAIL.test(each)),
    shortLoginId: login === undefined ? null : [login.split('@')[0] ?? login],
    firstName: text(row, 'first_name') ?? null,
    lastName: text(row, 'last_name') ?? null,
    isAdmin: flag(row, 'is_admin'),
    hasRoles: flag(row, 'has_roles'),
    isMfaEnabled: flag(row, 'has_mfa'),
    isPerson: flag(row, 'is_person'),
    mfaType: texts(row, 'factor_types')?.join(','),
    usableFactors: count(row, 'usable_factors'),
    userType: text(row, 'user_type'),
    title: text(row, 'title'),
    department: text(row, 'department'),
    city: text(row, 'city'),
    state: text(row, 'state'),
    countryCode: text(row, 'country_code'),
    manager: text(row, 'manager'),
    managerId: text(row, 'manager_id'),
    lastLoginOn: instant(row, 'last_login'),
    passwordChangedOn: instant(row, 'password_changed'),
  };
}

function personProperties(row: ViewRow) {
  const name = text(row, 'name') ?? key(row, 'key');
  return {
    ...named(name),
    firstName: text(row, 'first_name') ?? '',
    lastName: text(row, 'last_name') ?? '',
    email: (texts(row, 'emails') ?? []).filter((each) => EMAIL.test(each)),
    title: text(row, 'title'),
    employeeId: text(row, 'employee_number'),
    manager: text(row, 'manager'),
    userIds: texts(row, 'users'),
  };
}

/** Roles of AWS that assignments name. They are not of this org: only their names are known. */
function awsRolesOf(source: GraphSource): readonly Entity[] {
  const roles = new Map<string, string>();
  // Assignments are many, and none of them is kept.
  for (const { role } of awsAssignments(source)) roles.set(role.key, role.name);
  return [...roles]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([_key, name]) => ({
      _type: 'aws_iam_role',
      ...entity('AccessRole', _key, { ...named(name), roleName: name, _stub: true }),
    }));
}

/** The admin roles that somebody holds, and the custom ones of the org. */
function rolesOf(source: GraphSource): readonly Entity[] {
  return [...namedRoles(source).values()]
    .toSorted((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ key: _key, type, label, permissions }) => ({
      _type: 'okta_role',
      ...entity('AccessRole', _key, {
        ...named(label ?? type),
        roleType: type,
        superAdmin: type === 'SUPER_ADMIN',
        permissions,
      }),
    }));
}

const OS_TYPES: Readonly<Record<string, string>> = {
  ANDROID: 'android',
  IOS: 'ios',
  MACOS: 'darwin',
  WINDOWS: 'windows',
};
const OS_NAMES: Readonly<Record<string, string>> = {
  ANDROID: 'Android',
  IOS: 'iOS',
  MACOS: 'macOS',
  WINDOWS: 'Windows',
};
const CATEGORIES: Readonly<Record<string, string>> = {
  ANDROID: 'mobile',
  IOS: 'mobile',
  MACOS: 'endpoint',
  WINDOWS: 'endpoint',
};

/** JupiterOne's model requires most of these; null says there of a device what is not known of it. */
function deviceProperties(row: ViewRow) {
  const id = key(row, 'id');
  const platform = text(row, 'platform') ?? '';
  const [name, version] = [text(row, 'name'), text(row, 'os_version')];
  const udid = text(row, 'udid');
  return {
    ...named(name ?? id),
    createdOn: instant(row, 'created'),
    updatedOn: instant(row, 'last_updated'),
    category: CATEGORIES[platform] ?? 'other',
    hostname: name !== undefined && HOST_NAME.test(name) ? name : null,
    fqdn: null,
    ipv4Addresses: null,
    ipv6Addresses: null,
    macAddresses: null,
    publicIpAddresses: null,
    privateIpAddresses: null,
    serial: text(row, 'serial_number') ?? null,
    deviceId: udid === undefined ? null : [udid],
    lastSeenOn: instant(row, 'last_updated') ?? null,
    make: text(row, 'manufacturer') ?? null,
    model: text(row, 'model') ?? null,
    osName: OS_NAMES[platform] ?? null,
    osType: OS_TYPES[platform] ?? (platform === '' ? null : 'other'),
    osDetails: version === undefined ? null : [OS_NAMES[platform] ?? platform, version].join(' ').trim(),
    osVersion: version ?? null,
    // The model's own `status` is about lending devices out, and has other words.
    oktaStatus: text(row, 'status'),
    platform: text(row, 'platform'),
    registered: flag(row, 'is_registered'),
    managed: flag(row, 'is_managed'),
    diskEncryptionType: text(row, 'disk_encryption'),
    secureHardwarePresent: flag(row, 'has_secure_hardware'),
  };
}
