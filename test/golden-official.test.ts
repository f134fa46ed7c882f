import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEventMaker } from '../src/ocsf/make-event.ts';
import { ABSENT, officialFaults } from '../src/ocsf/official/class-schema.fixture.ts';
import { ALL_RISK_RULES, makerOptions, validateOf } from '../src/ocsf/official/official.fixture.ts';
import { VERSIONS, type Version } from '../src/ocsf/official/versions.ts';
import { readUser } from '../src/okta/read/schema.ts';
import { LOOKUPS, type UserFacets } from '../src/ports/org.ts';
import { facetOf, groupFacets, factors, heldRoles } from './golden.fixture.ts';

/**
 * Okta's record of a user and what lookups gave in, events out: the same users for every version. After a change that
 * is meant: `vitest run test/golden-official.test.ts -u`, then read the diff against mapping.md.
 */
const FOLDER = new URL('golden/', import.meta.url);

const goldenCase = z.strictObject({
  settings: z.strictObject({
    carriesRaw: z.boolean().default(false),
    orgLabel: z.string().optional(),
    risk: z.boolean().default(false),
    lookups: z.array(z.enum(LOOKUPS)).default([...LOOKUPS]),
  }),
  okta: z.unknown(),
  facets: z.strictObject({
    readAt: z.int(),
    evaluatedAt: z.int().optional(),
    groups: facetOf(groupFacets),
    factors: facetOf(factors),
    roles: facetOf(heldRoles),
  }),
});

function readCase(name: string): z.output<typeof goldenCase> {
  return goldenCase.parse(JSON.parse(readFileSync(new URL(`ocsf/${name}.user.json`, FOLDER), 'utf8')));
}

function outcomeOf(
  name: string,
  version: Version,
): { event?: unknown; reasons?: readonly string[]; gaps: object } {
  const { settings, okta, facets } = readCase(name);
  const { carriesRaw, orgLabel, risk } = settings;
  const listed = readUser(okta, facets.readAt, { keepsRaw: carriesRaw });
  if (listed.kind !== 'user') throw new Error(listed.reason);
  const options = makerOptions(version, {
    options: { carriesRaw, orgLabel },
    lookups: new Set(settings.lookups),
    ...(risk ? ALL_RISK_RULES : {}),
  });
  const known: UserFacets = { ...facets, user: listed.user };
  const made = createEventMaker(options)(known);
  const gaps = Object.fromEntries(made.gaps);
  if (made.kind === 'dead-letter') return { reasons: made.reasons, gaps };
  const stamp = {
    uid: '6f1c0b0e-0000-4000-8000-000000000001',
    runId: 'run-1',
    loggedAt: facets.readAt + 5000,
  };
  return { event: JSON.parse(options.dialect.stamp(made.body, stamp)), gaps };
}

const cases = readdirSync(new URL('ocsf/', FOLDER))
  .filter((file) => file.endsWith('.user.json'))
  .map((file) => file.slice(0, -'.user.json'.length));

describe.each(VERSIONS)('golden users of dialect ocsf-%s', (version) => {
  it.each(cases)('%s', async (name) => {
    const outcome = `${JSON.stringify(outcomeOf(name, version), undefined, 2)}\n`;

    await expect(outcome).toMatchFileSnapshot(
      fileURLToPath(new URL(`ocsf-${version}/${name}.event.json`, FOLDER)),
    );
  });

  it.for(cases)('%s fits our schema and the official class', (name, { skip }) => {
    const { event } = outcomeOf(name, version);
    if (event === undefined) return;
    expect(validateOf(version)(event)).toEqual([]);

    const official = officialFaults(version);
    if (official === undefined) return skip(ABSENT);
    expect(official(event)).toEqual([]);
  });
});
