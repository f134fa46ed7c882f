import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADMIN_RULES } from '../../enrich/admin.ts';
import { LOOKUP_FAILURE_RULES } from '../../enrich/enrich-user.ts';
import { MFA_RULES } from '../../enrich/mfa.ts';
import { isRiskRule, RISK_RULES } from '../../enrich/risk.ts';
import { LOOKUPS, type Facet, type UserFacets } from '../../ports/org.ts';
import { userFacets } from '../arbitraries.fixture.ts';
import { createEventMaker, type EventMakerOptions } from '../make-event.ts';
import { ABSENT, officialFaults } from './class-schema.fixture.ts';
import { makerOptions, validateOf } from './official.fixture.ts';
import { VERSIONS, type Version } from './versions.ts';

const STAMP = { uid: 'event-1', runId: 'run-1', loggedAt: 1_790_000_000_000 };

function optionsOf(version: Version): fc.Arbitrary<EventMakerOptions> {
  return fc
    .record({
      mfaRule: fc.constantFrom(...MFA_RULES),
      adminRule: fc.constantFrom(...ADMIN_RULES),
      onLookupFailure: fc.constantFrom(...LOOKUP_FAILURE_RULES),
      lookups: fc.subarray([...LOOKUPS]).map((lookups) => new Set(lookups)),
      riskRules: fc.option(
        fc.subarray([...RISK_RULES]).map((rules) => new Set(rules.filter(isRiskRule))),
        { nil: undefined },
      ),
      options: fc.record({ carriesRaw: fc.boolean(), orgLabel: fc.constantFrom(undefined, 'acme') }),
    })
    .map((changes) => makerOptions(version, changes));
}

/** Every null, and every object or enrichment without anything in it. */
function emptyParts(value: unknown, path = '$'): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  if (entries.length === 0 && !Array.isArray(value)) return [path];
  return entries.flatMap(([key, part]) => emptyParts(part, `${path}.${key}`));
}

function reversed<T>(facet: Facet<readonly T[]>): Facet<readonly T[]> {
  return facet.kind === 'known' ? { ...facet, value: facet.value.toReversed() } : facet;
}

function inReverse(facets: UserFacets): UserFacets {
  const { roles } = facets;
  const held =
    roles.kind === 'known'
      ? { ...roles, value: { ...roles.value, roles: roles.value.roles.toReversed() } }
      : roles;
  return { ...facets, groups: reversed(facets.groups), factors: reversed(facets.factors), roles: held };
}

describe.each(VERSIONS)('official dialects, dialect: whatever Okta says, in dialect ocsf-%s', (version) => {
  const official = officialFaults(version);

  it('ends in an event that fits our schema, or in a dead letter with reasons', () => {
    fc.assert(
      fc.property(userFacets, optionsOf(version), (facets, options) => {
        const made = createEventMaker(options)(facets);
        if (made.kind === 'dead-letter') return made.reasons.length > 0 && !made.reasons.includes('');
        const event: unknown = JSON.parse(options.dialect.stamp(made.body, STAMP));
        expect(validateOf(version)(event)).toEqual([]);
        expect(emptyParts(event)).toEqual([]);
        return true;
      }),
      { numRuns: 300 },
    );
  });

  it('ends in an event that fits the official class, or in a dead letter', ({ skip }) => {
    if (official === undefined) return skip(ABSENT);
    fc.assert(
      fc.property(userFacets, optionsOf(version), (facets, options) => {
        const made = createEventMaker(options)(facets);
        if (made.kind === 'dead-letter') return;
        expect(official(JSON.parse(options.dialect.stamp(made.body, STAMP)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

it('official dialects, dialect: is about events: most of these users become one', () => {
  const makeEvent = createEventMaker(makerOptions('1.8.0'));
  const made = fc.sample(userFacets, { numRuns: 500, seed: 7 }).map((facets) => makeEvent(facets).kind);

  expect(made.filter((kind) => kind === 'event').length).toBeGreaterThan(250);
});

describe('official dialects, dialect: whatever Okta says', () => {
  it('gives the same again, and the same whatever the order of the answers', () => {
    fc.assert(
      fc.property(userFacets, optionsOf('1.8.0'), (facets, options) => {
        const makeEvent = createEventMaker(options);
        const made = makeEvent(facets);

        expect(makeEvent(structuredClone(facets))).toEqual(made);
        const again = makeEvent(inReverse(facets));
        expect(again.kind).toBe(made.kind);
        if (made.kind === 'event') expect(again).toMatchObject({ body: made.body, hash: made.hash });
      }),
      { numRuns: 300 },
    );
  });

  it('says nothing of a lookup that failed or may not be spoken of', () => {
    fc.assert(
      fc.property(userFacets, optionsOf('1.8.0'), (facets, options) => {
        const { lookups } = options;
        const failed = { ...facets, factors: { kind: 'unknown', reason: 'refused' } } as const;
        const made = createEventMaker({ ...options, onLookupFailure: 'omit' })(failed);
        if (made.kind === 'dead-letter') return;

        expect(made.body.includes('"has_mfa"')).toBe(false);
        expect(made.body.includes('mfa_factors')).toBe(false);
        if (!lookups.has('roles')) expect(made.body.includes('admin_roles')).toBe(false);
        if (!lookups.has('groups')) expect(made.body.includes('"groups":')).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
