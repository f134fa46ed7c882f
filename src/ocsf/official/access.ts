import { byCodeUnit } from '../../enrich/facets.ts';
import { LOOKUPS } from '../../ports/org.ts';
import { ADMIN_TYPE, OKTA_ACCOUNT, SERVICE_TYPE, USER_TYPE } from '../ids.ts';
import { orAbsent, type AttributeRow, type Said } from './row.ts';
import { count, flag, instant, listOf, objectOf, oneOf, only, text } from './shapes.ts';
import { isSince, type Version } from './versions.ts';
import { isServiceUserType } from '../../enrich/service-accounts.ts';
import { RISK_LEVELS, RISK_RULES } from '../../enrich/risk.ts';

const DISABLED_STATUSES: ReadonlySet<string> = new Set(['SUSPENDED', 'DEPROVISIONED']);
const LOCKED_STATUS = 'LOCKED_OUT';
/** For these sources, Okta leaves the password to an agent in the customer's network. */
const ON_PREMISES_SOURCES: ReadonlySet<string> = new Set(['ACTIVE_DIRECTORY', 'LDAP']);

interface UserType {
  readonly type: string;
  readonly type_id: number;
}

/** A service account only when the user is surely no Admin, because Admin matters more. */
export function userTypeOf({ enriched: { isAdmin }, user, version }: Said): UserType | undefined {
  if (isAdmin === undefined) return undefined;
  if (isAdmin) return ADMIN_TYPE;
  return isServiceUserType(user.userType) === true && isSince(version, '1.6.0') ? SERVICE_TYPE : USER_TYPE;
}

function userTypesOf(version: Version): readonly UserType[] {
  return isSince(version, '1.6.0') ? [USER_TYPE, ADMIN_TYPE, SERVICE_TYPE] : [USER_TYPE, ADMIN_TYPE];
}

export const IDENTITY: readonly AttributeRow[] = [
  { path: 'user.uid', shape: text, isRequired: 'always', value: ({ user }) => user.id },
  { path: 'user.name', shape: text, isRequired: 'always', value: ({ login }) => login },
];

export const ACCOUNT: readonly AttributeRow[] = [
  { path: 'user.account.uid', shape: text, isRequired: 'always', value: ({ user }) => user.id },
  { path: 'user.account.name', shape: text, isRequired: 'always', value: ({ login }) => login },
  {
    path: 'user.account.type',
    shape: only(OKTA_ACCOUNT.type),
    isRequired: 'always',
    value: () => OKTA_ACCOUNT.type,
  },
  {
    path: 'user.account.type_id',
    shape: only(OKTA_ACCOUNT.type_id),
    isRequired: 'always',
    value: () => OKTA_ACCOUNT.type_id,
  },
  {
    path: 'user.account.is_disabled',
    since: '1.8.0',
    otherwise: 'unmapped.okta.is_disabled',
    shape: flag,
    value: ({ user: { status } }) => (status === undefined ? undefined : DISABLED_STATUSES.has(status)),
  },
  {
    path: 'user.account.is_locked',
    since: '1.8.0',
    otherwise: 'unmapped.okta.is_locked',
    shape: flag,
    value: ({ user: { status } }) => (status === undefined ? undefined : status === LOCKED_STATUS),
  },
  {
    path: 'user.account.is_on_premises_sync_enabled',
    since: '1.8.0',
    shape: only(true),
    value: ({ user }) => (ON_PREMISES_SOURCES.has(user.accountSource ?? '') ? true : undefined),
  },
  {
    path: 'user.account.labels',
    shape: listOf({ type: 'string', pattern: '^(status|source):.' }, { minItems: 1, maxItems: 2 }),
    value: ({ user: { status, accountSource } }) =>
      orAbsent([
        ...(status === undefined ? [] : [`status:${status}`]),
        ...(accountSource === undefined ? [] : [`source:${accountSource}`]),
      ]),
  },
];

export const STANDING: readonly AttributeRow[] = [
  {
    path: 'user.type',
    shape: (version) => oneOf(userTypesOf(version).map(({ type }) => type)),
    goesWith: ['type_id'],
    value: (said) => userTypeOf(said)?.type,
  },
  {
    path: 'user.type_id',
    shape: (version) => oneOf(userTypesOf(version).map(({ type_id: id }) => id)),
    goesWith: ['type'],
    value: (said) => userTypeOf(said)?.type_id,
  },
  {
    path: 'user.has_mfa',
    since: '1.4.0',
    otherwise: 'unmapped.okta.has_mfa',
    shape: flag,
    value: ({ enriched }) => enriched.hasMfa,
  },
  {
    path: 'user.risk_level',
    shape: oneOf(RISK_LEVELS.map(({ level }) => level)),
    goesWith: ['risk_level_id', 'risk_score'],
    value: ({ enriched }) => enriched.risk?.level,
  },
  {
    path: 'user.risk_level_id',
    shape: oneOf(RISK_LEVELS.map(({ levelId }) => levelId)),
    goesWith: ['risk_level', 'risk_score'],
    value: ({ enriched }) => enriched.risk?.levelId,
  },
  {
    path: 'user.risk_score',
    shape: { ...count, maximum: 100 },
    goesWith: ['risk_level', 'risk_level_id'],
    value: ({ enriched }) => enriched.risk?.score,
  },
  {
    path: 'user.groups',
    shape: listOf(
      objectOf(
        { uid: text, name: text, desc: text, type: text, privileges: listOf(text, { uniqueItems: true }) },
        ['uid'],
      ),
    ),
    value: ({ enriched }) =>
      enriched.groups?.map(({ group, privileges }) => ({
        uid: group.id,
        name: group.name,
        desc: group.description,
        type: group.type,
        privileges,
      })),
  },
];

const scalar = { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

export const UNMAPPED: readonly AttributeRow[] = [
  {
    path: 'unmapped.okta.custom',
    shape: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { anyOf: [...scalar.anyOf, listOf(scalar)] },
    },
    value: ({ user }) => user.custom,
  },
  {
    path: 'unmapped.okta.custom_left_out',
    shape: { type: 'integer', minimum: 1 },
    value: ({ user }) => user.customLeftOut,
  },
  {
    path: 'unmapped.okta.risk_undecided',
    shape: listOf(oneOf(RISK_RULES), { minItems: 1, uniqueItems: true }),
    value: ({ enriched }) => orAbsent(enriched.risk?.undecided ?? []),
  },
  {
    path: 'unmapped.okta.devices',
    shape: listOf(
      objectOf({ uid: text, name: text, platform: text, status: text, management_status: text }, ['uid']),
      { minItems: 1 },
    ),
    value: ({ options, enriched: { facets } }) =>
      options.namesDevices === true
        ? facets.devices
            ?.toSorted((left, right) => byCodeUnit(left.id, right.id))
            .map(({ id, name, platform, status, managementStatus }) => ({
              uid: id,
              name,
              platform,
              status,
              management_status: managementStatus,
            }))
        : undefined,
  },
  {
    path: 'unmapped.okta.unknown',
    shape: listOf(oneOf(LOOKUPS), { minItems: 1, uniqueItems: true }),
    value: ({ freshness, enriched: { gaps } }) =>
      orAbsent(LOOKUPS.filter((lookup) => gaps.has(lookup) || freshness.unknown.includes(lookup))),
  },
  {
    path: 'unmapped.okta.as_of',
    shape: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: Object.fromEntries(LOOKUPS.map((lookup) => [lookup, instant])),
    },
    decides: 'nothing',
    value: ({ freshness: { staleSince } }) =>
      staleSince.length === 0 ? undefined : Object.fromEntries(staleSince),
  },
];
