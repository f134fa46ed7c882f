import * as z from 'zod';
import { ConfigError, type SettingFault } from '../ports/errors.ts';
import { credentialFaults } from './credential.ts';
import type { Found, Given, ReferenceEntry, Texts } from './given.ts';
import { noticeFaults } from './notice-values.ts';
import { hookFaults } from './hook-settings.ts';
import { scheduleFaults } from './schedule-values.ts';
import { createScrubber, Secret } from './secret.ts';
import { hashFaults, mappingFaults } from './shaping-values.ts';
import { findSettings, withFilesReadAgain } from './sources.ts';
import { SETTING_ROWS, SETTINGS, type SettingRow } from './table.ts';
import { uses } from './uses.ts';
import { hasEffect, nearMissOf } from './warnings.ts';

const Whole = z.object(SETTINGS);
/** The inventory can name its org, so the URL is not required here. */
const Schema = Whole.partial({ oktaBaseUrl: true });

/** Every setting, read and valid. `sinkSettings` has those that a push needs. */
export type Settings = Readonly<z.output<typeof Whole>>;

export interface SinkSettings {
  readonly baseUrl: string;
  readonly apiKey: Secret;
  readonly connectorUuid: string;
}

export interface LoadOptions {
  readonly configFile?: string | undefined;
  /** The command pushes, so the settings that a push needs are required. */
  readonly requireSink: boolean;
  /**
   * Set for a command that asks Okta nothing, and so needs no credential. Without `OKTA_BASE_URL`, this function finds
   * the org's host by `STATE_DIR`.
   */
  readonly orgHost?: ((stateDir: string) => string | undefined) | undefined;
  /** The command that asks, where some settings are for it alone. */
  readonly command?: string | undefined;
}

/** Settings, and the texts and files that they are made of: these hold secrets. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly given: ReadonlyMap<string, Given>;
  /** The names that are given to settings of other commands. */
  readonly unread: readonly string[];
}

/** Reads environment and file once; throws one `ConfigError` with all mistakes, none of which holds a secret. */
export function loadSettings(env: Texts, options: LoadOptions): LoadedSettings {
  const isRead = ({ readBy }: SettingRow): boolean => readBy === undefined || readBy === options.command;
  return settingsOf(findSettings(env, options.configFile, undefined, isRead), env, options);
}

/**
 * The same settings with each secret that came from a `NAME_FILE` read from there once more, and nothing else. Throws
 * `ConfigError` as `loadSettings` does.
 */
export function rereadSecrets(
  { given, unread }: LoadedSettings,
  env: Texts,
  options: LoadOptions,
): LoadedSettings {
  return settingsOf({ ...withFilesReadAgain(given), unread }, env, options);
}

/** The command `hooks` may be about to make that file (`--secret-file`), and asks for the secret itself. */
function isOfAbsentSecret({ name }: SettingFault, { command }: LoadOptions): boolean {
  return command === 'hooks' && name === 'HOOK_SECRET_FILE';
}

/** A port without a secret harms nobody who does not open it. `test` tells whether the worker would start. */
function opensHookPort({ command }: LoadOptions): boolean {
  return command === 'worker' || command === 'test';
}

function settingsOf(
  { given, faults: found, entries = new Map<string, ReferenceEntry>(), unread = [] }: Found,
  env: Texts,
  options: LoadOptions,
): LoadedSettings {
  const faults = found.filter((fault) => !isOfAbsentSecret(fault, options));
  const parsed = Schema.safeParse(textsOf(given));
  const issues = parsed.success ? [] : parsed.error.issues;

  const scrub = createScrubber(secretTextsIn(given));
  // A credential that is incomplete or given twice harms nobody who does not use it.
  const ofCredential = usesCredential(options) ? credentialFaults(given) : [];
  const mixedUp = new Map([
    ...ofCredential,
    ...(uses('hashes', options.command) ? hashFaults(given) : []),
    ...mappingFaults(given),
    ...scheduleFaults(given),
    ...(uses('messages', options.command) ? noticeFaults(given) : []),
    ...(opensHookPort(options) ? hookFaults(given) : []),
  ]);
  const own = SETTING_ROWS.flatMap((row) => {
    const ofRow = isMissing(row, given, options)
      ? [missingFault(row, { entry: entries.get(row.name), nearMiss: nearMissOf(row, env) })]
      : faultsOf(row, given.get(row.name), issues);
    const fault = mixedUp.get(row.name);
    return fault === undefined ? ofRow : [...ofRow, fault];
  });
  const all = [...faults, ...own].map(({ name, problem, hint }) => ({
    name: scrub(name),
    problem: scrub(problem),
    hint: scrub(hint),
  }));
  if (!parsed.success || all.length > 0) throw new ConfigError(all);
  const { oktaBaseUrl = knownOrg(parsed.data, options), ...rest } = parsed.data;
  return { settings: { ...rest, oktaBaseUrl }, given, unread };
}

function knownOrg({ stateDir }: Pick<Settings, 'stateDir'>, { orgHost }: LoadOptions): string {
  const host = orgHost?.(stateDir);
  if (host !== undefined) return `https://${host}`;
  throw new ConfigError(
    SETTING_ROWS.filter(({ key }) => key === 'oktaBaseUrl').map((row) => missingFault(row)),
  );
}

/** The settings that a push needs; throws `ConfigError` when one is missing. */
export function sinkSettings(settings: Settings): SinkSettings {
  const { sekoiaBaseUrl: baseUrl, sekoiaApiKey: apiKey, sekoiaConnectorUuid: connectorUuid } = settings;
  if (apiKey !== undefined && connectorUuid !== undefined) return { baseUrl, apiKey, connectorUuid };
  const missing = SETTING_ROWS.filter((row) => row.requiredTo === 'push' && row.effect === undefined);
  throw new ConfigError(missing.map((row) => missingFault(row)));
}

/** The texts that must never be printed. */
export function secretTexts(settings: Settings): string[] {
  return Object.values(settings).flatMap((value) => (value instanceof Secret ? value.traces() : []));
}

/** The files in which secrets were found. */
export function secretFiles(given: ReadonlyMap<string, Given>): readonly string[] {
  const files = SETTING_ROWS.filter(({ isSecret }) => isSecret === true).map(
    ({ name }) => given.get(name)?.file,
  );
  return [...new Set(files.filter((file) => file !== undefined))];
}

function textsOf(given: ReadonlyMap<string, Given>): Record<string, string | undefined> {
  const family = given.get('DIALECT')?.text?.toLowerCase().startsWith('ocsf-') === true ? 'ocsf' : 'sekoia';
  return Object.fromEntries(
    SETTING_ROWS.map((row) => {
      const fallback = typeof row.default === 'object' ? row.default[family] : row.default;
      return [row.key, given.get(row.name)?.text ?? fallback];
    }),
  );
}

function isMissing(row: SettingRow, given: ReadonlyMap<string, Given>, options: LoadOptions): boolean {
  const isRequired = row.requiredTo === 'push' ? options.requireSink : isRequiredToRead(row, options);
  if (!hasEffect(row, given)) return false;
  return isRequired && ![row.name, ...(row.unlessGiven ?? [])].some((name) => given.has(name));
}

function isRequiredToRead({ key, requiredTo }: SettingRow, options: LoadOptions): boolean {
  if (requiredTo !== 'read' || options.orgHost !== undefined) return false;
  return key === 'oktaBaseUrl' || usesCredential(options);
}

/** The command `hooks` has a credential of its own, and one that only asks the inventory needs none. */
function usesCredential({ orgHost, command }: LoadOptions): boolean {
  return orgHost === undefined && command !== 'hooks';
}

function faultsOf(
  row: SettingRow,
  given: Given | undefined,
  issues: readonly z.core.$ZodIssue[],
): SettingFault[] {
  // The place that it was read from has reported the mistake already.
  if (given?.text === undefined) return [];
  return issues
    .filter((issue) => issue.path[0] === row.key)
    .map((issue) => ({
      name: given.from,
      problem: issue.message,
      hint: hintOf(issue) ?? exampleOf(row, given.entry),
    }));
}

function hintOf(issue: z.core.$ZodIssue): string | undefined {
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
  return typeof hint === 'string' ? hint : undefined;
}

interface Missing {
  /** The place that it would have in an object of the reference connector, where there is one. */
  readonly entry?: ReferenceEntry | undefined;
  /** A name in the environment that was probably meant for this setting. */
  readonly nearMiss?: string | undefined;
}

function missingFault(row: SettingRow, { entry, nearMiss }: Missing = {}): SettingFault {
  const instead = row.unlessGiven === undefined ? '' : `; or give ${row.unlessGiven.join(', ')} instead`;
  const meant = nearMiss === undefined ? '' : `, but ${nearMiss} is given: is that meant?`;
  const hint = `${exampleOf(row, entry)}${entry === undefined ? instead : `; or set ${row.name}`}`;
  const name = entry === undefined ? row.name : `${entry.object} ${entry.key}`;
  return { name, problem: `is missing${meant}`, hint };
}

function exampleOf(row: SettingRow, entry?: ReferenceEntry): string {
  if (entry !== undefined) {
    const value = /^\d+$/.test(row.example) ? Number(row.example) : row.example;
    return `for example ${entry.object}=${JSON.stringify({ [entry.key]: value })}`;
  }
  if (row.isSecret !== true) return `for example ${row.name}=${row.example}`;
  return `for example ${row.name}=${row.example} or ${row.name}_FILE=/run/secrets/${row.name.toLowerCase()}`;
}

function secretTextsIn(given: ReadonlyMap<string, Given>): string[] {
  return SETTING_ROWS.flatMap((row) => (row.isSecret === true ? [given.get(row.name)?.text ?? ''] : []));
}
