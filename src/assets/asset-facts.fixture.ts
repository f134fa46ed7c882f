import { READ_AT, known } from '../enrich/facets.fixture.ts';
import type { DeviceFacts, DeviceUser, FactsOfKind } from '../ports/asset-facts.ts';

/** Builders of what the inventory knows of assets beside users, for tests: each test says only what matters to it. */

const STAMPS = { created: '2024-05-01T08:00:00.000Z', lastUpdated: '2026-08-20T10:00:00.000Z' } as const;
const SHARED = { org: { id: '00oAAA1', name: 'Example Inc' }, readAt: READ_AT } as const;

export function aDeviceUser(changes: Partial<DeviceUser> = {}): DeviceUser {
  return {
    id: '00uAAA1',
    login: 'ana.ruiz@example.com',
    created: STAMPS.created,
    managementStatus: 'MANAGED',
    screenLockType: 'BIOMETRIC',
    ...changes,
  };
}

export function aDevice(
  changes: Partial<DeviceFacts['device']> = {},
  facts: Partial<DeviceFacts> = {},
): DeviceFacts {
  return {
    device: {
      id: 'guoAAA1',
      status: 'ACTIVE',
      ...STAMPS,
      resourceType: 'UDDevice',
      displayName: 'LAPTOP-1',
      platform: 'WINDOWS',
      manufacturer: 'Dell',
      model: 'Latitude 5540',
      osVersion: '10.0.22621',
      serialNumber: 'ABC123',
      imei: '356938035643809',
      meid: '35693803564380',
      udid: '00008120-0015E40A2E59801E',
      sid: 'S-1-5-21-1',
      registered: true,
      managed: true,
      secureHardwarePresent: true,
      integrityJailbreak: false,
      diskEncryptionType: 'FULL',
      ...changes,
    },
    users: known([aDeviceUser()]),
    ...SHARED,
    ...facts,
  };
}

/** One of each kind, with everything that Okta can say. */
export const ONE_OF_EACH: FactsOfKind = {
  devices: aDevice(),
  groups: {
    group: { id: '00gAAA1', name: 'Staff', description: 'All staff', type: 'APP_GROUP' },
    record: {
      id: '00gAAA1',
      ...STAMPS,
      lastMembershipUpdated: STAMPS.lastUpdated,
      objectClass: 'okta:windows_security_principal',
      sourceAppId: '0oaAAA1',
      appsCount: 1,
      samAccountName: 'staff',
      dn: 'CN=staff',
      objectSid: 'S-1-5-21-2',
      windowsDomainQualifiedName: 'EXAMPLE\\staff',
    },
    members: 7,
    roles: known([
      { id: 'gra1', type: 'USER_ADMIN', label: 'Group Administrator', status: 'ACTIVE' },
      { id: 'gra2', type: 'CUSTOM', label: 'Helpers', status: 'ACTIVE' },
    ]),
    apps: known([{ id: '0oaAAA2', name: 'Payroll' }]),
    ...SHARED,
  },
  apps: {
    app: {
      id: '0oaAAA2',
      name: 'amazon_aws',
      label: 'Payroll',
      status: 'ACTIVE',
      ...STAMPS,
      signOnMode: 'SAML_2_0',
      features: ['PUSH_NEW_USERS'],
      orn: 'orn:okta:app:1',
      isHidden: false,
      isSelfService: false,
      isImplicit: false,
      clientType: 'web',
      loginUrl: 'https://example.okta.com/home/1',
      accessPolicyId: 'rstAAA1',
      settings: { awsEnvironmentType: 'aws.amazon', sessionDuration: 3600, joinAllRoles: true },
    },
    users: 400,
    groups: known(2),
    ...SHARED,
  },
  rules: {
    rule: {
      id: '0prAAA1',
      name: 'Staff by department',
      status: 'ACTIVE',
      ...STAMPS,
      expression: 'user.department=="R&D"',
      excludedUsers: ['00uAAA1'],
      excludedGroups: ['00gAAA2'],
      groupIds: ['00gAAA1', '00gGONE'],
      areGroupsValid: true,
    },
    groups: [{ id: '00gGONE' }, { id: '00gAAA1', name: 'Staff' }],
    ...SHARED,
  },
  roles: {
    role: {
      id: 'cr0AAA1',
      label: 'Helpers',
      description: 'Help',
      ...STAMPS,
      permissions: ['okta.users.read'],
    },
    ...SHARED,
  },
  org: {
    record: {
      id: '00oAAA1',
      companyName: 'Example Inc',
      subdomain: 'example',
      status: 'ACTIVE',
      website: 'https://example.com',
      ...STAMPS,
      supportStatus: 'DISABLED',
      supportExpiresAt: STAMPS.created,
    },
    host: 'example.okta.com',
    ...SHARED,
  },
};
