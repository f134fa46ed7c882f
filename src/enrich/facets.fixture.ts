import type {
  Facet,
  Factor,
  GapReason,
  Group,
  GroupFacets,
  HeldRoles,
  Known,
  NotAsked,
  Role,
  Unknown,
  User,
  UserFacets,
} from '../ports/org.ts';
import { LOOKUPS } from '../ports/org.ts';
import type { PostureRules } from './posture.ts';

/** Builders of what the inventory knows of a user, for tests: each test says only what matters to it. */

export const READ_AT = 1_790_000_000_000;

export const notAsked: NotAsked = { kind: 'not-asked' };

export function known<T>(value: T, readAt = READ_AT): Known<T> {
  return { kind: 'known', value, readAt };
}

export function unknown(reason: GapReason = 'refused'): Unknown {
  return { kind: 'unknown', reason };
}

export function aUser(changes: Partial<User> = {}): User {
  return {
    id: '00uAAA1',
    status: 'ACTIVE',
    created: '2024-03-01T09:00:00.000Z',
    lastLogin: '2026-08-01T07:12:33.000Z',
    lastUpdated: '2026-07-30T10:00:00.000Z',
    passwordChanged: '2026-02-02T08:00:00.000Z',
    login: 'ana.ruiz@example.com',
    email: 'ana.ruiz@example.com',
    firstName: 'Ana',
    lastName: 'Ruiz',
    displayName: 'Ana Ruiz',
    organization: 'Example Inc',
    department: 'R&D',
    ...changes,
  };
}

/** A user with what Okta cannot leave out and nothing else. */
export function aBareUser(changes: Partial<User> = {}): User {
  return aUser({
    status: undefined,
    lastLogin: undefined,
    lastUpdated: undefined,
    passwordChanged: undefined,
    email: undefined,
    firstName: undefined,
    lastName: undefined,
    displayName: undefined,
    organization: undefined,
    department: undefined,
    ...changes,
  });
}

export function aRole(changes: Partial<Role> = {}): Role {
  return { id: 'ra1', type: 'SUPER_ADMIN', label: 'Super Administrator', status: 'ACTIVE', ...changes };
}

export function aFactor(changes: Partial<Factor> = {}): Factor {
  return { id: 'opf1', type: 'push', provider: 'OKTA', status: 'ACTIVE', ...changes };
}

export function aGroup(changes: Partial<Group> = {}, roles: Facet<readonly Role[]> = known([])): GroupFacets {
  const group = { id: '00gAAA1', name: 'Everyone', description: undefined, type: 'BUILT_IN', ...changes };
  return { group, roles };
}

export function held(roles: readonly Role[], includesGroups = false): Known<HeldRoles> {
  return known({ roles, includesGroups });
}

/** A user of whom everything is known: no group, no factor, no role. */
export function someFacets(changes: Partial<UserFacets> = {}): UserFacets {
  return {
    user: aUser(),
    readAt: READ_AT,
    groups: known([]),
    factors: known([]),
    roles: held([]),
    ...changes,
  };
}

export const POSTURE_RULES: PostureRules = {
  mfaRule: 'active',
  adminRule: 'any-role',
  lookups: new Set(LOOKUPS),
  readsUserType: true,
};
