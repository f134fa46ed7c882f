import { describe, expect, test } from 'vitest';
import type { SizedGroup } from '../../ports/org.ts';
import {
  areOtherRoles,
  contradictsFlag,
  contradictsSize,
  gapMovesMembers,
  isEmptied,
  isRenamed,
  knownGroupOf,
  knownRolesOf,
  movesMembers,
  notedGroupOf,
  type KeptGroup,
} from './groups.ts';

const [BEFORE, NOW] = ['2026-07-01T10:00:00.000Z', '2026-07-02T10:00:00.000Z'];
const OWN = { id: '00g1', name: 'One', description: undefined, type: 'OKTA_GROUP' };

function listed(changes: Partial<SizedGroup> = {}): SizedGroup {
  return { ...OWN, usersCount: 2, adminFlag: undefined, membersChangedAt: NOW, ...changes };
}

function kept(membersChangedAt: string | undefined = NOW): KeptGroup {
  const members = { usersCount: 2, hasMembers: true, membersReadAt: 4, membersChangedAt };
  return { group: OWN, ...members, roles: 'some', rolesAskedAt: 5 };
}

function without(before: KeptGroup): KeptGroup {
  return { ...before, membersChangedAt: undefined };
}

describe("inventory policy, groups: a group's members", () => {
  test.each<[string, KeptGroup | undefined, boolean]>([
    ['have moved in a group that is not kept', undefined, true],
    ['have moved since they were read', kept(BEFORE), true],
    ['have not moved', kept(NOW), false],
    ['have not moved by a listing that is older than their reading', kept('2026-07-03T10:00:00.000Z'), false],
  ])('%s', (_, before, hasMovedMembers) => {
    expect(notedGroupOf(listed(), before).hasMovedMembers).toBe(hasMovedMembers);
  });

  test('are as last read where the group is not listed', () => {
    expect(knownGroupOf(kept())).toEqual({
      group: listed(),
      isKnown: true,
      membersReadAt: 4,
      roles: 'some',
      rolesAskedAt: 5,
      hasMovedMembers: false,
    });
  });

  test.each<[string, number | undefined, KeptGroup | undefined, boolean]>([
    ['all have left an empty group', 0, kept(BEFORE), true],
    ['stay in a group of unknown size', undefined, kept(BEFORE), false],
    ['stay where the listing is older than their reading', 0, kept('2026-07-03T10:00:00.000Z'), false],
    ['stay where nobody came or left by the stamp', 0, kept(NOW), false],
  ])('%s', (_, usersCount, before, expected) => {
    expect(isEmptied(listed({ usersCount }), before)).toBe(expected);
  });

  test('have all left an empty group where Okta gives no stamps', () => {
    expect(isEmptied(listed({ usersCount: 0, membersChangedAt: undefined }), without(kept()))).toBe(true);
  });

  test.each<[string, Partial<SizedGroup>, KeptGroup, boolean]>([
    ['none, and some were known', { usersCount: 0 }, kept(), true],
    ['none, and none were known', { usersCount: 0 }, { ...kept(), hasMembers: false }, false],
    ['some, and none before', {}, { ...kept(), usersCount: 0 }, true],
    ['some, and others before', {}, { ...kept(), usersCount: 9, hasMembers: false }, false],
    ['of unknown number', { usersCount: undefined }, { ...kept(), usersCount: 0 }, false],
    ['none after a change', { usersCount: 0 }, kept(BEFORE), false],
    [
      'none where Okta gives no stamps',
      { usersCount: 0, membersChangedAt: undefined },
      without(kept()),
      false,
    ],
  ])('are contradicted by the size: %s', (_, changes, before, expected) => {
    expect(contradictsSize(listed(changes), before)).toBe(expected);
  });

  test.each<[string, Partial<SizedGroup>, KeptGroup | undefined, boolean]>([
    ['another name', { name: 'Two' }, kept(), true],
    ['no description any more', { description: 'gone' }, kept(), true],
    ['another size alone', { usersCount: 9 }, kept(), false],
    ['all of it new', {}, undefined, false],
  ])('have events to make anew with %s: %#', (_, changes, before, expected) => {
    expect(isRenamed(listed(changes), before)).toBe(expected);
  });
});

describe('inventory policy, groups: roles of a group that were read', () => {
  test.each([
    ['are others', { roles: '[]', gap: undefined }, true],
    ['were not known', { roles: undefined, gap: undefined }, true],
    ['stood in for a failure', { roles: '[1]', gap: 'refused' }, true],
    ['are the same', { roles: '[1]', gap: undefined }, false],
  ] as const)('%s', (_, before, expected) => {
    expect(movesMembers('[1]', before)).toBe(expected);
  });
});

describe('inventory policy, groups: roles of a group', () => {
  test.each([
    ['were never asked for', undefined, undefined, 'unknown'],
    ['could not be read', undefined, 'refused', 'unknown'],
    ['were none, before a failure', '[]', 'refused', 'unknown'],
    ['are none', '[]', undefined, 'none'],
    ['are some', '[1]', undefined, 'some'],
    ['were some, before a failure', '[1]', 'unavailable', 'some'],
  ] as const)('%s', (_, roles, gap, expected) => {
    expect(knownRolesOf({ roles, gap })).toBe(expected);
  });

  test.each([
    [true, 'none', true],
    [false, 'some', true],
    [true, 'some', false],
    [false, 'none', false],
    [true, 'unknown', false],
    [false, 'unknown', false],
    [undefined, 'none', false],
    [undefined, 'some', false],
  ] as const)('by flag %s and known as %s: contradicted %s', (adminFlag, roles, expected) => {
    expect(contradictsFlag({ group: listed({ adminFlag }), roles })).toBe(expected);
  });

  test.each([
    ['not known before', '[]', undefined, true],
    ['others', '[1]', '[]', true],
    ['the same', '[1]', '[1]', false],
    ['the same in another order', '[1,2]', '[2,1]', false],
  ] as const)('are %s: %#', (_, roles, before, expected) => {
    expect(areOtherRoles(roles, { roles: before, gap: undefined })).toBe(expected);
  });
});

describe('inventory policy, groups: roles of a group that were not learnt', () => {
  test.each([
    ['were known', { roles: '[1]', gap: undefined }, true],
    ['stand in, and grow too old one day', { roles: '[1]', gap: 'refused' }, true],
    ['were unknown for another reason', { roles: undefined, gap: 'missing' }, true],
    ['were unknown for the same reason', { roles: undefined, gap: 'refused' }, false],
  ] as const)('%s', (_, before, expected) => {
    expect(gapMovesMembers('refused', before)).toBe(expected);
  });
});
