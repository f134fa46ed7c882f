import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADMIN_RULES } from '../enrich/admin.ts';
import { LOOKUP_FAILURE_RULES } from '../enrich/enrich-user.ts';
import { MFA_RULES } from '../enrich/mfa.ts';
import { LOOKUPS, type Facet, type GapReason, type UserFacets } from '../ports/org.ts';
import { type Made } from '../ports/events.ts';
import { userFacets } from './arbitraries.fixture.ts';
import { DEFAULTS, validate } from './event-maker.fixture.ts';
import { createEventMaker, type EventMakerOptions } from './make-event.ts';

const options: fc.Arbitrary<EventMakerOptions> = fc
  .record({
    mfaRule: fc.constantFrom(...MFA_RULES),
    adminRule: fc.constantFrom(...ADMIN_RULES),
    onLookupFailure: fc.constantFrom(...LOOKUP_FAILURE_RULES),
    lookups: fc.subarray([...LOOKUPS]).map((lookups) => new Set(lookups)),
  })
  .map((settings) => ({ ...DEFAULTS, ...settings }));

function reversed<T>(facet: Facet<readonly T[]>): Facet<readonly T[]> {
  return facet.kind === 'known' ? { ...facet, value: facet.value.toReversed() } : facet;
}

function inReverse(facets: UserFacets): UserFacets {
  const { groups, factors, roles } = facets;
  const inner =
    groups.kind === 'known'
      ? { ...groups, value: groups.value.map((each) => ({ ...each, roles: reversed(each.roles) })) }
      : groups;
  const held =
    roles.kind === 'known'
      ? { ...roles, value: { ...roles.value, roles: roles.value.roles.toReversed() } }
      : roles;
  return { ...facets, groups: reversed(inner), factors: reversed(factors), roles: held };
}

/** The part of a made event that counts; the order of a dead letter's reasons does not. */
function said(made: Made): unknown {
  return made.kind === 'event' ? [made.body, made.hash] : made.kind;
}

describe('ocsf, make event: whatever Okta says', () => {
  it('ends in an event that is valid as its receiver reads it, without a null, or in a dead letter with reasons', () => {
    fc.assert(
      fc.property(userFacets, options, (facets, settings) => {
        const made = createEventMaker(settings)(facets);
        if (made.kind === 'dead-letter')
          return made.reasons.length > 0 && made.reasons.every((reason) => reason !== '');
        const event: unknown = JSON.parse(made.body, (_, value: unknown) => {
          expect(value).not.toBeNull();
          return value;
        });
        expect(validate(event)).toEqual([]);
        expect(JSON.stringify(event)).toBe(made.body);
        return true;
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same again, and the same whatever the order of the answers', () => {
    fc.assert(
      fc.property(userFacets, options, (facets, settings) => {
        const makeEvent = createEventMaker(settings);
        const made = makeEvent(facets);

        expect(makeEvent(structuredClone(facets))).toEqual(made);
        expect(said(makeEvent(inReverse(facets)))).toEqual(said(made));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves the facets as they were', () => {
    fc.assert(
      fc.property(userFacets, options, (facets, settings) => {
        const before = structuredClone(facets);
        createEventMaker(settings)(facets);

        expect(facets).toEqual(before);
      }),
    );
  });

  it('never says no of an answer that failed, unless told to assume so', () => {
    const factors = fc
      .constantFrom<GapReason>('refused', 'gone')
      .map((reason) => ({ kind: 'unknown', reason }) as const);
    fc.assert(
      fc.property(userFacets, options, factors, (facets, settings, failed) => {
        const made = createEventMaker({ ...settings, onLookupFailure: 'omit' })({
          ...facets,
          factors: failed,
        });

        expect(made.kind === 'event' && made.body.includes('"has_mfa"')).toBe(false);
        expect(made.gaps.has('factors')).toBe(settings.lookups.has('factors'));
      }),
    );
  });
});
