import type { FactorKind } from '../ports/org.ts';

/** Okta's `factorType` (okta-api section 4), an open list. */
const KINDS: ReadonlyMap<string, FactorKind> = new Map([
  ['webauthn', 'security-key'],
  ['u2f', 'security-key'],
  ['signed_nonce', 'fastpass'],
  ['push', 'push'],
  ['token', 'one-time-code'],
  ['token:hardware', 'one-time-code'],
  ['token:hotp', 'one-time-code'],
  ['token:software:totp', 'one-time-code'],
  ['sms', 'phone'],
  ['call', 'phone'],
  ['email', 'email'],
  ['question', 'question'],
  ['web', 'external'],
]);

export function factorKind(type: string): FactorKind {
  return KINDS.get(type) ?? 'other';
}

/** Unknown for FastPass, which resists only as its policy demands, and for factors that somebody else checks. */
const RESISTANCE_UNKNOWN: ReadonlySet<FactorKind> = new Set(['fastpass', 'external', 'other']);

/** Does the kind resist phishing by itself? `undefined`: it depends. */
export function isPhishingResistant(kind: FactorKind): boolean | undefined {
  return RESISTANCE_UNKNOWN.has(kind) ? undefined : kind === 'security-key';
}
