import { describe, expect, it } from 'vitest';
import {
  aBareUser,
  aFactor,
  aGroup,
  aRole,
  aUser,
  held,
  known,
  notAsked,
  READ_AT,
  someFacets,
  unknown,
} from '../../enrich/facets.fixture.ts';
import { LOOKUPS, type UserFacets } from '../../ports/org.ts';
import { createEventMaker } from '../make-event.ts';
import { ALL_RISK_RULES, makerOptions, officialEvent } from './official.fixture.ts';
import { VERSIONS, type Version } from './versions.ts';

type Changes = Parameters<typeof makerOptions>[1];

/** The value of an event at a path; `undefined`: none. */
function at(event: unknown, path: string): unknown {
  return path.split('.').reduce((part, key) => Reflect.get(Object(part), key), event);
}

/** In which versions the event has which of the two paths. */
function placesOf(facets: UserFacets, paths: readonly string[], changes?: Changes): Record<string, string[]> {
  const events = VERSIONS.map((version) => [version, officialEvent(facets, version, changes)] as const);
  return Object.fromEntries(
    paths.map((path) => [
      path,
      events.filter(([, event]) => at(event, path) !== undefined).map(([version]) => version),
    ]),
  );
}

function since(first: Version): { readonly from: Version[]; readonly before: Version[] } {
  const from = VERSIONS.filter((version) => version >= first);
  return { from, before: VERSIONS.filter((version) => version < first) };
}

describe('official dialects, dialect: an attribute that not every version has', () => {
  const full = someFacets({
    user: aUser({ mobilePhone: '1', primaryPhone: '2', accountSource: 'LDAP', raw: '{"id":"x"}' }),
    factors: known([aFactor()]),
  });

  it.each<[string, Version, string | undefined]>([
    ['user.display_name', '1.5.0', 'unmapped.okta.display_name'],
    ['user.phone_number', '1.4.0', 'unmapped.okta.phone_number'],
    ['user.ldap_person.phone_number', '1.4.0', 'unmapped.okta.primary_phone_number'],
    ['user.has_mfa', '1.4.0', 'unmapped.okta.has_mfa'],
    ['user.account.is_disabled', '1.8.0', 'unmapped.okta.is_disabled'],
    ['user.account.is_locked', '1.8.0', 'unmapped.okta.is_locked'],
    ['user.account.is_on_premises_sync_enabled', '1.8.0', undefined],
    ['user.ldap_person.department', '1.8.0', 'user.org.ou_name'],
    ['raw_data_size', '1.5.0', undefined],
    ['raw_data_hash', '1.6.0', undefined],
  ])('%s has its place from %s on, before at %s', (path, first, otherwise) => {
    const { from, before } = since(first);
    const places = placesOf(full, [path, ...(otherwise === undefined ? [] : [otherwise])], {
      options: { carriesRaw: true },
    });

    expect(places).toEqual({ [path]: from, ...(otherwise === undefined ? {} : { [otherwise]: before }) });
  });
});

describe('official dialects, dialect: department and division', () => {
  it.each<[Version, Parameters<typeof aUser>[0], Record<string, unknown>]>([
    ['1.6.0', {}, { 'user.org.ou_name': 'R&D', 'unmapped.okta.division': 'Tech' }],
    ['1.8.0', {}, { 'user.org.ou_name': 'Tech', 'user.ldap_person.department': 'R&D' }],
    ['1.6.0', { department: undefined }, { 'user.org.ou_name': 'Tech' }],
    [
      '1.6.0',
      { organization: undefined },
      { 'unmapped.okta.department': 'R&D', 'unmapped.okta.division': 'Tech' },
    ],
    [
      '1.8.0',
      { organization: undefined },
      { 'user.ldap_person.department': 'R&D', 'unmapped.okta.division': 'Tech' },
    ],
  ])('in %s with %j', (version, changes, expected) => {
    const event = officialEvent(someFacets({ user: aUser({ division: 'Tech', ...changes }) }), version);
    const paths = [
      'user.org.ou_name',
      'user.ldap_person.department',
      'unmapped.okta.department',
      'unmapped.okta.division',
    ];

    const said = paths.map((path) => [path, at(event, path)]).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(said)).toEqual(expected);
  });
});

describe('official dialects, dialect: the type of a user', () => {
  it.each<[Version, UserFacets['roles'], string | undefined, unknown]>([
    ['1.6.0', held([]), undefined, 1],
    ['1.6.0', held([]), 'Service', 4],
    ['1.6.0', held([]), 'BOT', 4],
    ['1.6.0', held([]), 'generic', 4],
    ['1.6.0', held([]), 'contractor', 1],
    ['1.5.0', held([]), 'service', 1],
    ['1.6.0', held([aRole({ type: 'CUSTOM' })]), 'service', 2],
    ['1.6.0', unknown(), 'service', undefined],
    ['1.6.0', notAsked, 'service', undefined],
  ])('in %s, with roles %j and user type %s, is %s', (version, roles, userType, typeId) => {
    const facets = someFacets({ user: aUser({ userType }), roles });

    expect(at(officialEvent(facets, version), 'user.type_id')).toBe(typeId);
  });
});

describe('official dialects, dialect: the time of an event', () => {
  it('is that of the newest answer', () => {
    const facets = someFacets({
      factors: known([], READ_AT + 5),
      roles: { ...held([]), readAt: READ_AT + 9 },
    });

    expect(officialEvent(facets)['time']).toBe(READ_AT + 9);
  });

  it('may not be in seconds', () => {
    const made = createEventMaker(makerOptions('1.6.0'))(
      someFacets({ readAt: 0, roles: unknown(), groups: unknown(), factors: unknown() }),
    );

    expect(made).toMatchObject({
      kind: 'dead-letter',
      reasons: ['time must be at least 100000000000: Unix epoch in milliseconds'],
    });
  });
});

describe('official dialects, dialect: an address', () => {
  it.each([
    ['a.b@example.com', 'a.b@example.com', 'example.com', undefined],
    ['backup@localhost', undefined, undefined, 'backup@localhost'],
    ['a@b@example.com', undefined, undefined, 'a@b@example.com'],
    ['bü@example.com', undefined, undefined, 'bü@example.com'],
  ])('%s is said where OCSF takes it', (email, address, domain, elsewhere) => {
    const event = officialEvent(someFacets({ user: aUser({ email }) }));

    expect([
      at(event, 'user.email_addr'),
      at(event, 'user.domain'),
      at(event, 'unmapped.okta.email_addr'),
    ]).toEqual([address, domain, elsewhere]);
  });
});

it('official dialects, dialect: needs no more than an id, a login and a creation date', () => {
  const facets = someFacets({ user: aBareUser(), groups: notAsked, factors: notAsked, roles: notAsked });

  expect(officialEvent(facets)['user']).toEqual({
    uid: '00uAAA1',
    name: 'ana.ruiz@example.com',
    account: { uid: '00uAAA1', name: 'ana.ruiz@example.com', type: 'Okta Account', type_id: 99 },
    ldap_person: { created_time: 1_709_283_600_000 },
  });
});

it('official dialects, dialect: gives a name without a placeholder for what is missing', () => {
  expect(at(officialEvent(someFacets({ user: aUser({ firstName: undefined }) })), 'user.full_name')).toBe(
    'Ruiz',
  );
});

it('official dialects, dialect: says which answers are unknown, and how old the last known ones are', () => {
  const facets = someFacets({
    factors: unknown(),
    roles: { ...held([], true), readAt: 7, isStale: true },
  });

  expect(at(officialEvent(facets), 'unmapped.okta')).toMatchObject({
    unknown: ['factors'],
    as_of: { roles: 7 },
  });
});

it('official dialects, dialect: lists a part of the roles, but says "none" only when every answer is known', () => {
  const part = someFacets({ roles: held([aRole()]), groups: known([aGroup({}, unknown())]) });
  const nothing = someFacets({ roles: held([]), groups: known([aGroup({}, unknown())]) });
  const none = someFacets({ roles: held([]), groups: known([aGroup()]) });
  const listOf = (facets: UserFacets) => {
    const list = at(officialEvent(facets), 'enrichments');
    return Array.isArray(list) ? list.find(({ type }) => type === 'admin_roles')?.data : undefined;
  };

  expect([part, nothing, none].map(listOf)).toMatchObject([[{ assigned: 'direct' }], undefined, []]);
});

describe('official dialects, dialect: the user as Okta gave it', () => {
  const facets = someFacets({ user: aUser({ raw: '{"id":"x","lastLogin":"2026"}' }) });

  it('is left out of the event unless asked for, though the inventory has it', () => {
    expect(officialEvent(facets)['raw_data']).toBeUndefined();
    expect(officialEvent(facets, '1.6.0', { options: { carriesRaw: true } })).toMatchObject({
      raw_data: '{"id":"x","lastLogin":"2026"}',
      raw_data_size: 29,
    });
  });

  it('goes where it fits', () => {
    const raw = JSON.stringify({ id: 'x'.repeat(65_535) });
    const large = someFacets({ user: aUser({ raw }) });
    const changes = { options: { carriesRaw: true } };

    expect(at(officialEvent(large, '1.3.0', changes), 'unmapped.okta.raw_data')).toBe(raw);
    expect(officialEvent(large, '1.3.0', changes)['raw_data']).toBeUndefined();
    expect(officialEvent(large, '1.4.0', changes)['raw_data']).toBe(raw);
  });
});

describe('official dialects, dialect: the hashes', () => {
  const options = makerOptions('1.8.0', { options: { carriesRaw: true }, ...ALL_RISK_RULES });
  const user = aUser({ raw: '{"id":"x","lastLogin":"2026-08-01T07:12:33.000Z"}' });
  const facets = someFacets({ user, factors: known([aFactor()]) });
  function hashesOf(changed: UserFacets, with_ = options): readonly (string | undefined)[] {
    const made = createEventMaker(with_)(changed);
    return made.kind === 'event' ? [made.hash, made.hashWithoutSignIn] : [];
  }
  const [hash, hashWithoutSignIn] = hashesOf(facets);

  it('do not change with when answers were read, nor with their age', () => {
    const later = { ...known([aFactor()], READ_AT + 7), isStale: true } as const;

    expect(hashesOf({ ...facets, readAt: READ_AT + 5, factors: later, evaluatedAt: READ_AT })).toEqual([
      hash,
      hashWithoutSignIn,
    ]);
  });

  it('change with the last sign-in, or only one of them', () => {
    const signedIn = {
      ...facets,
      evaluatedAt: READ_AT,
      user: aUser({
        lastLogin: '2026-08-02T07:12:33.000Z',
        raw: '{"id":"x","lastLogin":"2026-08-02T07:12:33.000Z"}',
      }),
    };

    expect(hashesOf(signedIn)[0]).not.toBe(hash);
    expect(hashesOf(signedIn)[1]).toBe(hashWithoutSignIn);
  });

  it.each<[string, UserFacets]>([
    ['a factor', { ...facets, factors: known([]) }],
    ['an answer that is unknown now', { ...facets, factors: unknown() }],
    [
      'a field that only the whole user has',
      { ...facets, user: { ...user, raw: '{"id":"x","middleName":"M"}' } },
    ],
    ['a custom attribute', { ...facets, user: { ...user, custom: { team: 'x' } } }],
    ['the risk of a later day', { ...facets, evaluatedAt: READ_AT + 86_400_000 * 400 }],
  ])('both change with %s', (_, changed) => {
    const [other, otherWithoutSignIn] = hashesOf(changed);

    expect(other).not.toBe(hash);
    expect(otherWithoutSignIn).not.toBe(hashWithoutSignIn);
  });

  it('change with each setting', () => {
    const bare = someFacets({ user: aBareUser() });
    const settings: Changes[] = [
      {},
      { options: { carriesRaw: true } },
      { riskRules: new Set(['dormant']) },
      ALL_RISK_RULES,
      { lookups: new Set(LOOKUPS.slice(1)) },
    ];
    const hashes = settings.map((changes) => hashesOf(bare, makerOptions('1.6.0', changes))[1]);

    expect(new Set(hashes).size).toBe(settings.length);
  });
});
