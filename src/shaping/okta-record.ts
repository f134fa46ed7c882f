import type { User } from '../ports/org.ts';

/** The fields that Okta has beside the profile. Every other field of a user is an attribute of the profile. */
const BESIDE_PROFILE = {
  id: 'id',
  status: 'status',
  created: 'created',
  activated: 'activated',
  statusChanged: 'statusChanged',
  lastLogin: 'lastLogin',
  lastUpdated: 'lastUpdated',
  passwordChanged: 'passwordChanged',
  realmId: 'realmId',
  typeId: 'type.id',
  accountSource: 'credentials.provider.type',
} as const;

const PROFILE = [
  'login',
  'email',
  'secondEmail',
  'firstName',
  'lastName',
  'displayName',
  'nickName',
  'organization',
  'division',
  'department',
  'costCenter',
  'employeeNumber',
  'title',
  'userType',
  'manager',
  'managerId',
  'mobilePhone',
  'primaryPhone',
  'streetAddress',
  'city',
  'state',
  'zipCode',
  'countryCode',
  'locale',
  'timezone',
] as const;

type OuterField = keyof typeof BESIDE_PROFILE;
export type ProfileField = (typeof PROFILE)[number];
/** The fields of a user that are a single text. */
export type TextField = OuterField | ProfileField;

// Fails to compile when a field of `User` is missing above.
type Unnamed = Exclude<keyof User, TextField | 'custom' | 'customLeftOut' | 'raw' | 'mapped'>;
type Named<T extends readonly ProfileField[]> = [Unnamed] extends [never] ? T : Unnamed;

export const PROFILE_FIELDS: Named<readonly ProfileField[]> = PROFILE;

function isOuter(field: TextField): field is OuterField {
  return Object.hasOwn(BESIDE_PROFILE, field);
}

/** The place of a field in Okta's record: `profile.email`, `status`. */
export function oktaPathOf(field: TextField): string {
  return isOuter(field) ? BESIDE_PROFILE[field] : `profile.${field}`;
}

const OUTER_FIELDS: readonly OuterField[] = Object.keys(BESIDE_PROFILE).filter((field): field is OuterField =>
  Object.hasOwn(BESIDE_PROFILE, field),
);

export const TEXT_FIELDS: readonly TextField[] = [...OUTER_FIELDS, ...PROFILE];

/** The user in Okta's form, from what the inventory has. An absent field stays absent. */
export function recordOf(user: User): Readonly<Record<string, unknown>> {
  const { typeId, accountSource, custom } = user;
  const profile = Object.fromEntries(PROFILE.map((field) => [field, user[field]]));
  const outer = OUTER_FIELDS.filter((field) => field !== 'typeId' && field !== 'accountSource');
  return withoutAbsent({
    ...Object.fromEntries(outer.map((field) => [field, user[field]])),
    type: typeId === undefined ? undefined : { id: typeId },
    credentials: accountSource === undefined ? undefined : { provider: { type: accountSource } },
    profile: withoutAbsent({ ...custom, ...profile }),
  });
}

function withoutAbsent(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
