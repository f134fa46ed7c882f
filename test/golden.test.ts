import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import schema from '../schemas/sekoia/user-inventory.schema.json' with { type: 'json' };
import { ADMIN_RULES } from '../src/enrich/admin.ts';
import { LOOKUP_FAILURE_RULES } from '../src/enrich/enrich-user.ts';
import { MFA_RULES } from '../src/enrich/mfa.ts';
import { createEventMaker } from '../src/ocsf/make-event.ts';
import { sekoia } from '../src/ocsf/sekoia.ts';
import { createValidate } from '../src/ocsf/validate.ts';
import { LOOKUPS } from '../src/ports/org.ts';
import { facetOf, factors, groupFacets, heldRoles, id, text } from './golden.fixture.ts';

/**
 * Users in, events out. `<case>.user.json` holds the settings that are not the default and what the inventory knows
 * of the user; `<case>.event.json` what becomes of it. After a change that is meant: `vitest run test/golden.test.ts -u`,
 * then read the diff against mapping.md.
 */
const FOLDER = new URL('golden/sekoia/', import.meta.url);

const stamps = { created: text, lastLogin: text, lastUpdated: text, passwordChanged: text };
const names = { firstName: text, lastName: text, displayName: text, organization: text, department: text };
const goldenCase = z.strictObject({
  settings: z.strictObject({
    mfaRule: z.enum(MFA_RULES).default('any'),
    adminRule: z.enum(ADMIN_RULES).default('reference'),
    onLookupFailure: z.enum(LOOKUP_FAILURE_RULES).default('omit'),
    lookups: z.array(z.enum(LOOKUPS)).default([...LOOKUPS]),
  }),
  facets: z.strictObject({
    user: z.strictObject({ id, status: text, login: text, email: text, ...stamps, ...names }),
    readAt: z.int(),
    groups: facetOf(groupFacets),
    factors: facetOf(factors),
    roles: facetOf(heldRoles),
  }),
});

const validate = createValidate(schema);

function outcomeOf(name: string): unknown {
  const { settings, facets } = goldenCase.parse(
    JSON.parse(readFileSync(new URL(`${name}.user.json`, FOLDER), 'utf8')),
  );
  const lookups = new Set(settings.lookups);
  const made = createEventMaker({ ...settings, lookups, dialect: sekoia, validate })(facets);
  const gaps = Object.fromEntries(made.gaps);
  return made.kind === 'event' ? { event: JSON.parse(made.body), gaps } : { reasons: made.reasons, gaps };
}

const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.user.json'))
  .map((file) => file.slice(0, -'.user.json'.length));

describe('golden users of dialect sekoia', () => {
  it.each(cases)('%s', async (name) => {
    const outcome = `${JSON.stringify(outcomeOf(name), undefined, 2)}\n`;

    await expect(outcome).toMatchFileSnapshot(fileURLToPath(new URL(`${name}.event.json`, FOLDER)));
  });
});
