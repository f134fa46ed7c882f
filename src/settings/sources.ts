import type { SettingFault } from '../ports/errors.ts';
import { readConfigFile } from './config-file.ts';
import { SERVICE_APP_NAMES } from './credential.ts';
import { presentText, type Found, type Given, type Texts } from './given.ts';
import { readReferenceNames, REFERENCE_FOLDER } from './reference.ts';
import { IN_QUOTES, isInQuotes } from './parsed.ts';
import { SETTING_ROWS, type SettingRow } from './table.ts';
import { isRegular, readTextFile } from './text-file.ts';

const LOWER_CASE = ['HTTPS_PROXY', 'NO_PROXY'] as const;

/**
 * Our own names win over the reference connector's, and the environment over the file.
 *
 * @param isRead settings that are not read count as not given, whatever is written in them
 */
export function findSettings(
  env: Texts,
  configFile: string | undefined,
  referenceFolder: string = REFERENCE_FOLDER,
  isRead: (row: SettingRow) => boolean = () => true,
): Found {
  const rows = SETTING_ROWS.filter(isRead);
  const file = configFile === undefined ? { texts: {}, faults: [] } : readConfigFile(configFile);
  const spoiled = file.faults.map(({ name }): [string, Given] => [name, { text: undefined, from: name }]);
  const own: Found[] = [
    { given: new Map(spoiled), faults: file.faults },
    readOwnNames(rows, file.texts, configFile),
    readLowerCase(env),
    readOwnNames(rows, env),
  ];
  const reference = readReferenceNames(env, referenceFolder);
  const weakestFirst = [withoutToken(reference, own), ...own];
  return {
    entries: reference.entries ?? new Map(),
    given: new Map(weakestFirst.flatMap((found) => [...found.given])),
    faults: weakestFirst.toReversed().flatMap((found) => found.faults),
    unread: unreadNames(
      [env, file.texts],
      SETTING_ROWS.filter((row) => !isRead(row)),
    ),
  };
}

function unreadNames(places: readonly Texts[], rows: readonly SettingRow[]): readonly string[] {
  const names = rows.flatMap(({ name }) => [name, `${name}_FILE`]);
  return names.filter((name) => places.some((texts) => presentText(texts[name]) !== undefined));
}

/** The reference connector knows only tokens. Where our own names choose the service app, its token is ignored. */
function withoutToken(reference: Found, own: readonly Found[]): Found {
  const choosesApp = own.some(({ given }) => SERVICE_APP_NAMES.some((name) => given.has(name)));
  if (!choosesApp) return reference;
  return { ...reference, given: new Map([...reference.given].filter(([name]) => name !== 'OKTA_API_TOKEN')) };
}

/** The proxy's variables count in lower case too, as in other programs. */
function readLowerCase(env: Texts): Found {
  const given = LOWER_CASE.flatMap((name): [string, Given][] => {
    const from = name.toLowerCase();
    const text = presentText(env[from]);
    return text === undefined ? [] : [[name, { from, text }]];
  });
  return { given: new Map(given), faults: [] };
}

/** @param file the file with the texts, if there is one */
function readOwnNames(rows: readonly SettingRow[], texts: Texts, file?: string): Found {
  const found = rows.map((row) => ({
    row,
    from: presentText(texts[row.name]) === undefined ? `${row.name}_FILE` : row.name,
    text: row.isSecret === true ? readSecret(row, texts) : presentText(texts[row.name]),
    file: presentText(texts[`${row.name}_FILE`]) ?? file,
  }));
  return {
    given: new Map(
      found.flatMap(({ row, text, ...where }): [string, Given][] =>
        text === undefined
          ? []
          : [[row.name, { ...where, text: typeof text === 'string' ? text : undefined }]],
      ),
    ),
    faults: found.flatMap(({ text }) => (typeof text === 'object' ? [text] : [])),
  };
}

function readSecret(row: SettingRow, texts: Texts): string | SettingFault | undefined {
  const fileName = `${row.name}_FILE`;
  const path = presentText(texts[fileName]);
  const text = presentText(texts[row.name]);
  if (path === undefined) return text;
  if (text === undefined) return readSecretFile(fileName, path);
  return { name: row.name, problem: `is set together with ${fileName}`, hint: 'keep one of the two' };
}

/** The same texts, with those that came from a `NAME_FILE` read again. */
export function withFilesReadAgain(given: ReadonlyMap<string, Given>): Found {
  const read = SETTING_ROWS.flatMap(({ name }) => {
    const { from, file } = given.get(name) ?? {};
    // A pipe has given all that it had, and might keep its reader waiting.
    if (from !== `${name}_FILE` || file === undefined || !isRegular(file)) return [];
    return [{ name, from, file, text: readSecretFile(from, file) }];
  });
  const texts = read.map(({ name, from, file, text }): [string, Given] => [
    name,
    { from, file, text: typeof text === 'string' ? text : undefined },
  ]);
  return {
    given: new Map([...given, ...texts]),
    faults: read.flatMap(({ text }) => (typeof text === 'object' ? [text] : [])),
  };
}

function readSecretFile(name: string, path: string): string | SettingFault {
  const hint = `for example ${name}=/run/secrets/${name.replace(/_FILE$/, '').toLowerCase()}`;
  if (isInQuotes(path)) return { name, ...IN_QUOTES };
  const read = readTextFile(path);
  if (read.kind === 'wrong') {
    return { name, problem: `names a file that cannot be read${shown(path)}: ${read.problem}`, hint };
  }
  const text = read.value.replace(/[\r\n]+$/, '');
  return text.trim() === '' ? { name, problem: `names an empty file${shown(path)}`, hint } : text;
}

/** Repeats a path only when it looks like one, because the secret itself may have been put there by mistake. */
function shown(path: string): string {
  return /^(\.{0,2}\/|[A-Za-z]:\\)/.test(path) ? ` (${path})` : '';
}
