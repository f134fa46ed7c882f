import type * as z from 'zod';
import { ENDPOINTS, type Grant } from '../src/okta/endpoints.ts';
import { FACTORS_CHECK, GROUPS_CHECK, OTHER_CHECKS } from '../src/okta/check/lookup-checks.ts';
import { REFERENCE_NAMES } from '../src/settings/reference.ts';
import { SETTING_ROWS, SETTINGS, type SettingRow } from '../src/settings/table.ts';

/**
 * What connector.json and the README's table of settings must say, made from the settings and the checks of `test`.
 * After a change that is meant: `npx vitest run test/manifest.test.ts -u`.
 */

type Json = string | number | boolean;

const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(SETTINGS));

/** Where the image departs from the defaults; its Dockerfile says the same. */
export const IMAGE_DEFAULTS: Readonly<Record<string, string>> = {
  STATE_DIR: '/var/lib/okta-ocsf',
  HTTP_HOST: '0.0.0.0',
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

function isRequired({ requiredTo, unlessGiven }: SettingRow): boolean {
  return requiredTo !== undefined && unlessGiven === undefined;
}

function property(row: SettingRow) {
  const text = defaultsOf(row)[0] ?? row.example;
  const type = typeOf(row, text);
  return {
    description: row.description,
    type,
    ...rangeOf(row),
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

/** The default, and that of the `ocsf-*` dialects where it is another one. */
function defaultsOf({ default: written }: SettingRow): string[] {
  if (written === undefined) return [];
  return typeof written === 'string' ? [written] : [written.sekoia, written.ocsf];
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

/** What is allowed, from what the setting itself says of a text that is not. */
function rangeOf({ key }: SettingRow) {
  const problem = SCHEMAS.get(key)?.safeParse('?').error?.issues[0]?.message ?? '';
  const values = /^must be one of: (.+)$/.exec(problem)?.[1];
  if (values !== undefined) return { enum: values.split(', ') };
  const [, minimum, maximum] = /^must be a whole number from (\d+) to (\d+)$/.exec(problem) ?? [];
  return minimum === undefined ? {} : { minimum: Number(minimum), maximum: Number(maximum) };
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

export function manifestPermissions() {
  const users = {
    title: 'Users',
    template: ENDPOINTS.users.template,
    lookups: [],
    grant: ENDPOINTS.users.grant,
    cost: 'no run is possible',
  };
  return [users, GROUPS_CHECK, ...OTHER_CHECKS.filter((check) => check !== FACTORS_CHECK), FACTORS_CHECK].map(
    ({ title, template, lookups, grant, cost }) => ({
      title,
      endpoint: `GET ${template}`,
      lookups,
      ...grantOf(grant),
      isRequired: title === users.title,
      without: cost,
    }),
  );
}

function grantOf({ scope, role }: Grant) {
  return { scope, adminRole: role };
}

/** The README's table: one row a setting. */
export function settingsTable(): string {
  const rows = SETTING_ROWS.map((row) => `| \`${row.name}\` | ${defaultCell(row)} | ${meaningCell(row)} |`);
  return ['| name | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function defaultCell(row: SettingRow): string {
  const [first, inOcsf] = defaultsOf(row);
  const image = IMAGE_DEFAULTS[row.name];
  if (first !== undefined) {
    const others = inOcsf === undefined ? '' : `; \`${inOcsf}\` in \`ocsf-*\``;
    return `\`${first}\`${others}${image === undefined ? '' : `; image: \`${image}\``}`;
  }
  if (row.unlessGiven !== undefined) return 'required, or a service app';
  if (row.requiredTo === undefined) return '-';
  return row.requiredTo === 'push' ? 'required to push' : 'required';
}

function meaningCell(row: SettingRow): string {
  const meaning = row.description.replaceAll('|', '\\|').replaceAll('*', '\\*');
  return row.isSecret === true ? `${meaning} (secret)` : meaning;
}
