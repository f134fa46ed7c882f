import { expect, it } from 'vitest';
import { LOOKUPS } from '../ports/org.ts';
import { aGroup, held, known, READ_AT, someFacets, unknown } from './facets.fixture.ts';
import { freshnessOf } from './freshness.ts';

const ALL = new Set(LOOKUPS);

it('enrich, freshness: is as new as the newest answer', () => {
  const facets = someFacets({
    factors: known([], READ_AT + 5),
    groups: known([aGroup({}, known([], READ_AT + 9))]),
  });

  expect(freshnessOf(facets, ALL).newestAt).toBe(READ_AT + 9);
});

it('enrich, freshness: does not count an answer that may not be spoken of', () => {
  const facets = someFacets({ factors: known([], READ_AT + 5) });

  expect(freshnessOf(facets, new Set(['groups'])).newestAt).toBe(READ_AT);
});

it('enrich, freshness: names the lookups that failed, and those with a last known answer with its age', () => {
  const stale = { ...known([], 7), isStale: true } as const;
  const facets = someFacets({
    groups: known([aGroup({}, unknown()), aGroup({}, { ...stale, readAt: 3 }), aGroup({}, stale)]),
    factors: stale,
    roles: unknown(),
  });

  expect(freshnessOf(facets, ALL)).toEqual({
    newestAt: READ_AT,
    unknown: ['group-roles', 'roles'],
    staleSince: [
      ['group-roles', 3],
      ['factors', 7],
    ],
  });
});

it('enrich, freshness: says nothing of lookups that are switched off', () => {
  const facets = someFacets({ groups: unknown(), roles: held([]) });

  expect(freshnessOf(facets, new Set(['roles'])).unknown).toEqual([]);
});
