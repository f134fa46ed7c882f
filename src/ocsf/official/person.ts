import type { User } from '../../ports/org.ts';
import { millisecondsOf, orAbsent, type AttributeRow, type Said } from './row.ts';
import { address, instant, isAddress, listOf, text } from './shapes.ts';
import { isSince } from './versions.ts';

function plain(path: string, value: (user: User) => string | undefined): AttributeRow {
  return { path, shape: text, value: ({ user }) => value(user) };
}

function time(path: string, value: (user: User) => string | undefined): AttributeRow {
  return { path, shape: instant, value: ({ user }) => millisecondsOf(value(user)) };
}

function fitting(email: string | undefined): string | undefined {
  return email !== undefined && isAddress(email) ? email : undefined;
}

function unfitting(email: string | undefined): string | undefined {
  return email === undefined || isAddress(email) ? undefined : email;
}

/** OCSF's address pattern allows one `@`. */
function domainOf(email: string | undefined): string | undefined {
  return fitting(email)?.split('@')[1];
}

function fullName({ firstName, lastName }: User): string | undefined {
  const names = [firstName, lastName].filter((name) => name !== undefined);
  return names.length === 0 ? undefined : names.join(' ');
}

/** From 1.8 on the department has a place of its own; before, it is the organisation's unit. */
function unitOf({ version, user }: Said): string | undefined {
  return isSince(version, '1.8.0') ? user.division : (user.department ?? user.division);
}

/** An organisation's unit needs the organisation beside it. */
function isUnit(said: Said, value: string | undefined): boolean {
  return said.user.organization !== undefined && unitOf(said) === value;
}

export const NAMES: readonly AttributeRow[] = [
  { path: 'user.full_name', shape: text, value: ({ user }) => fullName(user) },
  {
    path: 'user.display_name',
    since: '1.5.0',
    otherwise: 'unmapped.okta.display_name',
    shape: text,
    value: ({ user }) => user.displayName,
  },
  { path: 'user.email_addr', shape: address, value: ({ user }) => fitting(user.email) },
  plain('user.domain', ({ email }) => domainOf(email)),
  {
    path: 'user.phone_number',
    since: '1.4.0',
    otherwise: 'unmapped.okta.phone_number',
    shape: text,
    value: ({ user }) => user.mobilePhone,
  },
  plain('unmapped.okta.email_addr', ({ email }) => unfitting(email)),
  plain('unmapped.okta.second_email_addr', ({ secondEmail }) => unfitting(secondEmail)),
];

export const ORGANISATION: readonly AttributeRow[] = [
  {
    path: 'user.org.name',
    shape: text,
    isRequired: 'in its object',
    value: ({ user }) => user.organization,
  },
  {
    path: 'user.org.ou_name',
    shape: text,
    value: (said) => (said.user.organization === undefined ? undefined : unitOf(said)),
  },
  {
    path: 'user.ldap_person.department',
    since: '1.8.0',
    shape: text,
    value: ({ user }) => user.department,
  },
  {
    path: 'unmapped.okta.department',
    before: '1.8.0',
    shape: text,
    value: (said) => (isUnit(said, said.user.department) ? undefined : said.user.department),
  },
  {
    path: 'unmapped.okta.division',
    shape: text,
    value: (said) => (isUnit(said, said.user.division) ? undefined : said.user.division),
  },
];

export const PERSON: readonly AttributeRow[] = [
  plain('user.ldap_person.given_name', ({ firstName }) => firstName),
  plain('user.ldap_person.surname', ({ lastName }) => lastName),
  {
    path: 'user.ldap_person.email_addrs',
    shape: listOf(address, { minItems: 1, maxItems: 1 }),
    value: ({ user }) => {
      const second = fitting(user.secondEmail);
      return orAbsent(second === undefined ? [] : [second]);
    },
  },
  {
    path: 'user.ldap_person.phone_number',
    since: '1.4.0',
    otherwise: 'unmapped.okta.primary_phone_number',
    shape: text,
    value: ({ user }) => user.primaryPhone,
  },
  plain('user.ldap_person.job_title', ({ title }) => title),
  plain('user.ldap_person.employee_uid', ({ employeeNumber }) => employeeNumber),
  plain('user.ldap_person.cost_center', ({ costCenter }) => costCenter),
  plain('user.ldap_person.manager.name', ({ manager }) => manager),
  plain('user.ldap_person.manager.uid', ({ managerId }) => managerId),
  {
    path: 'user.ldap_person.labels',
    shape: listOf(text, { minItems: 1, maxItems: 1 }),
    value: ({ user }) => orAbsent(user.userType === undefined ? [] : [user.userType]),
  },
  plain('user.ldap_person.location.city', ({ city }) => city),
  plain('user.ldap_person.location.region', ({ state }) => state),
  plain('user.ldap_person.location.country', ({ countryCode }) => countryCode),
  plain('user.ldap_person.location.postal_code', ({ zipCode }) => zipCode),
  plain('user.ldap_person.office_location', ({ streetAddress }) => streetAddress),
  time('user.ldap_person.created_time', ({ created }) => created),
  time('user.ldap_person.modified_time', ({ lastUpdated }) => lastUpdated),
  {
    ...time('user.ldap_person.last_login_time', ({ lastLogin }) => lastLogin),
    decides: 'as sign-in',
  },
];

export const OKTA_ONLY: readonly AttributeRow[] = [
  {
    path: 'unmapped.okta.never_signed_in',
    shape: { const: true },
    decides: 'as sign-in',
    value: ({ user }) => (user.lastLogin === undefined ? true : undefined),
  },
  time('unmapped.okta.password_changed_time', ({ passwordChanged }) => passwordChanged),
  time('unmapped.okta.activated_time', ({ activated }) => activated),
  time('unmapped.okta.status_changed_time', ({ statusChanged }) => statusChanged),
  plain('unmapped.okta.locale', ({ locale }) => locale),
  plain('unmapped.okta.timezone', ({ timezone }) => timezone),
  plain('unmapped.okta.nick_name', ({ nickName }) => nickName),
  plain('unmapped.okta.realm_uid', ({ realmId }) => realmId),
  plain('unmapped.okta.type_uid', ({ typeId }) => typeId),
];
