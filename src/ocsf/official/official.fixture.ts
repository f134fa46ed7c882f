import { RISK_RULES } from '../../enrich/risk.ts';
import { LOOKUPS, type UserFacets } from '../../ports/org.ts';
import type { Dialect } from '../dialect.ts';
import { dialectNamed } from '../dialects.ts';
import { createEventMaker, type EventMakerOptions } from '../make-event.ts';
import { createValidate, type Validate } from '../validate.ts';
import type { OfficialOptions } from './row.ts';
import { VERSIONS, type Version } from './versions.ts';

/** Compiling takes longer than most tests. */
const VALIDATES = new Map(
  VERSIONS.map((version): [Version, Validate] => [
    version,
    createValidate(dialectNamed(`ocsf-${version}`, {}).schema),
  ]),
);

export function validateOf(version: Version): Validate {
  return VALIDATES.get(version) ?? (() => ['no schema']);
}

function officialDialect(version: Version, options: OfficialOptions = {}): Dialect {
  return dialectNamed(`ocsf-${version}`, { tenantUid: 'acme.okta.com', ...options }).dialect;
}

/** The event maker of an official dialect's defaults. */
export function makerOptions(
  version: Version,
  { options, ...changes }: Partial<EventMakerOptions> & { readonly options?: OfficialOptions } = {},
): EventMakerOptions {
  return {
    dialect: officialDialect(version, options),
    validate: validateOf(version),
    mfaRule: 'active',
    adminRule: 'any-role',
    onLookupFailure: 'omit',
    lookups: new Set(LOOKUPS),
    ...changes,
  };
}

export const ALL_RISK_RULES = { riskRules: new Set(RISK_RULES) };

/** The event as its receiver reads it, stamped; throws when there is none. */
export function officialEvent(
  facets: UserFacets,
  version: Version = '1.6.0',
  changes: Parameters<typeof makerOptions>[1] = {},
): Record<string, unknown> {
  const options = makerOptions(version, changes);
  const made = createEventMaker(options)(facets);
  if (made.kind !== 'event') throw new Error(`no event: ${made.reasons.join(', ')}`);
  const stamp = { uid: 'event-1', runId: 'run-1', loggedAt: facets.readAt };
  return Object(JSON.parse(options.dialect.stamp(made.body, stamp)));
}
