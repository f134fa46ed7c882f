import * as z from 'zod';
import type { SettingFault } from '../errors.ts';
import { presentText, type Found, type Given, type Texts } from './given.ts';

/** The whole objects that the reference connector takes from the environment, and what their entries are here. */
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

/** Its plain variables that give way to an entry of the objects, and those that win over it, as they do there. */
const WEAK_NAMES = { ASSET_CONNECTOR_PRODUCTION_BASE_URL: 'SEKOIA_BASE_URL' } as const;
const STRONG_NAMES = {
  CONNECTOR_CONFIGURATION_UUID: 'SEKOIA_CONNECTOR_UUID',
  ASSET_CONNECTOR_BATCH_SIZE: 'BATCH_SIZE',
  ASSET_CONNECTOR_FREQUENCY: 'FREQUENCY',
} as const;

const Configuration = z.record(z.string(), z.unknown());
const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The reference connector's own names, so that moving over is one image change (intake.md). */
export function readReferenceNames(env: Texts): Found {
  const objects = OBJECTS.map(([name, entries]) => readObject(name, entries, presentText(env[name])));
  return {
    given: new Map([
      ...readPlain(env, WEAK_NAMES),
      ...objects.flatMap((found) => [...found.given]),
      ...readPlain(env, STRONG_NAMES),
    ]),
    faults: objects.flatMap((found) => found.faults),
  };
}

function readPlain(env: Texts, names: Readonly<Record<string, string>>): [string, Given][] {
  return Object.entries(names).flatMap(([from, name]): [string, Given][] => {
    const text = presentText(env[from]);
    return text === undefined ? [] : [[name, { text, from }]];
  });
}

function readObject(
  from: string,
  entries: Readonly<Record<string, string>>,
  text: string | undefined,
): Found {
  if (text === undefined) return { given: new Map(), faults: [] };
  const parsed = Configuration.safeParse(parseJson(text));
  if (!parsed.success) return { given: new Map(), faults: [notAnObject(from)] };

  const given = Object.entries(entries).flatMap(([entry, name]): [string, Given][] => {
    const scalar = Scalar.safeParse(parsed.data[entry]);
    const value = scalar.success ? presentText(String(scalar.data)) : undefined;
    return value === undefined ? [] : [[name, { text: value, from: `${from} ${entry}` }]];
  });
  return { given: new Map(given), faults: [] };
}

/** JSON, or JSON in base64. `undefined` when it is neither: the parser's message would quote a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

function notAnObject(name: string): SettingFault {
  return {
    name,
    problem: 'is neither a JSON object nor one in base64',
    hint: `for example ${name}={"base_url": "https://acme.okta.com", "apikey": "..."}`,
  };
}
