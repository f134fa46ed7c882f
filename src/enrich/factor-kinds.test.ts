import { expect, it } from 'vitest';
import { factorKind, isPhishingResistant } from './factor-kinds.ts';

it.each([
  ['webauthn', 'security-key', true],
  ['u2f', 'security-key', true],
  ['signed_nonce', 'fastpass', undefined],
  ['push', 'push', false],
  ['token:software:totp', 'one-time-code', false],
  ['token:hardware', 'one-time-code', false],
  ['sms', 'phone', false],
  ['call', 'phone', false],
  ['email', 'email', false],
  ['question', 'question', false],
  ['web', 'external', undefined],
  ['hologram', 'other', undefined],
])('enrich, factor kinds: %s is of the kind %s; resists phishing: %s', (type, kind, resists) => {
  expect(factorKind(type)).toBe(kind);
  expect(isPhishingResistant(factorKind(type))).toBe(resists);
});
