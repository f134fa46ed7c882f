import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { SettingFault } from '../ports/errors.ts';
import { presentText, reasonOf, type Found, type Given, type Texts } from './given.ts';
import { decodedStart, IS_UTF_16 } from './text-file.ts';

/**
 * The folder in which the reference connector finds its files. They have the names of its variables in lower case, and
 * win over them.
 */
export const REFERENCE_FOLDER = '/symphony';

/** The objects that the reference connector takes, with the setting that each entry becomes here. */
const OBJECTS = [
  ['MODULE_CONFIGURATION', { base_url: 'OKTA_BASE_URL', apikey: 'OKTA_API_TOKEN' }],
  [
    'CONNECTOR_CONFIGURATION',
    {
      sekoia_base_url: 'SEKOIA_BASE_URL',
      sekoia_api_key: 'SEKOIA_API_KEY',
      frequency: 'FREQUENCY',
      batch_size: 'BATCH_SIZE',
    },
  ],
] as const;
const CONNECTOR_UUID = 'CONNECTOR_CONFIGURATION_UUID';

/** Its plain variables: those that give way to an entry of the objects, and those that win over it, as there. */
const WEAK_NAMES = { ASSET_CONNECTOR_PRODUCTION_BASE_URL: 'SEKOIA_BASE_URL' } as const;
const STRONG_NAMES = {
  ASSET_CONNECTOR_BATCH_SIZE: 'BATCH_SIZE',
  ASSET_CONNECTOR_FREQUENCY: 'FREQUENCY',
} as const;

/** Each name that the reference connector knows, and its setting here. */
export const REFERENCE_NAMES: readonly { readonly name: string; readonly setting: string }[] = [
  ...OBJECTS.flatMap(([name, entries]) =>
    Object.entries(entries).map(([entry, setting]) => ({ name: `${name} ${entry}`, setting })),
  ),
  { name: CONNECTOR_UUID, setting: 'SEKOIA_CONNECTOR_UUID' },
  ...Object.entries({ ...STRONG_NAMES, ...WEAK_NAMES }).map(([name, setting]) => ({ name, setting })),
];

const HINT = 'make it readable for this user, or take it away and set the variables instead';

const Configuration = z.record(z.string(), z.unknown());
const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The reference connector's own names and files, so that moving over is one image change (docs/moving-over.md). */
export function readReferenceNames(env: Texts, folder: string): Found {
  const objects = OBJECTS.map(([name, entries]) => {
    const read = readItem(env, folder, name);
    return isFault(read) ? onlyFault(read) : readObject(read, entries);
  });
  const uuid = readItem(env, folder, CONNECTOR_UUID);
  return {
    given: new Map([
      ...readPlain(env, WEAK_NAMES),
      ...objects.flatMap((found) => [...found.given]),
      ...(isFault(uuid) || uuid.text === undefined ? [] : [['SEKOIA_CONNECTOR_UUID', uuid] as const]),
      ...readPlain(env, STRONG_NAMES),
    ]),
    faults: [...objects.flatMap((found) => found.faults), ...(isFault(uuid) ? [uuid] : [])],
    entries: new Map(objects.flatMap((found) => [...(found.entries ?? [])])),
  };
}

/** Reads the file of the folder when it exists, else the variable. */
function readItem(env: Texts, folder: string, name: string): Given | SettingFault {
  const file = join(folder, name.toLowerCase());
  try {
    const text = decodedStart(readFileSync(file, 'utf8'));
    if (text !== undefined) return { text: presentText(text), from: file, file };
    return { name: file, problem: `cannot be read: ${IS_UTF_16}`, hint: HINT };
  } catch (thrown) {
    if (isAbsent(thrown)) return { text: presentText(env[name]), from: name };
    return { name: file, problem: `cannot be read: ${reasonOf(thrown)}`, hint: HINT };
  }
}

/** There is no such file, or a folder has its name, which the reference connector ignores too. */
function isAbsent(thrown: unknown): boolean {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}

function isFault(read: Given | SettingFault): read is SettingFault {
  return 'problem' in read;
}

function onlyFault(fault: SettingFault): Found {
  return { given: new Map(), faults: [fault] };
}

function readPlain(env: Texts, names: Readonly<Record<string, string>>): [string, Given][] {
  return Object.entries(names).flatMap(([from, name]): [string, Given][] => {
    const text = presentText(env[from]);
    return text === undefined ? [] : [[name, { text, from }]];
  });
}

function readObject({ text, from, file }: Given, entries: Readonly<Record<string, string>>): Found {
  if (text === undefined) return { given: new Map(), faults: [] };
  const parsed = Configuration.safeParse(parseJson(text));
  if (!parsed.success) return onlyFault(notAnObject(from));

  const given = new Map<string, Given>();
  const faults: SettingFault[] = [];
  for (const [key, name] of Object.entries(entries)) {
    const written = parsed.data[key];
    const scalar = Scalar.safeParse(written);
    const value = scalar.success ? presentText(String(scalar.data)) : undefined;
    const where = { from: `${from} ${key}`, file, entry: { object: from, key } };
    if (value !== undefined) given.set(name, { text: value, ...where });
    if (scalar.success || written === undefined || written === null) continue;
    given.set(name, { text: undefined, ...where });
    const problem = Array.isArray(written) ? 'is a list' : 'is an object';
    faults.push({ name: where.from, problem, hint: 'write one text or number' });
  }
  const all = Object.entries(entries).map(([key, name]) => [name, { object: from, key }] as const);
  return { given, faults, entries: new Map(all) };
}

/** Parses JSON, or JSON in base64; `undefined` when it is neither. The parser's message would quote a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

function notAnObject(name: string): SettingFault {
  const example = /connector/i.test(name)
    ? '{"sekoia_api_key": "...", "frequency": 1200}'
    : '{"base_url": "https://acme.okta.com", "apikey": "..."}';
  const hint = name.includes('/') ? `it must hold ${example} or the like` : `for example ${name}=${example}`;
  return { name, problem: 'is neither a JSON object nor one in base64', hint };
}
