import { describe, expect, test } from 'vitest';
import { known, notAsked, unknown } from '../../enrich/facets.fixture.ts';
import { GAP_REASONS } from '../../ports/org.ts';
import { facetOf, keptOfAnswer, leavesMark, standsIn } from './answers.ts';

describe('inventory policy, answers: an answer', () => {
  test('that is known is kept as it is', () => {
    expect(keptOfAnswer({ kind: 'known', value: ['a'], readAt: 3 })).toEqual({
      kind: 'value',
      value: ['a'],
      readAt: 3,
    });
  });

  test('that failed changes nothing but the reason: it never becomes "no"', () => {
    expect(keptOfAnswer(unknown('refused'))).toEqual({ kind: 'gap', reason: 'refused' });
  });

  test('that was not asked leaves nothing', () => {
    expect(keptOfAnswer(notAsked)).toEqual({ kind: 'nothing' });
  });

  test('leaves a mark only where it was unavailable', () => {
    const marking = GAP_REASONS.filter((reason) => leavesMark(unknown(reason)));

    expect(marking).toEqual(['unavailable']);
    expect([known([]), notAsked].some(leavesMark)).toBe(false);
  });
});

describe('inventory policy, answers: what is kept of a question', () => {
  const never = { gap: undefined, readAt: undefined, askedAt: undefined };
  const yes = (): boolean => true;

  test.each([
    ['answered', { gap: undefined, readAt: 3, askedAt: 3 }, { kind: 'known', value: 'v', readAt: 3 }],
    ['never asked', never, { kind: 'not-asked' }],
    ['asked in vain', { ...never, gap: 'refused', askedAt: 9 }, { kind: 'unknown', reason: 'refused' }],
    [
      'answered, then asked in vain',
      { gap: 'refused', readAt: 3, askedAt: 9 },
      { kind: 'known', value: 'v', readAt: 3, isStale: true },
    ],
  ] as const)('%s', (_, last, facet) => {
    expect(facetOf(last, () => 'v', yes)).toEqual(facet);
  });

  test('is unknown again once it is too old to stand in for a failure', () => {
    const ages: number[] = [];
    const facet = facetOf(
      { gap: 'refused', readAt: 3, askedAt: 9 },
      () => 'v',
      (readAt, askedAt) => {
        ages.push(readAt, askedAt);
        return false;
      },
    );

    expect(facet).toEqual({ kind: 'unknown', reason: 'refused' });
    expect(ages).toEqual([3, 9]);
  });

  test('does not grow too old where the last asking was answered', () => {
    const facet = facetOf(
      { gap: undefined, readAt: 3, askedAt: 3 },
      () => 'v',
      () => false,
    );

    expect(facet.kind).toBe('known');
  });
});

describe('inventory policy, answers: inventory, policy: a last known answer', () => {
  const isStillGood = (readAt: number, askedAt: number): boolean => askedAt - readAt <= 10;

  test.each([
    ['stands in as long as it is good', { readAt: 3, askedAt: 13 }, true],
    ['does not stand in once it is too old', { readAt: 3, askedAt: 14 }, false],
    ['does not stand in where there is none', { readAt: undefined, askedAt: 3 }, false],
  ])('%s', (_, last, expected) => {
    expect(standsIn(last, isStillGood)).toBe(expected);
  });
});
