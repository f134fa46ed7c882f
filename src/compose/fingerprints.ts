import { hash } from 'node:crypto';
import type { Decided } from '../settings/facts.ts';
import type { Settings } from '../settings/load.ts';
import { Secret } from '../settings/secret.ts';
import { SETTING_ROWS } from '../settings/table.ts';
import { chosenDialect } from './events.ts';
import { createRedactorFor, mappingRules } from './shaping.ts';

/**
 * Stored in the inventory. When the text of another run differs, everything that these settings decide is out of date.
 */
type Fingerprint = Exclude<Decided, 'connection'>;

/** The settings that decide this, as a text. It contains no secret: a secret prints as [hidden]. */
export function fingerprintOf(decided: Fingerprint, settings: Settings): string {
  return textOf(decided, { ...settings, ...resolvedFor(decided, settings) });
}

/**
 * The settings that decide a connection, as a digest. When it changes, a new connection is needed. Secrets count, so it
 * stays in memory.
 */
export function connectionKey(settings: Settings): string {
  const revealed = Object.entries(settings).map(([key, value]): [string, unknown] => [
    key,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return hash('sha256', textOf('connection', Object.fromEntries(revealed)));
}

function textOf(decided: Decided, values: Readonly<Record<string, unknown>>): string {
  const decisive = SETTING_ROWS.filter(({ decides = [] }) => decides.includes(decided));
  return JSON.stringify(decisive.map(({ name, key }) => [name, inOrder(values[key])]));
}

/** The order in which a set or a map was written decides nothing. */
function inOrder(value: unknown): unknown {
  if (!(value instanceof Set || value instanceof Map)) return value;
  return Array.from<unknown, string>(value, (each) => JSON.stringify(each)).toSorted();
}

type Resolved = Partial<Readonly<Record<keyof Settings, unknown>>>;

/**
 * The effective values of settings that depend on other settings or on the file that they name. Their text alone would
 * say too much or too little.
 */
function resolvedFor(decided: Fingerprint, settings: Settings): Resolved {
  const rules = mappingRules(settings);
  if (decided === 'kept') return { mappingFile: rules, redactKey: createRedactorFor(settings).text };
  if (decided === 'asked') return {};
  const { dialect } = chosenDialect(settings);
  return {
    oktaBaseUrl: new URL(settings.oktaBaseUrl).host,
    // Users' events name their devices; the other assets are in no event of theirs.
    assets: settings.assets.has('devices'),
    dialect: [dialect.name, dialect.schemaVersion],
    rawData: dialect.settings,
    riskRules: settings.risk ? settings.riskRules : undefined,
    // The expressions change what is kept of a record; the event takes the values at these paths from there.
    mappingFile: rules.map(({ to }) => to),
  };
}
