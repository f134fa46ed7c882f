import { presentText, type Given, type Texts } from './given.ts';
import { distanceBetween } from './nearest.ts';
import { REFERENCE_NAMES } from './reference.ts';
import { SETTING_ROWS, type SettingRow } from './table.ts';
import { uses } from './uses.ts';

/** A setting that is no mistake, but was probably not meant. */
export interface SettingWarning {
  readonly name: string;
  readonly problem: string;
  readonly hint: string;
}

/** Names that look like ours but belong to others. */
const NAMES_OF_OTHERS = new Set(['HTTP_PROXY', 'ALL_PROXY', 'HTTPS_HOST', 'HTTPS_PORT', 'NO_COLOR']);
/** Longer names may differ in more letters. */
const ONE_LETTER_FROM = 8;
const TWO_LETTERS_FROM = 10;

/**
 * Warns of settings that have no effect beside the others, and of names in the environment that are nearly those of
 * settings.
 *
 * @param command that asks
 */
export function settingWarnings(
  env: Texts,
  given: ReadonlyMap<string, Given>,
  command?: string,
): readonly SettingWarning[] {
  return [...withoutEffect(given, command), ...nearMisses(env, given)];
}

/** The command `hooks` reads the settings of the port without HOOK_PORT, too. */
const OF_PORT = /^HOOK_/;

const OF_MESSAGES = new Set(['NOTIFY', 'ALERT_WEBHOOK_FORMAT']);

function withoutEffect(given: ReadonlyMap<string, Given>, command: string | undefined): SettingWarning[] {
  const rows = SETTING_ROWS.filter(
    ({ name }) =>
      (command !== 'hooks' || !OF_PORT.test(name)) && (uses('messages', command) || !OF_MESSAGES.has(name)),
  );
  return rows.flatMap((row) => {
    const { name, default: usual, effect } = row;
    const text = given.get(name)?.text;
    if (effect === undefined || text === undefined || text === usual || hasEffect(row, given)) return [];
    const problem = `has no effect: it counts only ${effect.words}`;
    return [{ name: given.get(name)?.from ?? name, problem, hint: 'take it away, or set what it needs' }];
  });
}

/** Does a setting count beside the others, as they are given or by default? */
export function hasEffect({ effect }: SettingRow, given: ReadonlyMap<string, Given>): boolean {
  if (effect === undefined) return true;
  return effect.holds((name) => {
    const row = SETTING_ROWS.find((each) => each.name === name);
    return given.get(name)?.text ?? (typeof row?.default === 'string' ? row.default : '');
  });
}

function nearMisses(env: Texts, given: ReadonlyMap<string, Given>): SettingWarning[] {
  return SETTING_ROWS.filter(({ name }) => !given.has(name)).flatMap((row) => {
    const written = nearMissOf(row, env);
    if (written === undefined) return [];
    const hint = `write ${row.name} if that is meant`;
    return [{ name: written, problem: `is not a setting, but nearly ${row.name}`, hint }];
  });
}

/** A name in the environment that was probably meant for this setting. */
export function nearMissOf(row: SettingRow, env: Texts): string | undefined {
  const names = row.isSecret === true ? [row.name, `${row.name}_FILE`] : [row.name];
  return Object.keys(env).find(
    (written) =>
      presentText(env[written]) !== undefined &&
      /^[A-Z][A-Z\d_]*$/i.test(written) &&
      !isKnown(written) &&
      names.some((name) => isNear(written, name)),
  );
}

function isKnown(written: string): boolean {
  const name = written.toUpperCase();
  return (
    NAMES_OF_OTHERS.has(name) ||
    SETTING_ROWS.some((row) => row.name === name || `${row.name}_FILE` === name) ||
    REFERENCE_NAMES.some((reference) => reference.name.split(' ')[0] === name)
  );
}

function isNear(written: string, name: string): boolean {
  const [one, other] = [bare(written), bare(name)];
  if (one === other) return true;
  const distance = distanceBetween(written.toUpperCase(), name);
  return (
    (name.length >= ONE_LETTER_FROM && distance <= 1) || (name.length >= TWO_LETTERS_FROM && distance <= 2)
  );
}

/** Without case, underscores and a plural's S. */
function bare(name: string): string {
  return name.toUpperCase().replaceAll('_', '').replace(/S$/, '');
}
