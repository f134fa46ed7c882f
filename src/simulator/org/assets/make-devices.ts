import type { OrgPeople, SimulatedUser } from '../org-model.ts';
import { createRandom, itemAt, makeId, mix } from '../random.ts';
import type { Random } from '../random.ts';
import type { SimulatedDeviceUser, SimulatedDevice } from './asset-model.ts';

const DAY = 86_400_000;
const PLATFORMS = ['WINDOWS', 'MACOS', 'IOS', 'ANDROID'] as const;
const USERS = [1, 1, 0, 2, 1, 3, 1, 1] as const;
const STATUSES = ['ACTIVE', 'ACTIVE', 'ACTIVE', 'SUSPENDED', 'ACTIVE', 'DEACTIVATED', 'CREATED'] as const;

export function makeDevices(org: OrgPeople, count: number, asOf: number): SimulatedDevice[] {
  return Array.from({ length: count }, (_, number) => {
    const random = createRandom(mix(mix(org.seed, 47), number));
    const createdAt = asOf - (10 + random.below(700)) * DAY;
    return {
      ...deviceFacts(org.seed, number),
      status: itemAt(STATUSES, number),
      createdAt,
      lastUpdatedAt: createdAt + random.below(10 * DAY),
      users: drawUsers(random, org.users, itemAt(USERS, number)).map((user) =>
        makeDeviceUser(user.id, random, createdAt),
      ),
    };
  });
}

export function deviceFacts(
  seed: number,
  number: number,
): Pick<SimulatedDevice, 'id' | 'number' | 'name' | 'platform' | 'managed'> {
  const platform = itemAt(PLATFORMS, mix(seed, number));
  return {
    id: makeId('guo', seed, number),
    number,
    name: number % 11 === 10 ? `Émile’s "phone" ${number}` : `${platform.toLowerCase()}-${number}`,
    platform,
    // Okta says so of some devices only.
    managed: itemAt([1, 0, 2], number) === 2 ? undefined : number % 3 === 0,
  };
}

export function makeDeviceUser(userId: string, random: Random, createdAt: number): SimulatedDeviceUser {
  return {
    userId,
    createdAt,
    managementStatus: random.chance(0.4) ? 'MANAGED' : 'NOT_MANAGED',
    screenLockType: random.pick(['NONE', 'PASSCODE', 'BIOMETRIC']),
  };
}

function drawUsers(random: Random, users: readonly SimulatedUser[], count: number): SimulatedUser[] {
  if (users.length === 0) return [];
  return [...new Set(Array.from({ length: count }, () => random.pick(users)))];
}
