import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aUser } from '../enrich/facets.fixture.ts';
import type { User } from '../ports/org.ts';
import { createRedactor, readRedactRules, REDACT_NAMES } from './redaction.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const hashOf = (text: string): string => createHmac('sha256', KEY).update(text).digest('hex');

function redactor(...pairs: readonly string[]) {
  const found = readRedactRules(pairs);
  if (!('rules' in found)) throw new Error(found.kind);
  return createRedactor(found.rules, KEY);
}

function redacted(user: User, ...pairs: readonly string[]): User {
  return redactor(...pairs).redact(user);
}

describe('shaping, redaction: redacting a user', () => {
  test('drops what is to be dropped and hashes what is to be hashed, and leaves the rest', () => {
    const user = aUser({ mobilePhone: '+34600000000', primaryPhone: '+34910000000' });

    expect(redacted(user, 'email=hash', 'phone_number=drop', 'user.full_name=drop')).toEqual({
      ...user,
      email: hashOf('ana.ruiz@example.com'),
      mobilePhone: undefined,
      primaryPhone: undefined,
      firstName: undefined,
      lastName: undefined,
    });
  });

  test('covers devices, and the names that applications know users by', () => {
    const { assets } = redactor('device_name=hash', 'device_ids=drop', 'login=hash');
    const device = { id: 'guo1', displayName: "Ana's laptop", serialNumber: 'ABC', platform: 'IOS' };

    expect(assets.device(device)).toEqual({
      id: 'guo1',
      displayName: hashOf("Ana's laptop"),
      platform: 'IOS',
    });
    expect(assets.appUser({ id: '00u1', userName: 'ana' })).toEqual({ id: '00u1', userName: hashOf('ana') });
    expect(redactor('display_name=drop').assets.device(device)).toEqual(device);
  });

  test('makes no hash of what is absent', () => {
    expect(redacted(aUser({ email: undefined }), 'email=hash').email).toBeUndefined();
  });

  test('hashes one value to one text, and to another with another key', () => {
    const [one, two] = ['a'.repeat(32), 'b'.repeat(32)].map((key) =>
      createRedactor(new Map([['login', 'hash']]), key).redact(aUser()),
    );

    expect(one?.login).toMatch(/^[0-9a-f]{64}$/u);
    expect(one?.login).not.toBe(two?.login);
  });

  test("covers the org's own attributes, all of them or one", () => {
    const user = aUser({ custom: { badge: 7, team: 'blue' } });

    expect(redacted(user, 'custom=drop').custom).toBeUndefined();
    expect(redacted(user, 'profile.badge=hash').custom).toEqual({ badge: hashOf('7'), team: 'blue' });
  });

  test('covers the record as Okta gave it too', () => {
    const profile = { email: 'a@b.example', middleName: 'Mar', badge: 7, city: null };
    const raw = JSON.stringify({ id: '00u1', profile });

    const kept = redacted(aUser({ raw }), 'email=hash', 'full_name=drop', 'custom=drop', 'address=hash').raw;

    expect(JSON.parse(kept ?? '')).toEqual({
      id: '00u1',
      profile: { email: hashOf('a@b.example'), city: null },
    });
  });

  test('does not hash what is a hash already, when what is kept comes under new rules', () => {
    const before = redactor('email=hash');
    const kept = before.redact(aUser());

    const again = redactor('email=hash', 'display_name=drop').redactKept(kept, before.text);

    expect([again.email, again.displayName]).toEqual([kept.email, undefined]);
    expect(redactor('email=drop').redactKept(kept, before.text).email).toBeUndefined();
  });

  test('says of its key only whether it is another one', () => {
    const { text } = redactor('email=hash');

    expect(text).not.toContain(KEY);
    expect(createRedactor(new Map([['email', 'hash']]), `${KEY}0`).text).not.toBe(text);
    expect(redactor('email=drop').text).not.toBe(text);
  });
});

describe('shaping, redaction: REDACT', () => {
  test.each(REDACT_NAMES.map((name) => [name]))('knows %s', (name) => {
    expect(readRedactRules([`${name}=hash`])).toHaveProperty('rules');
  });

  test.each([
    ['email', 'name=drop or name=hash'],
    ['email=blur', 'name=drop or name=hash'],
    ['user.uid=hash', 'never redacted'],
    ['user.name=drop', 'can be hashed'],
  ])('refuses %s', (pair, problem) => {
    expect(readRedactRules(['email=hash', pair])).toEqual({
      kind: 'wrong',
      at: 1,
      problem: expect.stringContaining(problem),
    });
  });

  test.each([['shoe_size=drop'], ['constructor=drop']])('knows no field of %s', (pair) => {
    expect(readRedactRules([pair])).toEqual({ kind: 'unknown' });
  });
});
