import type { Json, JsonObject } from '../json.ts';
import type { SimulatedUser } from './org-model.ts';

/** The change that makes one user odd; the org widens groups, because it knows them. */
export interface Oddity extends Partial<Omit<SimulatedUser, 'id' | 'number' | 'groups'>> {
  readonly name: string;
  readonly manyGroups?: true;
}

/** Everything here was seen in an org, or is allowed by Okta's documentation. */
export function oddities(number: number): readonly Oddity[] {
  return [...oddAddresses(number), ...oddNames(), ...oddStatuses(), ...oddDates(), ...oddRest(number)];
}

function oddAddresses(number: number): Oddity[] {
  const addresses: [string, JsonObject][] = [
    ['no e-mail', { email: undefined }],
    ['e-mail null', { email: null, organization: undefined }],
    ['e-mail empty', { email: '', department: 'Sales', organization: undefined }],
    ['two @', { email: `two${number}@at@example.com`, organization: null }],
    ['e-mail without @', { email: 'no-at-sign', organization: '', department: 'Sales' }],
    ['e-mail ends in @', { email: 'ends@', organization: undefined }],
    ['login without @', { login: `plain-login-${number}` }],
    ['login with slash and percent', { login: `dom\\user/${number}%20?#` }],
    ['e-mail unlike login', { email: `Someone.Else+${number}@EXAMPLE.org` }],
  ];
  return addresses.map(([name, patch]) => ({ name, patch }));
}

function oddNames(): Oddity[] {
  const names: [string, JsonObject][] = [
    ['no first name', { firstName: undefined }],
    ['last name null', { lastName: null }],
    ['names empty', { firstName: '', lastName: '' }],
    ['no names', { firstName: undefined, lastName: undefined, displayName: undefined }],
    ['last name ends in spaces', { lastName: 'Ruiz  ' }],
    ['non-ASCII name', { firstName: '太郎', lastName: '山田', displayName: '山田 太郎' }],
    ['emoji name', { firstName: '🧑‍🚀', lastName: '👩🏽‍💻 Ünïcödé', displayName: '🧑‍🚀' }],
    ['right-to-left name', { firstName: 'محمد', lastName: 'عبد الله' }],
    [
      'terminal escapes in name',
      { firstName: '\u001b[31mRed', lastName: 'Two\nlines\tand "quotes" \\ </script>' },
    ],
    ['very long name', { firstName: 'x'.repeat(5_000), lastName: 'é'.repeat(5_000) }],
    ['display name a number', { displayName: 42 }],
    ['display name an object', { displayName: { formatted: 'Ana Ruiz' } }],
    ['display name empty', { displayName: '' }],
  ];
  return names.map(([name, patch]) => ({ name, patch }));
}

function oddStatuses(): Oddity[] {
  const statuses = [
    'STAGED',
    'PROVISIONED',
    'ACTIVE',
    'RECOVERY',
    'LOCKED_OUT',
    'PASSWORD_EXPIRED',
    'SUSPENDED',
    'ACTIVATING',
  ];
  const odd: Oddity[] = statuses.map((status) => ({ name: `status ${status}`, status }));
  return [
    ...odd,
    {
      name: 'status DEPROVISIONED',
      status: 'DEPROVISIONED',
      passwordChangedAt: null,
      factors: [],
      roles: [],
    },
  ];
}

/** From entries, since a literal's `__proto__` would not become a key. */
const PROTOTYPE_KEYS: JsonObject = Object.fromEntries<Json>([
  ['__proto__', { admin: true }],
  ['constructor', 'x'],
  ['toString', 'y'],
  ['hasOwnProperty', null],
]);

function oddRest(number: number): Oddity[] {
  return [
    { name: 'prototype keys', patch: PROTOTYPE_KEYS },
    {
      name: 'custom attributes',
      patch: {
        badges: ['a', 'b', ''],
        'odd key.with-signs': 1.5,
        bio: '<b>hello</b>',
        empty: [],
        nothing: null,
        yes: true,
      },
    },
    { name: 'in very many groups', manyGroups: true },
    {
      name: 'from a directory',
      provider: 'ACTIVE_DIRECTORY',
      patch: { managerId: `mgr-${number}`, samAccountName: `ad${number}` },
    },
    { name: 'department without organization', patch: { organization: undefined, department: 'Legal' } },
    {
      name: 'organization without department',
      patch: { organization: 'Acme', department: '', email: undefined },
    },
  ];
}

function oddDates(): Oddity[] {
  return [
    {
      name: 'explicit nulls',
      activatedAt: null,
      statusChangedAt: null,
      lastLoginAt: null,
      patch: { title: null, department: null, organization: null, managerId: null },
    },
    { name: 'created at the epoch', createdAt: 0, passwordChangedAt: 0 },
    {
      name: 'from before 2013',
      createdAt: Date.UTC(2009, 0, 5, 10),
      activatedAt: undefined,
      statusChangedAt: undefined,
      lastLoginAt: undefined,
    },
    { name: 'password never changed', passwordChangedAt: null },
    {
      name: 'no dates but created',
      activatedAt: undefined,
      statusChangedAt: undefined,
      lastLoginAt: undefined,
      passwordChangedAt: undefined,
    },
    {
      name: 'dates to the millisecond',
      createdAt: Date.UTC(2020, 1, 29, 23, 59, 59, 999),
      passwordChangedAt: Date.UTC(2021, 11, 31, 23, 59, 59, 999),
    },
  ];
}
