import { describe, expect, test } from 'vitest';
import { doubtOf, sayDoubt, type Disappearance, type Doubt } from './removal-limit.ts';

const TENTH = 0.1;

function of(gone: number, known: number, changes: Partial<Disappearance> = {}): Disappearance {
  return { known, gone, missing: gone, isListEmpty: false, ...changes };
}

describe('inventory policy, removal limit: a few who are gone are believed', () => {
  test.each([
    [0, 0],
    [1, 12],
    [3, 45],
    [3, 7],
    [4, 45],
    [4, 40],
    [20, 200],
    [29, 290],
    [1000, 10_000],
  ])('%i of %i', (gone, known) => {
    expect(doubtOf(of(gone, known), TENTH)).toBeUndefined();
  });

  test('nobody gone is no reason to doubt, also where the list is empty or leaves many out', () => {
    expect(doubtOf(of(0, 0, { isListEmpty: true }), TENTH)).toBeUndefined();
    expect(doubtOf(of(0, 40, { missing: 40 }), TENTH)).toBeUndefined();
  });

  test('exactly the share is not more than it', () => {
    expect(doubtOf(of(29, 100), 0.29)).toBeUndefined();
    expect(doubtOf(of(30, 100), 0.29)).toBe('too-many');
  });
});

describe('inventory policy, removal limit: many are not', () => {
  test.each<[number, number, number, Doubt]>([
    [5, 45, TENTH, 'too-many'],
    [4, 12, TENTH, 'too-many'],
    [4, 1000, 0, 'too-many'],
    [48, 60, TENTH, 'most-missing'],
    [45, 45, TENTH, 'most-missing'],
    [3, 5, TENTH, 'most-missing'],
    [2, 3, 1, 'most-missing'],
    [6, 10, 1, 'most-missing'],
    [1001, 10_000, TENTH, 'too-many'],
  ])('%i of %i with MAX_REMOVALS as %d', (gone, known, share, doubt) => {
    expect(doubtOf(of(gone, known), share)).toBe(doubt);
  });

  test('an empty list makes each of them doubtful', () => {
    expect(doubtOf(of(1, 45, { isListEmpty: true }), 1)).toBe('empty-list');
  });

  test('a list that leaves out over half of the users who exist makes each of them doubtful', () => {
    expect(doubtOf(of(2, 60, { missing: 31 }), 1)).toBe('most-missing');
    expect(doubtOf(of(2, 60, { missing: 30 }), 1)).toBeUndefined();
  });
});

test.each<[Doubt, Disappearance, string]>([
  [
    'empty-list',
    of(45, 45, { isListEmpty: true }),
    "Okta's list of users is empty, and Okta answers 404 for 45 of 45 known users",
  ],
  [
    'most-missing',
    of(40, 60, { missing: 48 }),
    '48 of 60 known users are missing from Okta, over half; Okta answers 404 for 40 of 60 known users',
  ],
  [
    'too-many',
    of(5, 45),
    'Okta answers 404 for 5 of 45 known users at once, more than MAX_REMOVALS=7.5% allows',
  ],
])('inventory policy, removal limit: %s is told with its numbers', (doubt, disappearance, text) => {
  expect(sayDoubt(doubt, disappearance, 0.075)).toBe(text);
});
