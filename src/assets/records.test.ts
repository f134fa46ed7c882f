import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAppGroup } from './app-groups/record.ts';
import { readAppUser } from './app-users/record.ts';
import { readApp } from './apps/record.ts';
import { readDeviceUsers, readListedDevice } from './devices/record.ts';
import { idOf } from './fields.ts';
import { readGroup } from './groups/record.ts';
import { readOrg } from './org/record.ts';
import { readCustomRole, readPermissions } from './roles/record.ts';
import { readRule } from './rules/record.ts';

const READERS = {
  app: readApp,
  'app user': readAppUser,
  'app group': readAppGroup,
  group: readGroup,
  rule: readRule,
  device: readListedDevice,
  org: readOrg,
  role: readCustomRole,
};
const stamps = { created: '2026-01-01T00:00:00.000Z', lastUpdated: '2026-02-01T00:00:00.000Z' };

const AWS_APP = {
  id: '0oaAWS1',
  name: 'amazon_aws',
  label: 'AWS production',
  status: 'ACTIVE',
  ...stamps,
  signOnMode: 'SAML_2_0',
  features: ['PUSH_NEW_USERS'],
  orn: 'orn:okta:idp:00o1:apps:amazon_aws:0oaAWS1',
  accessibility: { selfService: false, errorRedirectUrl: 'SECRET' },
  visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: true }, appLinks: { login: true } },
  settings: {
    implicitAssignment: true,
    notes: { admin: 'SECRET', enduser: 'SECRET' },
    oauthClient: {
      application_type: 'web',
      jwks: { keys: [{ kid: 'SECRET' }] },
      initiate_login_uri: 'SECRET',
    },
    signOn: { ssoAcsUrl: 'SECRET' },
    app: {
      awsEnvironmentType: 'aws.amazon',
      identityProviderArn: 'arn:aws:iam::123456789012:saml-provider/okta',
      joinAllRoles: false,
      sessionDuration: 3600,
      secretKey: 'SECRET',
      baseUrl: { nested: 'SECRET' },
      accessKey: 'SECRET',
    },
  },
  credentials: {
    signing: { kid: 'SECRET' },
    oauthClient: { client_id: 'SECRET', client_secret: 'SECRET' },
    userName: 'SECRET',
    password: { value: 'SECRET' },
  },
  profile: { own: 'SECRET' },
  _embedded: { user: { id: 'SECRET' } },
  _links: {
    appLinks: [
      { name: 'login', href: 'https://acme.okta.com/home/amazon_aws/0oaAWS1/272', type: 'text/html' },
    ],
    accessPolicy: { href: 'https://acme.okta.com/api/v1/policies/rst1' },
    logo: [{ href: 'SECRET' }],
  },
};

test('assets: an application has its white-listed fields, with a few named settings', () => {
  expect(readApp(AWS_APP)).toEqual({
    id: '0oaAWS1',
    name: 'amazon_aws',
    label: 'AWS production',
    status: 'ACTIVE',
    ...stamps,
    signOnMode: 'SAML_2_0',
    features: ['PUSH_NEW_USERS'],
    orn: AWS_APP.orn,
    isHidden: true,
    isSelfService: false,
    isImplicit: true,
    clientType: 'web',
    loginUrl: 'https://acme.okta.com/home/amazon_aws/0oaAWS1/272',
    accessPolicyId: 'rst1',
    settings: {
      awsEnvironmentType: 'aws.amazon',
      identityProviderArn: 'arn:aws:iam::123456789012:saml-provider/okta',
      joinAllRoles: false,
      sessionDuration: 3600,
    },
  });
});

const APP_USER = {
  id: '00u1',
  scope: 'GROUP',
  status: 'PROVISIONED',
  ...stamps,
  statusChanged: stamps.created,
  syncState: 'SYNCHRONIZED',
  externalId: 'ext-1',
  credentials: { userName: 'ana@example.com', password: { value: 'SECRET' } },
  profile: { role: 'Reader', samlRoles: ['Admin', 7, 'Auditor', ''], phone: 'SECRET', ssn: 'SECRET' },
  passwordChanged: 'SECRET',
  _links: { user: { href: 'SECRET' } },
  _embedded: { user: { profile: { login: 'SECRET' } } },
};
const APP_GROUP = {
  id: '00g1',
  lastUpdated: stamps.lastUpdated,
  priority: 0,
  profile: { role: 'Admin', samlRoles: null, secret: 'SECRET' },
  _embedded: { group: 'SECRET' },
};

test('assets: an assignment has its roles, and counts what is no text among them', () => {
  expect(readAppUser(APP_USER)).toEqual({
    id: '00u1',
    scope: 'GROUP',
    status: 'PROVISIONED',
    ...stamps,
    statusChanged: stamps.created,
    syncState: 'SYNCHRONIZED',
    externalId: 'ext-1',
    userName: 'ana@example.com',
    role: 'Reader',
    samlRoles: ['Admin', 'Auditor'],
    unreadableRoles: 2,
  });
  expect(readAppGroup(APP_GROUP)).toEqual({
    id: '00g1',
    lastUpdated: stamps.lastUpdated,
    priority: 0,
    role: 'Admin',
  });
});

test.each([
  ['null', { id: '00u1', credentials: null, profile: null }],
  ['empty', { id: '00u1', credentials: {}, profile: {} }],
  ['of another type', { id: '00u1', credentials: 'SECRET', profile: ['SECRET'], status: 7, scope: {} }],
])('assets: credentials and a profile that are %s leave their fields out', (_, entry) => {
  expect(readAppUser(entry)).toEqual({ id: '00u1' });
});

const GROUP = {
  id: '00g1',
  ...stamps,
  lastMembershipUpdated: stamps.lastUpdated,
  objectClass: ['okta:windows_security_principal', 'other'],
  type: 'APP_GROUP',
  source: { id: '0oaAD' },
  profile: {
    name: 'Finance',
    samAccountName: 'Finance',
    dn: 'CN=Finance,DC=acme',
    objectSid: 'S-1-5-21',
    windowsDomainQualifiedName: 'ACME\\Finance',
    managedBy: 'SECRET',
  },
  _embedded: { stats: { usersCount: 7, appsCount: 2, note: 'SECRET' }, app: { name: 'SECRET' } },
  _links: { logo: [{ href: 'SECRET' }] },
};
const RULE = {
  id: '0pr1',
  type: 'group_rule',
  name: 'Engineers',
  status: 'INVALID',
  ...stamps,
  allGroupsValid: false,
  conditions: {
    expression: { value: 'user.department=="R&D"', type: 'SECRET' },
    people: { users: { exclude: ['00u9'], include: ['SECRET'] }, groups: { exclude: [] } },
  },
  actions: { assignUserToGroups: { groupIds: ['00g1', '00gGone'] }, other: 'SECRET' },
  _embedded: { groupIdToGroupNameMap: { '00g1': 'SECRET' } },
};
const DEVICE = {
  id: 'guo1',
  status: 'ACTIVE',
  ...stamps,
  resourceType: 'UDDevice',
  resourceDisplayName: { value: 'SECRET', sensitive: true },
  profile: {
    displayName: "Ana's Mac",
    platform: 'MACOS',
    manufacturer: 'Apple Inc.',
    model: 'MacBookPro18,1',
    osVersion: '15.1',
    serialNumber: 'C02X',
    udid: 'UD-1',
    sid: null,
    registered: true,
    managed: 'yes',
    secureHardwarePresent: true,
    diskEncryptionType: 'ALL_INTERNAL_VOLUMES',
    tpmPublicKeyHash: 'SECRET',
  },
  _embedded: {
    users: [
      {
        created: stamps.created,
        managementStatus: 'NOT_MANAGED',
        screenLockType: 'BIOMETRIC',
        user: { id: '00u1', profile: { mobilePhone: 'SECRET' }, realmId: 'SECRET' },
      },
    ],
  },
};

test('assets: a group, a rule and a device have theirs', () => {
  expect(readGroup(GROUP)).toEqual({
    id: '00g1',
    ...stamps,
    lastMembershipUpdated: stamps.lastUpdated,
    objectClass: 'okta:windows_security_principal',
    sourceAppId: '0oaAD',
    appsCount: 2,
    samAccountName: 'Finance',
    dn: 'CN=Finance,DC=acme',
    objectSid: 'S-1-5-21',
    windowsDomainQualifiedName: 'ACME\\Finance',
  });
  expect(readRule(RULE)).toEqual({
    id: '0pr1',
    name: 'Engineers',
    status: 'INVALID',
    ...stamps,
    expression: 'user.department=="R&D"',
    excludedUsers: ['00u9'],
    excludedGroups: [],
    groupIds: ['00g1', '00gGone'],
    areGroupsValid: false,
  });
  expect(readListedDevice(DEVICE)).toEqual({
    device: {
      id: 'guo1',
      status: 'ACTIVE',
      ...stamps,
      resourceType: 'UDDevice',
      displayName: "Ana's Mac",
      platform: 'MACOS',
      manufacturer: 'Apple Inc.',
      model: 'MacBookPro18,1',
      osVersion: '15.1',
      serialNumber: 'C02X',
      udid: 'UD-1',
      registered: true,
      secureHardwarePresent: true,
      diskEncryptionType: 'ALL_INTERNAL_VOLUMES',
    },
    users: [
      { id: '00u1', created: stamps.created, managementStatus: 'NOT_MANAGED', screenLockType: 'BIOMETRIC' },
    ],
  });
});

describe('assets: unknown is not none', () => {
  test.each([
    ['no users', { id: 'guo1' }],
    ['a user without an id', { id: 'guo1', _embedded: { users: [{ user: { id: '00u1' } }, { user: {} }] } }],
  ])('a device with %s has unknown users', (_, entry) => {
    expect(readListedDevice(entry)?.users).toBeUndefined();
  });

  test('the same list alone is unreadable', () => {
    expect(readDeviceUsers([{ user: {} }])).toBeUndefined();
    expect(readDeviceUsers([])).toEqual([]);
  });

  test('a rule whose groups make no sense is unreadable; one without actions fills none', () => {
    expect(readRule({ ...RULE, actions: { assignUserToGroups: { groupIds: '00g1' } } })).toBeUndefined();
    expect(readRule({ id: '0pr1', actions: null })?.groupIds).toEqual([]);
  });

  test('a permission without a name makes the permissions of a role unknown', () => {
    expect(readPermissions({ permissions: [{ label: 'okta.users.read' }, {}] })).toBeUndefined();
    expect(readPermissions({ permissions: [{ label: 'okta.users.read', conditions: 'SECRET' }] })).toEqual([
      'okta.users.read',
    ]);
  });
});

const ORG = { id: '00o1', companyName: 'Acme', subdomain: 'acme', phoneNumber: 'SECRET', address1: 'SECRET' };
const ROLE = { id: 'cr01', label: 'Help', description: 'EU', ...stamps, _links: { permissions: 'SECRET' } };

test('assets: nothing planted in any other field comes into a record', () => {
  const records = [
    readApp(AWS_APP),
    readAppUser(APP_USER),
    readAppGroup(APP_GROUP),
    readGroup(GROUP),
    readRule(RULE),
    readListedDevice(DEVICE),
    readOrg(ORG),
    readCustomRole(ROLE),
  ];

  expect(records).not.toContain(undefined);
  expect(JSON.stringify(records)).not.toContain('SECRET');
});

test.each(Object.entries(READERS))(
  'assets: an entry of another kind is no %s, and an id is enough',
  (_, read) => {
    for (const entry of [undefined, null, 7, 'text', [], {}, { id: '' }, { id: 7 }])
      expect(read(entry)).toBeUndefined();
    expect(read({ id: 'x1' })).toBeDefined();
    expect(idOf({ id: 'x1', groupIds: 7 })).toBe('x1');
  },
);

test('assets: whatever Okta writes into the fields of an entry with an id, it is read', () => {
  const odd = fc.dictionary(
    fc.constantFrom(
      'profile',
      'settings',
      'credentials',
      '_embedded',
      '_links',
      'status',
      'features',
      'source',
    ),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(odd, (fields) => {
      for (const read of Object.values(READERS)) expect(read({ ...fields, id: 'x1' })).toBeDefined();
    }),
  );
});
