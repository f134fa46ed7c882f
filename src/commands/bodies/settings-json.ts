import * as z from 'zod';
import { JSON_VERSION, jsonVersion, type OutputOf } from '../../ports/json-output.ts';
import { allowedWords, defaultsOf } from '../../settings/described.ts';
import type { SettingRow } from '../../settings/table.ts';

const setting = z.object({
  name: z.string().describe('the environment variable'),
  default: z.string().exactOptional().describe('absent: there is none'),
  defaultInOcsfDialects: z.string().exactOptional().describe('where it differs with `DIALECT=ocsf-*`'),
  requiredTo: z
    .enum(['read', 'push'])
    .exactOptional()
    .describe('every run needs it, or only one that pushes; absent: none'),
  unlessGiven: z.array(z.string()).exactOptional().describe('settings any one of which replaces it'),
  isSecret: z.boolean().describe('it may be given as `NAME_FILE`, the path of a file that holds it'),
  allowed: z.string().describe('the values that it takes, in words'),
  values: z.array(z.string()).exactOptional().describe('the values that it takes, where they can be counted'),
  meaning: z.string().describe('its meaning, in words'),
  example: z.string().describe('a value as one writes it'),
});

/** `settings --json`, field by field. */
export const SETTINGS_SCHEMA = z.object({
  version: jsonVersion,
  settings: z.array(setting).describe('every setting, or the one that was asked for'),
});

export function settingsJson(rows: readonly SettingRow[]): OutputOf<typeof SETTINGS_SCHEMA> {
  return { version: JSON_VERSION, settings: rows.map(settingJson) };
}

function settingJson(row: SettingRow): OutputOf<typeof setting> {
  const { name, allowed, description: meaning, example } = row;
  const [first, inOcsf] = defaultsOf(row);
  return {
    name,
    ...(first === undefined ? {} : { default: first }),
    ...(inOcsf === undefined ? {} : { defaultInOcsfDialects: inOcsf }),
    ...(row.requiredTo === undefined ? {} : { requiredTo: row.requiredTo }),
    ...(row.unlessGiven === undefined ? {} : { unlessGiven: row.unlessGiven }),
    isSecret: row.isSecret === true,
    allowed: allowedWords(row),
    ...(typeof allowed === 'object' && 'values' in allowed ? { values: allowed.values } : {}),
    meaning,
    example,
  };
}
