import { describe, expect, test } from 'vitest';
import type { SizedGroup } from '../../ports/org.ts';
import {
  gapMovesMembers,
  isEmptied,
  isRenamed,
  knownGroupOf,
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
  return { group: OWN, usersCount: 2, membersReadAt: 4, membersChangedAt, rolesAskedAt: 5 };
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
      rolesAskedAt: 5,
      hasMovedMembers: false,
    });
  });

  test.each<[string, number | undefined, KeptGroup | undefined, boolean]>([
    ['all have left an empty group', 0, kept(BEFORE), true],
    ['stay in a group of unknown size', undefined, kept(BEFORE), false],
    ['stay where the listing is older than their reading', 0, kept('2026-07-03T10:00:00.000Z'), false],
  ])('%s', (_, usersCount, before, expected) => {
    expect(isEmptied(listed({ usersCount }), before)).toBe(expected);
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
