import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { AssetRedaction } from '../ports/assets.ts';
import type { CustomValue, User } from '../ports/org.ts';
import { PROFILE_FIELDS } from './okta-record.ts';

const REDACT_ACTIONS = ['drop', 'hash'] as const;
type RedactAction = (typeof REDACT_ACTIONS)[number];

/** By attribute of Okta's profile; `custom` stands for all of the org's own. */
export type RedactRules = ReadonlyMap<string, RedactAction>;

const ALL_CUSTOM = 'custom';
const LOGIN = 'login';

/** The names that people and events use for personal fields, with the attributes of the profile that contain them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  login: [LOGIN],
  'user.name': [LOGIN],
  'user.uid_alt': [LOGIN],
  'user.account.name': [LOGIN],
  email: ['email'],
  'user.email_addr': ['email'],
  second_email: ['secondEmail'],
  'user.ldap_person.email_addrs': ['secondEmail'],
  full_name: ['firstName', 'lastName', 'middleName', 'honorificPrefix', 'honorificSuffix'],
  'user.full_name': ['firstName', 'lastName', 'middleName', 'honorificPrefix', 'honorificSuffix'],
  'user.ldap_person.given_name': ['firstName'],
  'user.ldap_person.surname': ['lastName'],
  display_name: ['displayName'],
  'user.display_name': ['displayName'],
  nick_name: ['nickName'],
  phone_number: ['mobilePhone', 'primaryPhone'],
  'user.phone_number': ['mobilePhone', 'primaryPhone'],
  'user.ldap_person.phone_number': ['mobilePhone', 'primaryPhone'],
  address: ['streetAddress', 'city', 'state', 'zipCode', 'countryCode', 'postalAddress'],
  'user.ldap_person.location': ['streetAddress', 'city', 'state', 'zipCode', 'countryCode', 'postalAddress'],
  'user.ldap_person.office_location': ['streetAddress', 'postalAddress'],
  title: ['title'],
  'user.ldap_person.job_title': ['title'],
  employee_number: ['employeeNumber'],
  'user.ldap_person.employee_uid': ['employeeNumber'],
  manager: ['manager', 'managerId'],
  'user.ldap_person.manager': ['manager', 'managerId'],
  custom: [ALL_CUSTOM],
  device_name: ['device.displayName'],
  'device.name': ['device.displayName'],
  'device.hostname': ['device.displayName'],
  device_ids: ['device.serialNumber', 'device.imei', 'device.meid', 'device.udid', 'device.sid'],
  'device.hw_info.serial_number': ['device.serialNumber'],
  'device.imei_list': ['device.imei'],
  'device.meid': ['device.meid'],
  'device.udid': ['device.udid'],
};

/** The fields of a device that can be redacted. */
const DEVICE_FIELDS = ['displayName', 'serialNumber', 'imei', 'meid', 'udid', 'sid'] as const;

export const REDACT_NAMES: readonly string[] = Object.keys(NAMES);

const IDENTITY: ReadonlySet<string> = new Set(['user.uid', 'user.account.uid', 'id', 'uid']);

/** The fault of the first wrong pair. `unknown`: its name is unknown, and other pairs may have unknown names too. */
type RedactFault =
  { readonly kind: 'unknown' } | { readonly kind: 'wrong'; readonly at: number; readonly problem: string };

/** The rules in `name=action` pairs, or the fault of the first wrong one. */
export function readRedactRules(pairs: readonly string[]): { readonly rules: RedactRules } | RedactFault {
  const rules = new Map<string, RedactAction>();
  for (const [at, pair] of pairs.entries()) {
    const [name = '', word = ''] = pair.split('=').map((part) => part.trim());
    const action = REDACT_ACTIONS.find((each) => each === word.toLowerCase());
    const fault = (problem: string): RedactFault => ({ kind: 'wrong', at, problem });
    if (action === undefined) return fault('must be name=drop or name=hash, separated by commas');
    if (IDENTITY.has(name)) return fault('names what tells users apart and is never redacted');
    const attributes = attributesOf(name);
    if (attributes.length === 0) return { kind: 'unknown' };
    if (attributes.includes(LOGIN) && action === 'drop')
      return fault('drops the login, without which there is no event: it can be hashed');
    for (const attribute of attributes) rules.set(attribute, action);
  }
  return { rules };
}

/** Is this the name of a field that can be redacted, or that has a fault message of its own? */
export function isRedactName(name: string): boolean {
  return IDENTITY.has(name) || attributesOf(name).length > 0;
}

function attributesOf(name: string): readonly string[] {
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (known !== undefined) return known;
  const [, attribute] = /^profile\.([A-Za-z]\w*)$/u.exec(name) ?? [];
  return attribute === undefined ? [] : [attribute];
}

export interface Redactor {
  /** The rules and a digest of the key, as a text. When it changes, the users are read again. */
  readonly text: string;
  /** A user as it may be stored and sent. */
  readonly redact: (user: User) => User;
  /** The same for a user that was stored while `before` was in force: a value that is a hash already stays. */
  readonly redactKept: (user: User, before: string | undefined) => User;
  /** Assets beside users as they may be stored and sent. */
  readonly assets: AssetRedaction;
  /** The same for assets that were stored while `before` was in force. */
  readonly keptAssets: (before: string | undefined) => AssetRedaction;
  /** The login as it is stored. */
  readonly loginOf: (login: string) => string;
}

const textSchema = z.object({ rules: z.array(z.tuple([z.string(), z.enum(REDACT_ACTIONS)])) });

/** @param key of the hash; rules that only drop need none */
export function createRedactor(rules: RedactRules, key: string): Redactor {
  const hash = (value: CustomValue): string =>
    createHmac('sha256', key)
      .update(typeof value === 'string' ? value : JSON.stringify(value))
      .digest('hex');
  const sorted = [...rules].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const fingerprint = [...rules.values()].includes('hash') ? hash('okta-ocsf').slice(0, 12) : '';
  return {
    text: rules.size === 0 ? '' : JSON.stringify({ rules: sorted, key: fingerprint }),
    redact: (user) => redactUser(user, rules, hash),
    // Values that the mapping file computed from the record may contain what is redacted now.
    redactKept: (user, before) => ({
      ...redactUser(user, rulesSince(rules, before), hash),
      mapped: undefined,
    }),
    assets: assetRedaction(rules, hash),
    keptAssets: (before) => assetRedaction(rulesSince(rules, before), hash),
    loginOf: (login) => (rules.has(LOGIN) ? hash(login) : login),
  };
}

/** The rules for values that were stored while `before` was in force: a hash stays as it is. */
function rulesSince(rules: RedactRules, before: string | undefined): RedactRules {
  const hashed = hashedBefore(before);
  return new Map([...rules].filter(([name, action]) => action === 'drop' || !hashed.has(name)));
}

/** The name that an application knows a user by is the login, or as personal. */
function assetRedaction(rules: RedactRules, hash: Hash): AssetRedaction {
  const said = (name: string, value: string | undefined): string | undefined =>
    value === undefined || rules.get(name) === 'drop' ? undefined : hash(value);
  const fields = DEVICE_FIELDS.filter((field) => rules.has(`device.${field}`));
  const deviceName = 'device.displayName';
  return {
    factor: (details) =>
      rules.has(deviceName) ? { ...details, name: said(deviceName, details.name) } : details,
    device: (device) =>
      fields.reduce(
        (record, field) => ({ ...record, [field]: said(`device.${field}`, device[field]) }),
        device,
      ),
    appUser: (assigned) =>
      rules.has(LOGIN)
        ? {
            ...assigned,
            userName: said(LOGIN, assigned.userName),
            externalId: said(LOGIN, assigned.externalId),
          }
        : assigned,
  };
}

function hashedBefore(text: string | undefined): ReadonlySet<string> {
  if (text === undefined || text === '') return new Set();
  const { rules } = textSchema.parse(JSON.parse(text));
  return new Set(rules.flatMap(([name, action]) => (action === 'hash' ? [name] : [])));
}

type Hash = (value: CustomValue) => string;

function redactUser(user: User, rules: RedactRules, hash: Hash): User {
  if (rules.size === 0) return user;
  const changes: readonly [string, string | undefined][] = PROFILE_FIELDS.filter((field) =>
    rules.has(field),
  ).map((field) => {
    const value = user[field];
    return [field, value === undefined || rules.get(field) === 'drop' ? undefined : hash(value)];
  });
  const { custom, raw } = user;
  return {
    ...user,
    ...Object.fromEntries<string | undefined>(changes),
    ...(custom === undefined ? {} : { custom: redactCustom(custom, rules, hash) }),
    ...(raw === undefined ? {} : { raw: redactRaw(raw, rules, hash) }),
  };
}

function redactCustom(custom: NonNullable<User['custom']>, rules: RedactRules, hash: Hash): User['custom'] {
  const kept = Object.entries(custom).flatMap(([name, value]): [string, CustomValue][] => {
    const action = rules.get(name) ?? rules.get(ALL_CUSTOM);
    if (action === undefined) return [[name, value]];
    return action === 'drop' ? [] : [[name, hash(value)]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const rawSchema = z.looseObject({ profile: z.record(z.string(), z.unknown()) });
const NOT_CUSTOM: ReadonlySet<string> = new Set([
  ...PROFILE_FIELDS,
  'middleName',
  'honorificPrefix',
  'honorificSuffix',
  'postalAddress',
  'preferredLanguage',
  'profileUrl',
]);

/** A record that is no object is dropped, because its content is unknown. */
function redactRaw(raw: string, rules: RedactRules, hash: Hash): string | undefined {
  const parsed = rawSchema.safeParse(JSON.parse(raw));
  if (!parsed.success) return undefined;
  const entries = Object.entries(parsed.data.profile).flatMap(([name, value]): [string, unknown][] => {
    const action = rules.get(name) ?? (NOT_CUSTOM.has(name) ? undefined : rules.get(ALL_CUSTOM));
    if (action === undefined || value === null) return [[name, value]];
    return action === 'drop' ? [] : [[name, hash(typeof value === 'string' ? value : JSON.stringify(value))]];
  });
  return JSON.stringify({ ...parsed.data, profile: Object.fromEntries(entries) });
}
