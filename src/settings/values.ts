import { RISK_RULES } from '../enrich/risk.ts';
import { ASSETS, type Asset } from '../ports/assets.ts';
import { LOOKUPS, type Lookup } from '../ports/org.ts';
import { someOf } from './list-values.ts';
import { nearestName } from './nearest.ts';
import { allowing, IN_QUOTES, right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['yes', true],
  ['no', false],
  ['1', true],
  ['0', false],
]);
const LONGEST_LABEL = 100;
const CONTROL_CHARACTER = /\p{Cc}/u;

export function wholeNumber(least: number, most: number) {
  return allowing({ kind: 'number', least, most }, (text): Parsed<number> => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return right(value);
    return wrong(`must be a whole number from ${least} to ${most}`);
  });
}

export const A_YEAR_SECONDS = 31_536_000;
const recheckSeconds = wholeNumber(0, A_YEAR_SECONDS);
/** Whole seconds, or `at-once`, which is 0. */
export const policyRecheck = allowing(
  { kind: 'number', least: 0, most: A_YEAR_SECONDS },
  (text): Parsed<number> => recheckSeconds(text.toLowerCase() === 'at-once' ? '0' : text),
);

/** Over 0 up to 1. */
export function share(text: string): Parsed<number> {
  const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 1) return right(value);
  return wrong(
    'must be a part between 0 (excluded) and 1',
    'write 0.5 for half of the limit that Okta shows',
  );
}

/** Reads a percentage such as `10%`, and returns it as a part from 0 to 1. */
export function percentage(text: string): Parsed<number> {
  const digits = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  const value = digits === undefined ? Number.NaN : Number(digits) / 100;
  if (value >= 0 && value <= 1) return right(value);
  return wrong('must be a percentage from 0% to 100%', 'write 10% for a tenth of the known users');
}

export const yesOrNo = allowing({ kind: 'one', values: ['true', 'false'] }, (text): Parsed<boolean> => {
  const value = BOOLEANS.get(text.toLowerCase());
  return value === undefined ? wrong('must be true or false') : right(value);
});

/** Reads one of these values, in any case: `INFO` is `info`. */
export function oneOf<const T extends string>(values: readonly T[]) {
  return allowing({ kind: 'one', values }, (text): Parsed<T> => {
    const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return right(found);
    const nearest = nearestName(text, values);
    const hint = nearest === undefined ? undefined : `did you mean ${nearest}?`;
    return wrong(`must be one of: ${values.join(', ')}`, hint);
  });
}

const someLookups = someOf('lookup', LOOKUPS);

export const lookups = allowing({ kind: 'several', values: LOOKUPS }, (text): Parsed<ReadonlySet<Lookup>> => {
  const parsed = someLookups(text);
  if (parsed.kind === 'right' && parsed.value.has('group-roles') && !parsed.value.has('groups')) {
    return wrong('asks for group-roles without groups', 'add groups, or leave group-roles out');
  }
  return parsed;
});

const someAssets = someOf('asset', ASSETS);

export const assets = allowing({ kind: 'several', values: ASSETS }, (text): Parsed<ReadonlySet<Asset>> => {
  const parsed = someAssets(text);
  if (parsed.kind === 'right' && parsed.value.has('app-users') && !parsed.value.has('apps')) {
    return wrong('asks for app-users without apps', 'add apps, or leave app-users out');
  }
  return parsed;
});

/** At least one rule, since `RISK` itself switches risk on and off. */
export const riskRules = someOf('rule', RISK_RULES, 'write RISK=false to leave risk out');

/** Reads a secret for an `Authorization` header, without the scheme's name in front. */
export function headerSecret(scheme: string): (text: string) => Parsed<Secret> {
  const alone = 'give the secret alone, as it was shown when it was made';
  return (text) => {
    if (text.toLowerCase().startsWith(`${scheme.toLowerCase()} `))
      return wrong(`starts with "${scheme} "`, alone);
    if (/^(["']).*\1$/s.test(text)) return wrong('is in quotes', alone);
    if (/\s/.test(text)) return wrong('holds spaces or line breaks', alone);
    if (!/^[\x21-\x7e]+$/.test(text)) return wrong('holds characters that are not plain ASCII', alone);
    return right(new Secret(text));
  };
}

/** Reads an id that becomes one segment of a URL's path. */
export function pathSegment(text: string): Parsed<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9._~-]*$/.test(text)) return right(text);
  return wrong('must be an id of letters, digits and hyphens');
}

/** Reads one id, or one for each key, separated by commas. */
export function keyIds(text: string): Parsed<readonly string[]> {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.every((id) => /^[\x21-\x7e]+$/.test(id))) return right(ids);
  return wrong('must be the id of a key, or two separated by a comma');
}

export function label(text: string): Parsed<string> {
  if (text.length <= LONGEST_LABEL && !CONTROL_CHARACTER.test(text)) return right(text);
  return wrong(`must be one line of at most ${LONGEST_LABEL} characters`);
}

/**
 * Reads a search expression that can be put in brackets and combined with others: all its brackets and quotes must
 * close.
 */
export function searchExpression(text: string): Parsed<string> {
  if (CONTROL_CHARACTER.test(text)) return wrong('must be one line');
  // An expression begins with a name or a bracket; quotes inside it are its own.
  if (/^["']/.test(text)) return wrong(IN_QUOTES.problem, IN_QUOTES.hint);
  const outsideQuotes = text.replaceAll(/"(\\.|[^"\\])*"/g, '');
  if (outsideQuotes.includes('"')) return wrong('holds a quote that is not closed');
  let depth = 0;
  for (const character of outsideQuotes) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? right(text) : wrong('holds brackets that do not match');
}

export function listenHost(text: string): Parsed<string> {
  if (/^[A-Za-z0-9.:_-]+$/.test(text)) return right(text);
  return wrong('must be an address or a host name, without scheme or port');
}

/** In small letters, as `Host` is compared. */
export function hostNames(text: string): Parsed<readonly string[]> {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (names.every((name) => /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?$/.test(name))) return right(names);
  return wrong('must be host names, separated by commas, without scheme or port');
}

export function anyText(text: string): Parsed<string> {
  return right(text);
}
