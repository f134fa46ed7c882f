import type * as z from 'zod';
import { ENDPOINTS, type Grant } from '../src/okta/endpoints.ts';
import { ASSET_CHECKS } from '../src/okta/check/asset-checks.ts';
import {
  FACTORS_CHECK,
  GROUPS_CHECK,
  OTHER_CHECKS,
  type LookupCheck,
} from '../src/okta/check/lookup-checks.ts';
import { allowedWords, defaultsOf, defaultWords } from '../src/settings/described.ts';
import { REFERENCE_NAMES } from '../src/settings/reference.ts';
import { SETTING_ROWS, SETTINGS, type SettingRow } from '../src/settings/table.ts';

/**
 * Makes the text that connector.json and docs/settings.md must hold from the settings and the checks of `test`.
 * After a change that is meant: `npx vitest run test/manifest.test.ts -u`.
 */

type Json = string | number | boolean;

const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(SETTINGS));

/** Where the image departs from the defaults; its Dockerfile says the same. */
export const IMAGE_DEFAULTS: Readonly<Record<string, string>> = {
  STATE_DIR: '/var/lib/okta-ocsf',
  HTTP_HOST: '0.0.0.0',
  HOOK_HOST: '0.0.0.0',
};

export function manifestSettings() {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(SETTING_ROWS.map((row) => [row.name, property(row)])),
    required: SETTING_ROWS.filter(isRequired).map(({ name }) => name),
    secrets: SETTING_ROWS.filter(({ isSecret }) => isSecret === true).map(({ name }) => name),
  };
}

function isRequired({ requiredTo, unlessGiven, effect }: SettingRow): boolean {
  return requiredTo !== undefined && unlessGiven === undefined && effect === undefined;
}

function property(row: SettingRow) {
  const text = defaultsOf(row)[0] ?? row.example;
  const type = typeOf(row, text);
  return {
    description: row.description,
    type,
    ...rangeOf(row, type),
    ...defaultOf(row, type),
    ...(row.isSecret === true ? {} : { examples: [valueOf(row.example, type)] }),
    ...(row.unlessGiven === undefined ? {} : { unlessGiven: row.unlessGiven }),
  };
}

function defaultOf(row: SettingRow, type: string) {
  const [first, inOcsf] = defaultsOf(row);
  if (first === undefined) return {};
  const own = { default: valueOf(first, type) };
  const image = IMAGE_DEFAULTS[row.name];
  return {
    ...own,
    ...(inOcsf === undefined ? {} : { defaultInOcsfDialects: valueOf(inOcsf, type) }),
    ...(image === undefined ? {} : { defaultInImage: image }),
  };
}

/** As a platform's form would have it: `10%` and lists stay texts. */
function typeOf({ key }: SettingRow, text: string): string {
  const value: unknown = SCHEMAS.get(key)?.safeParse(text).data;
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'number' || String(value) !== text) return 'string';
  return Number.isInteger(value) ? 'integer' : 'number';
}

function valueOf(text: string, type: string): Json {
  if (type === 'boolean') return text === 'true';
  return type === 'string' ? text : Number(text);
}

/** The allowed values, as a form can check them. */
function rangeOf({ allowed }: SettingRow, type: string) {
  if (typeof allowed === 'string' || type === 'boolean') return {};
  if (allowed.kind === 'number') return { minimum: allowed.least, maximum: allowed.most };
  return allowed.kind === 'one' ? { enum: allowed.values } : {};
}

/** Under which of the reference connector's names a setting is accepted too. */
export function manifestNames(): Record<string, string[]> {
  const settings = new Set(REFERENCE_NAMES.map(({ setting }) => setting));
  return Object.fromEntries(
    [...settings].map((setting) => [
      setting,
      REFERENCE_NAMES.filter((each) => each.setting === setting).map(({ name }) => name),
    ]),
  );
}

/** Of everything that a run may ask: users, lookups, and last the assets that `ASSETS` adds. */
export function manifestPermissions() {
  const users = {
    title: 'Users',
    template: ENDPOINTS.users.template,
    lookups: [],
    grant: ENDPOINTS.users.grant,
    cost: 'no run is possible',
  };
  const ofLookups = [GROUPS_CHECK, ...OTHER_CHECKS.filter((check) => check !== FACTORS_CHECK), FACTORS_CHECK];
  return [
    ...[users, ...ofLookups].map(({ lookups, ...check }) => permission(check, { lookups })),
    ...ASSET_CHECKS.map(({ assets, ...check }) => permission(check, { assets })),
  ];
}

function permission<T>({ title, template, grant, cost }: Permission, askedFor: T) {
  return {
    title,
    endpoint: `GET ${template}`,
    ...askedFor,
    ...grantOf(grant),
    isRequired: template === ENDPOINTS.users.template,
    without: cost,
  };
}

type Permission = Pick<LookupCheck, 'title' | 'template' | 'grant' | 'cost'>;

function grantOf({ scope, role }: Grant) {
  return { scope, adminRole: role };
}

/** The table of docs/settings.md: one row a setting. */
export function settingsTable(): string {
  const rows = SETTING_ROWS.map(
    (row) => `| \`${row.name}\` | ${defaultCell(row)} | ${allowedCell(row)} | ${meaningCell(row)} |`,
  );
  return ['| name | default | allowed | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function defaultCell(row: SettingRow): string {
  const words = defaultWords(row, code);
  const image = IMAGE_DEFAULTS[row.name];
  if (words === 'none') return '-';
  return image === undefined ? words : `${words}; image: ${code(image)}`;
}

function allowedCell(row: SettingRow): string {
  return allowedWords(row, code)
    .replaceAll('<', '\\<')
    .replaceAll(/(?<!`[^`,]*)\*/g, '\\*');
}

function code(value: string): string {
  return `\`${value}\``;
}

function meaningCell(row: SettingRow): string {
  const meaning = row.description.replaceAll('|', '\\|').replaceAll('*', '\\*');
  return row.isSecret === true ? `${meaning} (secret)` : meaning;
}
