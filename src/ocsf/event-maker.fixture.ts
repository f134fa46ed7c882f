import schema from '../../schemas/sekoia/user-inventory.schema.json' with { type: 'json' };
import { LOOKUPS, type Lookup, type UserFacets } from '../ports/org.ts';
import { createEventMaker, type EventMakerOptions } from './make-event.ts';
import { sekoia } from './sekoia.ts';
import { createValidate } from './validate.ts';

export const validate = createValidate(schema);

/** The event maker of the product's defaults. */
export const DEFAULTS: EventMakerOptions = {
  dialect: sekoia,
  validate,
  mfaRule: 'any',
  adminRule: 'reference',
  onLookupFailure: 'omit',
  lookups: new Set(LOOKUPS),
};

export function lookupsWithout(...off: Lookup[]): Pick<EventMakerOptions, 'lookups'> {
  return { lookups: new Set(LOOKUPS.filter((lookup) => !off.includes(lookup))) };
}

/** The event as its receiver reads it; throws when there is none. */
export function eventOf(facets: UserFacets, changes: Partial<EventMakerOptions> = {}): unknown {
  const made = createEventMaker({ ...DEFAULTS, ...changes })(facets);
  if (made.kind !== 'event') throw new Error(`no event: ${made.reasons.join(', ')}`);
  return JSON.parse(made.body);
}

export function reasonsOf(facets: UserFacets): readonly string[] {
  const made = createEventMaker(DEFAULTS)(facets);
  return made.kind === 'dead-letter' ? made.reasons : [];
}
