import { ACCOUNT, IDENTITY, STANDING, UNMAPPED } from './access.ts';
import { ENVELOPE, RAW } from './envelope.ts';
import { LISTS } from './lists.ts';
import { NAMES, OKTA_ONLY, ORGANISATION, PERSON } from './person.ts';
import { rowsIn, type AttributeRow } from './row.ts';
import type { Version } from './versions.ts';

/**
 * The whole mapping from Okta to OCSF's User Inventory Info, in the order of the event's text. Each version's dialect,
 * its JSON schema, and the parts that decide whether an event has changed follow from it.
 */
const MAPPING: readonly AttributeRow[] = [
  ...ENVELOPE,
  ...IDENTITY,
  ...ACCOUNT,
  ...NAMES,
  ...STANDING,
  ...ORGANISATION,
  ...PERSON,
  ...LISTS,
  ...OKTA_ONLY,
  ...UNMAPPED,
  ...RAW,
];

export function rowsOf(version: Version): readonly AttributeRow[] {
  return rowsIn(MAPPING, version);
}
