import { describe, expect, test } from 'vitest';
import { aUser } from '../../enrich/facets.fixture.ts';
import { isNameless, NAMELESS, subjectOf } from './subject.ts';

const USER = { kind: 'user', user: aUser({ id: 'u1' }), readAt: 1 } as const;
const UNREADABLE = { kind: 'unreadable', id: 'u2', reason: 'no profile' } as const;
const WITHOUT_ID = { ...UNREADABLE, id: undefined };

describe('inventory policy, subject: inventory, policy: a listed user is known', () => {
  test.each([
    ['by the id of the record', USER, 'u1'],
    ['by the id of a record that makes no sense', UNREADABLE, 'u2'],
  ])('%s', (_, listed, id) => {
    expect(subjectOf(listed)).toBe(id);
    expect(isNameless(listed)).toBe(false);
  });

  test('by the fault where the record has no id: the same fault is the same one', () => {
    const id = subjectOf(WITHOUT_ID);

    expect(id.startsWith(NAMELESS)).toBe(true);
    expect(id).toBe(subjectOf({ ...WITHOUT_ID }));
    expect(id).not.toBe(subjectOf({ ...WITHOUT_ID, reason: 'no status' }));
    expect(isNameless(WITHOUT_ID)).toBe(true);
  });
});
