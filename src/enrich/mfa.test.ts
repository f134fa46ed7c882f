import { describe, expect, it } from 'vitest';
import { aFactor, known, notAsked, READ_AT, unknown } from './facets.fixture.ts';
import { hasMfa, MFA_RULES } from './mfa.ts';

const STATUSES = [
  { status: 'ACTIVE', usable: true },
  { status: 'ENROLLED', usable: true },
  { status: undefined, usable: true },
  { status: 'PENDING_ACTIVATION', usable: false },
  { status: 'NOT_SETUP', usable: false },
  { status: 'EXPIRED', usable: false },
  { status: 'INACTIVE', usable: false },
  { status: 'DISABLED', usable: false },
  { status: 'A_STATUS_OF_TOMORROW', usable: false },
];

const TYPES = [
  { type: 'push', strong: true },
  { type: 'signed_nonce', strong: true },
  { type: 'token:software:totp', strong: true },
  { type: 'webauthn', strong: true },
  { type: 'a_type_of_tomorrow', strong: true },
  { type: 'question', strong: false },
  { type: 'email', strong: false },
  { type: 'sms', strong: false },
  { type: 'call', strong: false },
];

describe.each(MFA_RULES)('enrich, mfa: hasMfa by rule %s', (rule) => {
  it('is a known no for a user known to have no factor', () => {
    expect(hasMfa(known([]), rule)).toEqual({ kind: 'known', value: false, readAt: READ_AT });
  });

  it('is a known yes for an active push factor, as old as the answer', () => {
    expect(hasMfa(known([aFactor()], 17), rule)).toEqual({ kind: 'known', value: true, readAt: 17 });
  });

  it('stays unknown with its reason when factors could not be read', () => {
    expect(hasMfa(unknown('unavailable'), rule)).toEqual({ kind: 'unknown', reason: 'unavailable' });
  });

  it('stays not asked when factors were not asked for', () => {
    expect(hasMfa(notAsked, rule)).toEqual({ kind: 'not-asked' });
  });
});

it.each(STATUSES)(
  'enrich, mfa: counts a factor of status $status under any, under active: $usable',
  ({ status, usable }) => {
    const factors = known([aFactor({ status })]);

    expect(hasMfa(factors, 'any')).toMatchObject({ value: true });
    expect(hasMfa(factors, 'active')).toMatchObject({ value: usable });
    expect(hasMfa(factors, 'strong')).toMatchObject({ value: usable });
  },
);

it.each(TYPES)(
  'enrich, mfa: counts an active factor of type $type as strong: $strong',
  ({ type, strong }) => {
    const factors = known([aFactor({ type })]);

    expect(hasMfa(factors, 'active')).toMatchObject({ value: true });
    expect(hasMfa(factors, 'strong')).toMatchObject({ value: strong });
  },
);

it('enrich, mfa: does not put together a strong factor that is pending and a weak one that is active', () => {
  const factors = known([aFactor({ status: 'PENDING_ACTIVATION' }), aFactor({ type: 'sms' })]);

  expect(hasMfa(factors, 'strong')).toMatchObject({ value: false });
});
