import type { Json, JsonObject } from '../json.ts';
import type { Instant, SimulatedUser } from '../org/org-model.ts';
import type { SimulatedOrg } from '../org/org.ts';
import { makeId } from '../org/random.ts';

/** As in a list: only `_links.self`. */
export function userBody(org: SimulatedOrg, user: SimulatedUser, base: string): JsonObject {
  const profile = org.profile(user);
  return {
    id: user.id,
    status: user.status,
    created: stamp(user.createdAt),
    activated: stamp(user.activatedAt),
    statusChanged: stamp(user.statusChangedAt),
    lastLogin: stamp(user.lastLoginAt),
    lastUpdated: stamp(user.lastUpdatedAt),
    passwordChanged: stamp(user.passwordChangedAt),
    type: { id: userTypeId(org) },
    profile,
    credentials: credentials(user, profile['email']),
    _links: { self: { href: `${base}/api/v1/users/${user.id}` } },
  };
}

/** As when asked for alone: with links to what may be done. */
export function singleUserBody(org: SimulatedOrg, user: SimulatedUser, base: string): JsonObject {
  const self = `${base}/api/v1/users/${user.id}`;
  const links = ['suspend', 'deactivate', 'resetPassword'].map((action): [string, Json] => [
    action,
    { href: `${self}/lifecycle/${action}`, method: 'POST' },
  ]);
  return { ...userBody(org, user, base), _links: { ...Object.fromEntries(links), self: { href: self } } };
}

export function userTypeId(org: SimulatedOrg): string {
  return makeId('oty', org.seed, 0);
}

function stamp(instant: Instant): string | null | undefined {
  return typeof instant === 'number' ? new Date(instant).toISOString() : instant;
}

function credentials(user: SimulatedUser, email: Json): JsonObject {
  const hasPassword = user.status !== 'DEPROVISIONED' && user.provider === 'OKTA';
  const provider = { type: user.provider, name: user.provider === 'OKTA' ? 'OKTA' : 'corp.example.net' };
  return {
    password: hasPassword ? {} : undefined,
    emails:
      typeof email === 'string' && email !== ''
        ? [{ value: email, status: 'VERIFIED', type: 'PRIMARY' }]
        : [],
    recovery_question:
      hasPassword && user.number % 2 === 0
        ? { question: 'What is the food you least liked as a child?' }
        : undefined,
    provider,
  };
}
