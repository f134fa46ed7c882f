import { ConfigError } from '../../ports/errors.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { allowedWords, defaultWords } from '../../settings/described.ts';
import { nearestName } from '../../settings/nearest.ts';
import { SETTING_ROWS, type SettingRow } from '../../settings/table.ts';
import type { World } from '../../process/world.ts';
import { settingsJson } from './settings-json.ts';

export interface SettingsOptions {
  /** Prints only this setting. Case does not matter, and a secret may be named by its `NAME_FILE`. */
  readonly name?: string | undefined;
  readonly json: boolean;
}

/** Prints which settings there are, and none of their values: it reads neither environment nor file. */
export async function runSettings(world: World, { name, json }: SettingsOptions): Promise<number> {
  const rows = name === undefined ? SETTING_ROWS : [rowOf(name)];
  const text = json
    ? `${JSON.stringify(settingsJson(rows), null, 2)}\n`
    : rows.map((row) => `${lines(row).join('\n')}\n`).join('\n');
  await world.out(text);
  return EXIT_DONE;
}

function rowOf(written: string): SettingRow {
  const wanted = written.toUpperCase();
  const found = SETTING_ROWS.find((row) => namesOf(row).includes(wanted));
  if (found !== undefined) return found;
  const nearest = nearestName(written, SETTING_ROWS.flatMap(namesOf));
  const problem = 'is not a setting';
  const all = 'okta-ocsf settings lists them all';
  throw new ConfigError([
    { name: written, problem, hint: nearest === undefined ? all : `did you mean ${nearest}? ${all}` },
  ]);
}

function namesOf({ name, isSecret }: SettingRow): string[] {
  return isSecret === true ? [name, `${name}_FILE`] : [name];
}

function lines(row: SettingRow): string[] {
  const secret =
    row.isSecret === true ? ` (secret; or ${row.name}_FILE, the path of a file that holds it)` : '';
  return [
    row.name,
    `  default: ${defaultWords(row)}`,
    `  allowed: ${allowedWords(row)}`,
    `  meaning: ${row.description}${secret}`,
    `  example: ${row.name}=${row.example}`,
  ];
}
