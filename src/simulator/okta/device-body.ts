import type { Ask } from './endpoint.ts';
import type { JsonObject } from '../json.ts';
import type { DevicePlatform, SimulatedDevice } from '../org/assets/asset-model.ts';
import { planted } from '../org/assets/planted.ts';

const OF_PLATFORM: Readonly<Record<DevicePlatform, JsonObject>> = {
  WINDOWS: {
    manufacturer: 'Dell Inc.',
    model: 'Latitude 7440',
    osVersion: '10.0.22631',
    secureHardwarePresent: true,
  },
  MACOS: {
    manufacturer: 'Apple',
    model: 'Mac15,3',
    osVersion: '15.5.0',
    diskEncryptionType: 'ALL_INTERNAL_VOLUMES',
  },
  IOS: { manufacturer: 'APPLE', model: 'iPhone15,2', osVersion: '18.5', integrityJailbreak: false },
  ANDROID: { manufacturer: 'samsung', model: 'SM-S911B', osVersion: '15', integrityJailbreak: true },
};

export function deviceBody(device: SimulatedDevice, base: string): JsonObject {
  const self = `${base}/api/v1/devices/${device.id}`;
  return {
    id: device.id,
    status: device.status,
    created: new Date(device.createdAt).toISOString(),
    lastUpdated: new Date(device.lastUpdatedAt).toISOString(),
    profile: profileOf(device),
    resourceType: 'UDDevice',
    resourceDisplayName: { value: device.name, sensitive: false },
    resourceAlternateId: null,
    resourceId: device.id,
    _links: {
      self: { href: self, hints: { allow: ['GET', 'PATCH', 'PUT'] } },
      users: { href: `${self}/users`, hints: { allow: ['GET'] } },
    },
  };
}

function profileOf({ number, name, platform, managed }: SimulatedDevice): JsonObject {
  const isPhone = platform === 'IOS' || platform === 'ANDROID';
  return {
    displayName: name,
    platform,
    ...OF_PLATFORM[platform],
    registered: number % 9 !== 4,
    ...(managed === undefined ? {} : { managed }),
    serialNumber: number % 4 === 3 ? null : `SN-${100_000 + number}`,
    ...(isPhone
      ? { imei: `35${String(1_000_000_000_000 + number)}`, meid: `A00000${100_000 + number}` }
      : {}),
    ...(platform === 'WINDOWS' ? { sid: `S-1-5-21-3992267483-1860856704-2413701314-${number}` } : {}),
    ...(platform === 'MACOS' ? { udid: `36A56558-1793-5B3A-8362-${String(100_000_000_000 + number)}` } : {}),
    tpmPublicKeyHash: planted('device-key'),
    phoneNumber: planted('device-phone'),
  };
}

/** As `userSummary` shows them: the whole profile, of which we need the id alone. */
export function deviceUsersBody(
  { org, base }: Ask,
  { users }: SimulatedDevice,
): { readonly users: readonly JsonObject[] } {
  const present = users.flatMap((each) => {
    const user = org.user(each.userId);
    return user === undefined ? [] : [{ each, user }];
  });
  return {
    users: present.map(({ each, user }) => ({
      created: new Date(each.createdAt).toISOString(),
      managementStatus: each.managementStatus,
      screenLockType: each.screenLockType,
      user: {
        id: user.id,
        profile: { login: org.profile(user)['login'], mobilePhone: planted('device-user-phone') },
        _links: { self: { href: `${base}/api/v1/users/${user.id}` } },
      },
    })),
  };
}
