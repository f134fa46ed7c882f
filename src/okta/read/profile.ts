import type { CustomValue, Scalar } from '../../ports/org.ts';

/** The base attributes of every Okta profile (okta-api section 10). All others are the org's own. */
const BASE_ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'login email secondEmail firstName lastName middleName honorificPrefix honorificSuffix title displayName ' +
    'nickName profileUrl primaryPhone mobilePhone streetAddress city state zipCode countryCode postalAddress ' +
    'preferredLanguage locale timezone userType employeeNumber costCenter organization division department ' +
    'managerId manager'
  ).split(' '),
);

/** The largest attribute, and the largest sum of a user's, in JSON characters: an event must fit into a push. */
const LARGEST_ATTRIBUTE = 4000;
const LARGEST_CUSTOM = 16_000;

/** An attribute with a name like a secret's is never read, whatever it holds. */
const SECRET_NAME =
  /passw|passphrase|secret|token|credential|recovery|private_?key|api_?key|access_?key|^pin$/iu;

/** The parts of Okta's record that are secret, or about the answer rather than the user. */
const LEFT_OUT_OF_RAW: ReadonlySet<string> = new Set(['_links', '_embedded']);

function isSecretName(name: string): boolean {
  return name !== 'passwordChanged' && SECRET_NAME.test(name);
}

export interface CustomAttributes {
  readonly custom: Readonly<Record<string, CustomValue>> | undefined;
  readonly customLeftOut: number | undefined;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isCustomValue(value: unknown): value is CustomValue {
  return isScalar(value) || (Array.isArray(value) && value.every(isScalar));
}

/** Sorted by name, so that the order in Okta's answer does not matter. */
function entriesOf(profile: unknown): [string, unknown][] {
  if (typeof profile !== 'object' || profile === null) return [];
  return Object.entries(profile)
    .filter(([name, value]) => !BASE_ATTRIBUTES.has(name) && value !== null && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

/** The org's own attributes of a profile. Those that are left out are counted. */
export function readCustom(profile: unknown): CustomAttributes {
  const kept: [string, CustomValue][] = [];
  const entries = entriesOf(profile);
  let total = 0;
  for (const [name, value] of entries) {
    if (isSecretName(name) || !isCustomValue(value)) continue;
    const size = JSON.stringify([name, value]).length;
    if (size > LARGEST_ATTRIBUTE || total + size > LARGEST_CUSTOM) continue;
    total += size;
    kept.push([name, value]);
  }
  const leftOut = entries.length - kept.length;
  return {
    custom: kept.length === 0 ? undefined : Object.fromEntries(kept),
    customLeftOut: leftOut === 0 ? undefined : leftOut,
  };
}

/** The deepest level of a record; Okta's own have four. Writing JSON nests as deep, and the stack is finite. */
const DEEPEST = 64;

/** Okta's record of a user as JSON text, without credentials, links, and attributes named like a secret. */
export function readRaw(entry: unknown): string {
  return JSON.stringify(pruned(entry, 0));
}

function pruned(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return undefined;
  // `undefined` in a list would become null, which means something.
  if (Array.isArray(value)) {
    return value.map((each) => pruned(each, depth + 1)).filter((each) => each !== undefined);
  }
  const kept = Object.entries(value).filter(([name]) => !LEFT_OUT_OF_RAW.has(name) && !isSecretName(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, pruned(each, depth + 1)]));
}
