import { facts } from './facts.ts';
import { fromText } from './parsed.ts';
import { REDACT_NAMES } from '../shaping/redaction.ts';
import * as values from './shaping-values.ts';

/** The event's own names mean the same fields (docs/shaping.md). */
const SHORT_NAMES = REDACT_NAMES.filter((name) => !name.includes('.')).join(', ');

/** The settings that select users and fields. */
export const SHAPING_SETTINGS = {
  includeGroups: fromText(values.groupNames)
    .optional()
    .register(facts, {
      name: 'INCLUDE_GROUPS',
      decides: ['asked'],
      description: 'only members of these groups, by name or id, separated by commas',
      allowed: 'names or ids, separated by commas; a comma in a name is written twice',
      example: 'Employees,Contractors',
    }),
  excludeGroups: fromText(values.groupNames)
    .optional()
    .register(facts, {
      name: 'EXCLUDE_GROUPS',
      decides: ['asked'],
      description: 'no members of these groups, by name or id, separated by commas',
      allowed: 'names or ids, separated by commas; a comma in a name is written twice',
      example: 'Guests',
    }),
  statuses: fromText(values.statuses)
    .optional()
    .register(facts, {
      name: 'STATUSES',
      decides: ['asked'],
      description:
        'only users of these statuses, whatever INCLUDE_DEPROVISIONED says (default: all but DEPROVISIONED)',
      example: 'ACTIVE,SUSPENDED',
    }),
  mappingFile: fromText(values.mappingFile)
    .optional()
    .register(facts, {
      name: 'MAPPING_FILE',
      decides: ['event', 'kept'],
      description:
        'a file of JSONata expressions over the Okta user and paths of the event (docs/shaping.md)',
      allowed: 'the path of a JSON or YAML file',
      example: 'docs/examples/mapping.yaml',
    }),
  redact: fromText(values.redact)
    .optional()
    .register(facts, {
      name: 'REDACT',
      decides: ['kept'],
      description: 'personal fields to drop or to hash before anything is kept or sent (docs/shaping.md)',
      allowed: `name=drop or name=hash, separated by commas; names: ${SHORT_NAMES}, profile.<attribute>, or the event's, such as user.name`,
      example: 'email=hash,phone_number=drop',
    }),
  redactKey: fromText(values.redactKey)
    .optional()
    .register(facts, {
      name: 'REDACT_KEY',
      decides: ['kept'],
      effect: { words: 'with a hash in REDACT', holds: (textOf) => textOf('REDACT').includes('hash') },
      isSecret: true,
      description: 'the key of those hashes (HMAC-SHA-256), at least 32 characters',
      allowed: 'at least 32 characters',
      example: '9b1d6c0f3a5e4c7e8f2a1b0c9d8e7f6a',
    }),
};
