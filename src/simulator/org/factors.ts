import { planted } from './assets/planted.ts';
import type { JsonObject } from '../json.ts';
import type { SimulatedFactorKind, SimulatedUser } from './org-model.ts';
import { hashText, makeId, mix } from './random.ts';

interface FactorShape {
  readonly prefix: string;
  readonly factorType: string;
  readonly provider: string;
  readonly status: string | undefined;
}

const SHAPES: Record<SimulatedFactorKind, FactorShape> = {
  email: { prefix: 'emf', factorType: 'email', provider: 'OKTA', status: 'ACTIVE' },
  question: { prefix: 'ufs', factorType: 'question', provider: 'OKTA', status: 'ACTIVE' },
  push: { prefix: 'opf', factorType: 'push', provider: 'OKTA', status: 'ACTIVE' },
  totp: { prefix: 'ost', factorType: 'token:software:totp', provider: 'OKTA', status: 'ACTIVE' },
  webauthn: { prefix: 'fwf', factorType: 'webauthn', provider: 'FIDO', status: 'ACTIVE' },
  sms: { prefix: 'sms', factorType: 'sms', provider: 'OKTA', status: 'ACTIVE' },
  fastpass: { prefix: 'pfd', factorType: 'signed_nonce', provider: 'OKTA', status: 'ACTIVE' },
  'pending-totp': {
    prefix: 'uft',
    factorType: 'token:software:totp',
    provider: 'GOOGLE',
    status: 'PENDING_ACTIVATION',
  },
  'expired-sms': { prefix: 'smx', factorType: 'sms', provider: 'OKTA', status: 'EXPIRED' },
  'inactive-push': { prefix: 'opi', factorType: 'push', provider: 'OKTA', status: 'INACTIVE' },
  'enrolled-token': { prefix: 'ykf', factorType: 'token:hardware', provider: 'YUBICO', status: 'ENROLLED' },
  'call-without-status': { prefix: 'clf', factorType: 'call', provider: 'OKTA', status: undefined },
  'unknown-type': { prefix: 'hlf', factorType: 'hologram', provider: 'ACME', status: 'ACTIVE' },
};

/** Sets of factors that users have enrolled, most of them not empty; drawn from evenly. */
export const FACTOR_SETS: readonly (readonly SimulatedFactorKind[])[] = [
  [],
  ['email'],
  ['question'],
  ['email', 'push', 'totp'],
  ['webauthn'],
  ['sms'],
  ['pending-totp'],
  ['expired-sms'],
  ['unknown-type'],
  ['fastpass', 'email'],
  ['email', 'question', 'inactive-push'],
  ['enrolled-token'],
  ['call-without-status'],
  [],
  ['push'],
  ['totp', 'push'],
];

/** The fields of a factor that the truth needs. */
export function factorFacts(kind: SimulatedFactorKind): {
  readonly factorType: string;
  readonly status: string | undefined;
} {
  return SHAPES[kind];
}

const VERIFIED: readonly SimulatedFactorKind[] = ['push', 'webauthn', 'fastpass'];

export interface FactorPlace {
  readonly seed: number;
  readonly login: string;
  readonly base: string;
}

export function factorBody(
  user: SimulatedUser,
  kind: SimulatedFactorKind,
  { seed, login, base }: FactorPlace,
): JsonObject {
  const shape = SHAPES[kind];
  const at = user.enrolledAt?.[kind];
  const id = makeId(shape.prefix, mix(seed, hashText(`${kind}${at ?? ''}`)), user.number);
  const enrolledAt = new Date(at ?? (user.createdAt ?? 0) + 86_400_000).toISOString();
  const href = `${base}/api/v1/users/${user.id}/factors/${id}`;
  return {
    id,
    factorType: shape.factorType,
    provider: shape.provider,
    vendorName: shape.provider,
    status: shape.status,
    ...(kind === 'email' ? {} : { created: enrolledAt, lastUpdated: enrolledAt }),
    ...(VERIFIED.includes(kind) ? { lastVerified: enrolledAt } : {}),
    profile: factorProfile(kind, login),
    _links: {
      self: { href, hints: { allow: ['GET', 'DELETE'] } },
      user: { href: `${base}/api/v1/users/${user.id}`, hints: { allow: ['GET'] } },
    },
    ...(kind === 'pending-totp' ? { _embedded: pendingActivation(id, href) } : {}),
  };
}

function factorProfile(kind: SimulatedFactorKind, login: string): JsonObject {
  if (kind === 'email') return { email: login };
  if (kind === 'question') return { question: 'favorite_toy', questionText: 'What is your favourite toy?' };
  if (kind === 'sms' || kind === 'expired-sms' || kind === 'call-without-status')
    return { phoneNumber: planted('factor-phone') };
  if (kind === 'webauthn') return { credentialId: planted('credential'), authenticatorName: 'a key' };
  if (kind === 'push' || kind === 'inactive-push' || kind === 'fastpass')
    return {
      credentialId: login,
      deviceType: 'SmartPhone_IPhone',
      name: 'a phone',
      platform: 'IOS',
      version: '18.2',
    };
  return { credentialId: login };
}

/** Okta shows the shared secret of a factor that is not yet activated: nobody may store or log it. */
function pendingActivation(id: string, href: string): JsonObject {
  return {
    activation: {
      timeStep: 30,
      sharedSecret: `SECRET${id.slice(3, 13).toUpperCase()}`,
      encoding: 'base32',
      keyLength: 16,
      _links: { qrcode: { href: `${href}/qr/00Ab`, type: 'image/png' } },
    },
  };
}
