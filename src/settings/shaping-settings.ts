import { facts } from './facts.ts';
import { fromText } from './parsed.ts';
import * as values from './shaping-values.ts';

/** The settings that decide which users and fields there are at all. */
export const SHAPING_SETTINGS = {
  includeGroups: fromText(values.groupNames).optional().register(facts, {
    name: 'INCLUDE_GROUPS',
    description: 'only members of these groups, by name or id, separated by commas',
    example: 'Employees,Contractors',
  }),
  excludeGroups: fromText(values.groupNames).optional().register(facts, {
    name: 'EXCLUDE_GROUPS',
    description: 'no members of these groups, by name or id, separated by commas',
    example: 'Guests',
  }),
  statuses: fromText(values.statuses).optional().register(facts, {
    name: 'STATUSES',
    description:
      'only users of these statuses, whatever INCLUDE_DEPROVISIONED says (default: all but DEPROVISIONED)',
    example: 'ACTIVE,SUSPENDED',
  }),
  mappingFile: fromText(values.mappingFile).optional().register(facts, {
    name: 'MAPPING_FILE',
    description: 'a file of JSONata expressions over the Okta user and paths of the event (docs/shaping.md)',
    example: 'docs/examples/mapping.yaml',
  }),
  redact: fromText(values.redact).optional().register(facts, {
    name: 'REDACT',
    description: 'personal fields to drop or to hash before anything is kept or sent (docs/shaping.md)',
    example: 'email=hash,phone_number=drop',
  }),
  redactKey: fromText(values.redactKey).optional().register(facts, {
    name: 'REDACT_KEY',
    isSecret: true,
    description: 'the key of those hashes (HMAC-SHA-256), at least 32 characters',
    example: '9b1d6c0f3a5e4c7e8f2a1b0c9d8e7f6a',
  }),
};
