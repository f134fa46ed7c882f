import { describe, expect, it } from 'vitest';
import { ADMIN_RULES, isAdmin } from './admin.ts';
import { aGroup, aRole, held, known, notAsked, someFacets, unknown } from './facets.fixture.ts';

const superAdmin = aRole();
const inactive = aRole({ status: 'INACTIVE' });

describe('enrich, admin: which roles make Admin', () => {
  it.each([
    { role: { type: 'SUPER_ADMIN' }, reference: true, anyRole: true },
    { role: { type: 'read_only_admin' }, reference: true, anyRole: true },
    { role: { type: 'ADMIN_OF_TOMORROW' }, reference: true, anyRole: true },
    { role: { type: 'CUSTOM', label: 'EU admins' }, reference: false, anyRole: true },
    { role: { type: 'SUPER_ADMIN', status: 'INACTIVE' }, reference: false, anyRole: false },
    { role: { type: 'SUPER_ADMIN', status: 'A_STATUS_OF_TOMORROW' }, reference: false, anyRole: false },
    { role: { type: 'CUSTOM', status: 'INACTIVE' }, reference: false, anyRole: false },
  ])('$role: by reference $reference, by any-role $anyRole', ({ role, reference, anyRole }) => {
    const facets = someFacets({ roles: held([aRole(role)]) });

    expect(isAdmin(facets, 'reference')).toMatchObject({ kind: 'known', value: reference });
    expect(isAdmin(facets, 'any-role')).toMatchObject({ kind: 'known', value: anyRole });
  });
});

describe.each(ADMIN_RULES)('enrich, admin: isAdmin by rule %s', (rule) => {
  const adminGroup = aGroup({ id: '00gADM' }, known([inactive, superAdmin]));
  const plainGroup = aGroup({ id: '00gPLN' }, known([inactive]));
  const unreadGroup = aGroup({ id: '00gUNK' }, unknown('unavailable'));

  it('is yes for a role held directly, whatever else is unknown', () => {
    const facets = someFacets({ roles: held([inactive, superAdmin]), groups: unknown() });

    expect(isAdmin(facets, rule)).toMatchObject({ kind: 'known', value: true });
  });

  it("is yes for a group's role, whatever else is unknown or was not asked", () => {
    const groups = known([unreadGroup, adminGroup]);

    for (const roles of [unknown(), notAsked, held([]), held([], true)]) {
      expect(isAdmin(someFacets({ roles, groups }), rule)).toMatchObject({ kind: 'known', value: true });
    }
  });

  it('is no when own roles, groups and the roles of each group are known', () => {
    const facets = someFacets({ roles: held([inactive]), groups: known([plainGroup, aGroup()]) });

    expect(isAdmin(facets, rule)).toMatchObject({ kind: 'known', value: false });
  });

  it('is no by own roles alone when Okta merged the roles of groups in', () => {
    for (const groups of [unknown(), notAsked, known([unreadGroup])]) {
      expect(isAdmin(someFacets({ roles: held([], true), groups }), rule)).toMatchObject({
        kind: 'known',
        value: false,
      });
    }
  });

  it('is unknown, with the reason, when own roles could not be read and no group makes Admin', () => {
    const facets = someFacets({ roles: unknown('gone'), groups: known([plainGroup]) });

    expect(isAdmin(facets, rule)).toEqual({ kind: 'unknown', reason: 'gone' });
  });

  it('is unknown, with the reason, when groups could not be read and own roles are direct ones only', () => {
    expect(isAdmin(someFacets({ groups: unknown('missing') }), rule)).toEqual({
      kind: 'unknown',
      reason: 'missing',
    });
  });

  it("is unknown, with the reason, when one group's roles could not be read", () => {
    expect(isAdmin(someFacets({ groups: known([plainGroup, unreadGroup]) }), rule)).toEqual({
      kind: 'unknown',
      reason: 'unavailable',
    });
  });

  it('is not asked, no gap, when nothing failed but a question was not asked', () => {
    expect(isAdmin(someFacets({ roles: notAsked, groups: known([plainGroup]) }), rule)).toEqual(notAsked);
    expect(isAdmin(someFacets({ groups: notAsked }), rule)).toEqual(notAsked);
    expect(isAdmin(someFacets({ groups: known([aGroup({}, notAsked)]) }), rule)).toEqual(notAsked);
  });

  it('is unknown rather than not asked when one answer failed and another was not asked', () => {
    expect(isAdmin(someFacets({ roles: notAsked, groups: unknown('refused') }), rule)).toEqual(unknown());
    expect(isAdmin(someFacets({ roles: unknown('refused'), groups: notAsked }), rule)).toEqual(unknown());
  });

  it('is as old as the answer that says yes, or as the oldest of those that say no', () => {
    const groups = known([aGroup({}, known([superAdmin], 30))], 10);
    const plain = known([aGroup({}, known([], 30))], 20);

    expect(isAdmin(someFacets({ groups }), rule)).toMatchObject({ value: true, readAt: 30 });
    expect(isAdmin(someFacets({ groups: plain }), rule)).toMatchObject({ value: false, readAt: 20 });
  });
});
