import { ACCOUNT, IDENTITY, STANDING, UNMAPPED } from './access.ts';
import { CLASS, METADATA, RAW } from './envelope.ts';
import { LISTS } from './lists.ts';
import { NAMES, OKTA_ONLY, ORGANISATION, PERSON } from './person.ts';
import type { AttributeRow } from './row.ts';
import { isSince, type Version } from './versions.ts';

/**
 * The whole mapping from Okta to OCSF's User Inventory Info, in the order of the event's text. Each version's dialect,
 * its JSON schema, and the parts that decide whether an event has changed follow from it.
 */
const MAPPING: readonly AttributeRow[] = [
  ...METADATA,
  ...CLASS,
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

/** The rows of one version, each with the path that it has there. */
export function rowsOf(version: Version): readonly AttributeRow[] {
  return MAPPING.flatMap((row): AttributeRow[] => {
    if (row.before !== undefined && isSince(version, row.before)) return [];
    if (row.since === undefined || isSince(version, row.since)) return [row];
    return row.otherwise === undefined ? [] : [{ ...row, path: row.otherwise }];
  });
}
