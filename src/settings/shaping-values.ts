import { dialectSchema } from '../ocsf/dialects.ts';
import { DIALECT_NAMES, officialVersion, type DialectName } from '../ocsf/names.ts';
import { parseMapping, type ParsedMapping } from '../shaping/field-mapping.ts';
import { isRedactName, readRedactRules, REDACT_NAMES, type RedactRules } from '../shaping/redaction.ts';
import { readNames, STATUSES } from '../shaping/selection.ts';
import type { SettingFault } from '../ports/errors.ts';
import type { Given } from './given.ts';
import { shownMember, someOf, wrongMembers } from './list-values.ts';
import { right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';
import { readTextFile } from './text-file.ts';
import { oneOf } from './values.ts';

/**
 * The key must have at least as many bytes as the hash, because shorter keys can be guessed from a few known hashes.
 */
const SHORTEST_KEY = 32;

/** Reads `name=drop` or `name=hash`, separated by commas. */
export function redact(text: string): Parsed<RedactRules> {
  const pairs = readNames(text);
  const found = readRedactRules(pairs);
  if ('rules' in found) return right(found.rules);
  const names = pairs.map((pair) => pair.split('=')[0]?.trim() ?? '');
  if (found.kind === 'unknown') {
    const allowed = `${REDACT_NAMES.join(', ')}, and profile.<attribute>`;
    return wrongMembers(names, { noun: 'field', known: REDACT_NAMES, allowed, isKnown: isRedactName });
  }
  const entry = shownMember(names[found.at] ?? '', found.at + 1);
  return wrong(`${found.problem}: ${entry}`, 'write email=hash,phone_number=drop');
}

export function redactKey(text: string): Parsed<Secret> {
  if (text.length >= SHORTEST_KEY) return right(new Secret(text));
  return wrong(`is shorter than ${SHORTEST_KEY} characters`, 'make one with: openssl rand -hex 32');
}

/** Reads names or ids of groups, separated by commas. */
export function groupNames(text: string): Parsed<readonly string[]> {
  const names = readNames(text);
  return names.length === 0 ? wrong('names no group') : right(names);
}

/** Reads statuses, separated by commas, in any case. */
export const statuses = someOf('status', STATUSES);

export interface MappingFile {
  readonly path: string;
  readonly text: string;
}

export function mappingFile(path: string): Parsed<MappingFile> {
  const read = readTextFile(path);
  if (read.kind === 'right') return right({ path, text: read.value });
  return wrong(`names a file that cannot be read: ${read.problem}`);
}

/** The rules of a mapping file for a dialect, with all its faults. */
export function mappingFor({ text }: MappingFile, dialect: DialectName): ParsedMapping {
  const isOfficial = officialVersion(dialect) !== undefined;
  return parseMapping(text, { schema: dialectSchema(dialect), isOfficial });
}

function mappingFault(given: ReadonlyMap<string, Given>): SettingFault | undefined {
  const file = mappingFile(given.get('MAPPING_FILE')?.text ?? '');
  const dialect = oneOf(DIALECT_NAMES)(given.get('DIALECT')?.text ?? 'sekoia');
  if (file.kind === 'wrong' || dialect.kind === 'wrong') return undefined; // its own check reports it
  const { faults } = mappingFor(file.value, dialect.value);
  if (faults.length === 0) return undefined;
  const problem = faults.map(({ line, words }) => `line ${line}: ${words}`).join('; ');
  return {
    name: 'MAPPING_FILE',
    problem: `${file.value.path}, ${problem}`,
    hint: 'docs/shaping.md has examples',
  };
}

/** The mistake that `REDACT` hashes without a key. */
export function hashFaults(given: ReadonlyMap<string, Given>): ReadonlyMap<string, SettingFault> {
  const parsed = redact(given.get('REDACT')?.text ?? '');
  const isHashing = parsed.kind === 'right' && [...parsed.value.values()].includes('hash');
  if (!isHashing || given.has('REDACT_KEY')) return new Map();
  const problem = 'is missing: REDACT hashes with it';
  const hint = 'make one with openssl rand -hex 32 and give it as REDACT_KEY or REDACT_KEY_FILE';
  return new Map([['REDACT_KEY', { name: 'REDACT_KEY', problem, hint }]]);
}

/** The mistakes in `MAPPING_FILE`, for the chosen dialect. */
export function mappingFaults(given: ReadonlyMap<string, Given>): ReadonlyMap<string, SettingFault> {
  const ofMapping = mappingFault(given);
  return ofMapping === undefined ? new Map() : new Map([['MAPPING_FILE', ofMapping]]);
}
