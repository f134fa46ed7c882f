import { describe, expect, it } from 'vitest';
import { LOOKUPS, type Lookup } from '../ports/org.ts';
import { enrichUser, type EnrichSettings } from './enrich-user.ts';
import { aFactor, aGroup, aRole, held, known, notAsked, someFacets, unknown } from './facets.fixture.ts';

function settings(changes: Partial<EnrichSettings> = {}): EnrichSettings {
  const defaults = { mfaRule: 'any', adminRule: 'reference', onLookupFailure: 'omit' } as const;
  return { ...defaults, lookups: new Set(LOOKUPS), ...changes };
}

function without(...off: Lookup[]): EnrichSettings {
  return settings({ lookups: new Set(LOOKUPS.filter((lookup) => !off.includes(lookup))) });
}

/** Everything known, and everything there. */
const rich = someFacets({
  groups: known([aGroup({ id: '00gB' }, known([aRole()])), aGroup({ id: '00gA' })]),
  factors: known([aFactor()]),
  roles: held([aRole()]),
});
/** Nothing could be read, each for its own reason. */
const dark = someFacets({
  groups: unknown('missing'),
  factors: unknown('refused'),
  roles: unknown('unavailable'),
});

describe('enrich, enrich user: unknown is not no', () => {
  it('leaves out what could not be read, and counts each as a gap with its reason', () => {
    const enriched = enrichUser(dark, settings());

    expect(enriched).toMatchObject({ groups: undefined, hasMfa: undefined, isAdmin: undefined });
    expect([...enriched.gaps]).toEqual([
      ['groups', 'missing'],
      ['factors', 'refused'],
      ['roles', 'unavailable'],
    ]);
  });

  it("leaves out a group's privileges that could not be read, a gap of the group and not of the user", () => {
    const groups = known([aGroup({}, unknown())]);
    const enriched = enrichUser(someFacets({ groups, roles: held([], true) }), settings());

    expect(enriched.groups).toMatchObject([{ privileges: undefined }]);
    expect(enriched.gaps.size).toBe(0);
  });

  it("counts roles as a gap when a group's unread roles keep the type unknown", () => {
    const enriched = enrichUser(someFacets({ groups: known([aGroup({}, unknown('gone'))]) }), settings());

    expect(enriched.isAdmin).toBeUndefined();
    expect([...enriched.gaps]).toEqual([['roles', 'gone']]);
  });

  it('counts no gap in roles when a group makes Admin all the same', () => {
    const groups = known([aGroup({}, known([aRole()]))]);
    const enriched = enrichUser(someFacets({ groups, roles: unknown() }), settings());

    expect(enriched.isAdmin).toBe(true);
    expect(enriched.gaps.size).toBe(0);
    const ofGraph = enrichUser(someFacets({ groups, roles: unknown() }), settings({ wantsOwnRoles: true }));
    expect([ofGraph.isAdmin, ...ofGraph.gaps.keys()]).toEqual([true, 'roles']);
  });
});

describe('enrich, enrich user: assume-none', () => {
  const assumeNone = settings({ onLookupFailure: 'assume-none' });

  it('says no and none for what could not be read, and still counts the gaps', () => {
    const enriched = enrichUser(dark, assumeNone);

    expect(enriched).toMatchObject({ groups: [], hasMfa: false, isAdmin: false });
    expect([...enriched.gaps.keys()]).toEqual(['groups', 'factors', 'roles']);
  });

  it('says no privileges for a group whose roles could not be read', () => {
    const enriched = enrichUser(someFacets({ groups: known([aGroup({}, unknown())]) }), assumeNone);

    expect(enriched.groups).toMatchObject([{ privileges: [] }]);
  });

  it('changes nothing of what is known', () => {
    expect(enrichUser(rich, assumeNone)).toEqual(enrichUser(rich, settings()));
  });

  it('still leaves out what was not asked, which is no gap', () => {
    const facets = someFacets({ groups: notAsked, factors: notAsked, roles: notAsked });
    const enriched = enrichUser(facets, assumeNone);

    expect(enriched).toMatchObject({ groups: undefined, hasMfa: undefined, isAdmin: undefined });
    expect(enriched.gaps.size).toBe(0);
  });
});

describe('enrich, enrich user: not asked is not failed', () => {
  it.each([
    { off: 'groups', left: { groups: undefined, hasMfa: true, isAdmin: true } },
    { off: 'factors', left: { hasMfa: undefined, isAdmin: true } },
    { off: 'roles', left: { hasMfa: true, isAdmin: undefined } },
  ] as const)(
    'says nothing of $off when that lookup is off, whatever the inventory holds',
    ({ off, left }) => {
      expect(enrichUser(rich, without(off))).toMatchObject(left);
      expect(enrichUser(dark, without(off)).gaps.has(off)).toBe(false);
    },
  );

  it('says groups without privileges when group-roles is off', () => {
    expect(enrichUser(rich, without('group-roles')).groups).toMatchObject([
      { privileges: undefined },
      { privileges: undefined },
    ]);
  });

  it('tells Admin by a role-holding group though groups are not to be sent', () => {
    const facets = someFacets({ groups: known([aGroup({}, known([aRole()]))]), roles: notAsked });

    expect(enrichUser(facets, without('groups', 'group-roles'))).toMatchObject({
      groups: undefined,
      isAdmin: true,
    });
  });

  it("does not tell Admin by a group's role when the roles lookup is off", () => {
    const facets = someFacets({ groups: known([aGroup({}, known([aRole()]))]), roles: notAsked });

    expect(enrichUser(facets, without('roles')).isAdmin).toBeUndefined();
  });
});

it('enrich, enrich user: orders groups by id, by code unit', () => {
  const groups = known(['00gé', '00gb', '00gZ', '00ga'].map((id) => aGroup({ id })));
  const ids = enrichUser(someFacets({ groups }), settings()).groups?.map(({ group }) => group.id);

  expect(ids).toEqual(['00gZ', '00ga', '00gb', '00gé']);
});

it('enrich, enrich user: judges by the configured rules', () => {
  const facets = someFacets({
    factors: known([aFactor({ status: 'PENDING_ACTIVATION' })]),
    roles: held([aRole({ type: 'CUSTOM' })]),
  });

  expect(enrichUser(facets, settings())).toMatchObject({ hasMfa: true, isAdmin: false });
  expect(enrichUser(facets, settings({ mfaRule: 'active', adminRule: 'any-role' }))).toMatchObject({
    hasMfa: false,
    isAdmin: true,
  });
});
