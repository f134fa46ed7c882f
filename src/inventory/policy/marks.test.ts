import { describe, expect, test } from 'vitest';
import { held, known, notAsked, unknown } from '../../enrich/facets.fixture.ts';
import { MARK_REASONS, type Answered, type Mark, type StoredMark } from '../../ports/inventory.ts';
import { GAP_REASONS } from '../../ports/org.ts';
import { hasFailed, isAnswered, questionsAnswered } from './marks.ts';

const MEMBERS: Mark = { subject: 'group', id: '00g1', question: 'members', reason: 'changed' };
const ANSWERED: Answered = { subject: 'group', id: '00g1', questions: ['members'], marksUpTo: 7 };

function stored(mark: Mark = MEMBERS, version = 7): StoredMark {
  return { mark, version };
}

describe('inventory policy, marks: a mark is answered', () => {
  test.each<[string, StoredMark, Answered]>([
    ['by the answer to its question', stored(), ANSWERED],
    [
      'by the answer to its question among others',
      stored(),
      { ...ANSWERED, questions: ['roles', 'members'] },
    ],
    ['whichever member it names', stored({ ...MEMBERS, member: 'u1' }), ANSWERED],
    ['whatever it asks, when all is answered', stored(), { ...ANSWERED, questions: 'all' }],
    ['when it was set long before', stored(MEMBERS, 1), ANSWERED],
    [
      'where an asking has left it that brought nothing',
      stored({ ...MEMBERS, reason: 'refused' }),
      { ...ANSWERED, only: 'failed' },
    ],
  ])('%s', (_, mark, answered) => {
    expect(isAnswered(mark, answered)).toBe(true);
  });
});

describe('inventory policy, marks: a mark is not answered', () => {
  test.each<[string, StoredMark, Answered]>([
    ['when it was set or renewed after the question was asked', stored(MEMBERS, 8), ANSWERED],
    ['nor then where all is answered', stored(MEMBERS, 8), { ...ANSWERED, questions: 'all' }],
    ['by the answer to another question', stored(), { ...ANSWERED, questions: ['record', 'roles'] }],
    ['by an answer to nothing', stored(), { ...ANSWERED, questions: [] }],
    ['by the answer about another one', stored(), { ...ANSWERED, id: '00g2' }],
    [
      'by the answer about a user of the same id',
      stored(),
      { subject: 'user', id: '00g1', questions: 'all', marksUpTo: 7 },
    ],
    [
      'where only what failed is answered, and something else brought it',
      stored(),
      { ...ANSWERED, only: 'failed' },
    ],
  ])('%s', (_, mark, answered) => {
    expect(isAnswered(mark, answered)).toBe(false);
  });
});

test('inventory policy, marks: an asking that brought nothing leaves the reason of a gap, and no other', () => {
  const failed = MARK_REASONS.filter((reason) => hasFailed(stored({ ...MEMBERS, reason })));

  expect(failed).toEqual(GAP_REASONS);
});

describe('inventory policy, marks: a reading answers', () => {
  test.each([
    ['nothing, where nothing was asked and the record is no news', {}, false, []],
    ['the record alone, where that is all the news', {}, true, ['record']],
    ['what came', { groups: known([]), factors: known([]) }, false, ['groups', 'factors']],
    ['what failed: it is marked anew', { roles: unknown('unavailable') }, false, ['roles']],
    [
      'what need not be asked any more',
      { groups: 'by-membership', factors: notAsked },
      false,
      ['groups', 'factors'],
    ],
    ["no roles from the org's list of role holders, which may be late", { roles: held([]) }, false, []],
    [
      'all of it',
      { groups: known([]), factors: known([]), roles: held([], true) },
      true,
      ['record', 'groups', 'factors', 'roles'],
    ],
  ] as const)('%s', (_, reading, isRecordNews, questions) => {
    expect(questionsAnswered(reading, isRecordNews)).toEqual(questions);
  });
});
