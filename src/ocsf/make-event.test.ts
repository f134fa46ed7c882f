import { describe, expect, it } from 'vitest';
import {
  aBareUser,
  aFactor,
  aGroup,
  aRole,
  aUser,
  held,
  known,
  someFacets,
  unknown,
} from '../enrich/facets.fixture.ts';
import { LOOKUPS, type UserFacets } from '../ports/org.ts';
import { DEFAULTS, lookupsWithout } from './event-maker.fixture.ts';
import { createEventMaker, type EventMakerOptions } from './make-event.ts';

function make(facets: UserFacets, changes: Partial<EventMakerOptions> = {}): ReturnType<typeof makeEvent> {
  return createEventMaker({ ...DEFAULTS, ...changes })(facets);
}

const makeEvent = createEventMaker(DEFAULTS);

function hashOf(facets: UserFacets, changes: Partial<EventMakerOptions> = {}): string {
  const made = make(facets, changes);
  return made.kind === 'event' ? made.hash : '';
}

const someone = someFacets({
  groups: known([
    aGroup({ id: 'a' }, known([aRole({ label: 'x' }), aRole({ label: 'y' })])),
    aGroup({ id: 'b' }),
  ]),
  factors: known([aFactor({ id: '1' }), aFactor({ id: '2' })]),
});

describe('ocsf, make event: the hash', () => {
  it('is a SHA-256, the same for the same user, whoever made it', () => {
    expect(hashOf(someone)).toMatch(/^[0-9a-f]{64}$/u);
    expect(hashOf(someone)).toBe(hashOf(structuredClone(someone)));
  });

  it('does not depend on the order or the age of answers', () => {
    const shuffled = someFacets({
      readAt: 5,
      groups: known(
        [
          aGroup({ id: 'b' }, known([], 3)),
          aGroup({ id: 'a' }, known([aRole({ label: 'y' }), aRole({ label: 'x' })])),
        ],
        7,
      ),
      factors: known([aFactor({ id: '2' }), aFactor({ id: '1' })]),
    });

    expect(make(shuffled)).toEqual(make(someone));
  });

  it('changes with what the event says', () => {
    const others = [
      someFacets(),
      { ...someone, factors: known([]) },
      { ...someone, factors: unknown() },
      { ...someone, user: aUser({ displayName: 'Ana' }) },
      { ...someone, user: aUser({ status: 'SUSPENDED' }) },
    ];

    expect(new Set([someone, ...others].map((facets) => hashOf(facets))).size).toBe(6);
  });

  it('does not change with what the event does not say', () => {
    expect(hashOf({ ...someone, user: aUser({ lastUpdated: undefined }) })).toBe(hashOf(someone));
  });

  it('changes with each setting of the mapping, though the event may be the same', () => {
    const bare = someFacets({ user: aBareUser() });
    const changes: Partial<EventMakerOptions>[] = [
      {},
      { mfaRule: 'active' },
      { mfaRule: 'strong' },
      { adminRule: 'any-role' },
      { onLookupFailure: 'assume-none' },
      lookupsWithout('group-roles'),
      lookupsWithout('groups'),
      { dialect: { ...DEFAULTS.dialect, name: 'another' } },
      { dialect: { ...DEFAULTS.dialect, schemaVersion: '1.7.0' } },
    ];

    expect(new Set(changes.map((change) => hashOf(bare, change))).size).toBe(changes.length);
  });

  it('does not depend on the order in which lookups were named', () => {
    expect(hashOf(someone, { lookups: new Set(LOOKUPS.toReversed()) })).toBe(hashOf(someone));
  });
});

it('ocsf, make event: gives the gaps of an event', () => {
  const made = make(someFacets({ factors: unknown('refused'), groups: unknown('missing') }));

  expect(made.kind).toBe('event');
  expect([...made.gaps]).toEqual([
    ['groups', 'missing'],
    ['factors', 'refused'],
    ['roles', 'missing'],
  ]);
});

it('ocsf, make event: gives the gaps of a dead letter', () => {
  const made = make(someFacets({ user: aUser({ login: undefined }), factors: unknown('gone') }));

  expect(made).toEqual({
    kind: 'dead-letter',
    reasons: ['the user has no login'],
    gaps: new Map([['factors', 'gone']]),
  });
});

it('ocsf, make event: makes an event that does not fit the schema a dead letter with the reasons in words', () => {
  const groups = known([aGroup({ id: 'a', name: '' })]);

  expect(make(someFacets({ groups, roles: held([], true) }))).toMatchObject({
    kind: 'dead-letter',
    reasons: ['user.groups[0].name must not be empty'],
  });
});

it('ocsf, make event: writes text that every JSON reader can read, half a character included', () => {
  const made = make(someFacets({ user: aUser({ displayName: 'half \ud83d of a smile' }) }));

  expect(made).toMatchObject({ kind: 'event' });
  expect(made.kind === 'event' && made.body.isWellFormed()).toBe(true);
});
