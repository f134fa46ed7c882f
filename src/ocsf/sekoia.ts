import type { EnrichedGroup, EnrichedUser } from '../enrich/enrich-user.ts';
import type { User } from '../ports/org.ts';
import type { Dialect, Draft, Normalised } from './dialect.ts';
import { findEssentials } from './essentials.ts';
import { ADMIN_TYPE, COLLECT, INFORMATIONAL, OKTA_ACCOUNT, USER_INVENTORY, USER_TYPE } from './ids.ts';
import { parseStamp } from '../enrich/stamps.ts';

export const SEKOIA_VERSION = '1.6.0';

export const SEKOIA_METADATA = {
  product: { name: 'Okta', vendor_name: 'Okta', version: 'N/A' },
  version: SEKOIA_VERSION,
} as const;

const FIXED = {
  ...COLLECT,
  ...USER_INVENTORY,
  type_name: `${USER_INVENTORY.class_name}: ${COLLECT.activity_name}`,
  // 5003002, as the reference documents it. OCSF multiplies by 100, which gives 500302.
  type_uid: USER_INVENTORY.class_uid * 1000 + COLLECT.activity_id,
  ...INFORMATIONAL,
  metadata: SEKOIA_METADATA,
} as const;

export function toSeconds(stamp: string | undefined): number | undefined {
  const at = stamp === undefined ? undefined : parseStamp(stamp);
  return at === undefined ? undefined : Math.floor(at / 1000);
}

/** The word `None` for an absent name comes from the reference (Python). */
function fullName({ firstName = 'None', lastName = 'None' }: User): string | undefined {
  const name = `${firstName} ${lastName}`.trimEnd();
  return name === '' ? undefined : name;
}

/** The second part, as the reference splits: in an address with two `@`, the text between them. */
function domainOf(email: string | undefined): string {
  return email?.split('@', 2)[1] ?? '';
}

function normaliseOrg({ organization, department }: User, domain: string): Draft | undefined {
  const name = organization ?? domain;
  return name === '' ? undefined : { name, ou_name: department };
}

function normaliseGroup({ group, privileges }: EnrichedGroup): Draft {
  return { uid: group.id, name: group.name, desc: group.description, privileges };
}

/** Without data there is no enrichment: an empty `data` would look like an answer. */
function normaliseAccess({ status, lastLogin, passwordChanged }: User): readonly Draft[] | undefined {
  const passwordSeconds = toSeconds(passwordChanged);
  if (status === undefined && lastLogin === undefined && passwordSeconds === undefined) return undefined;
  const data = {
    is_enabled: status === undefined ? undefined : status === 'ACTIVE',
    last_logon: lastLogin,
    last_time_password_change: passwordSeconds,
  };
  return [{ name: 'access_control', value: 'okta', data }];
}

function userType(isAdmin: boolean | undefined): Draft {
  if (isAdmin === undefined) return {};
  return isAdmin ? ADMIN_TYPE : USER_TYPE;
}

function normaliseUser({ facets: { user }, groups, hasMfa, isAdmin }: EnrichedUser, login: string): Draft {
  const domain = domainOf(user.email);
  return {
    uid: user.id,
    name: login,
    uid_alt: login,
    account: { name: login, uid: user.id, ...OKTA_ACCOUNT },
    full_name: fullName(user),
    display_name: user.displayName,
    email_addr: user.email,
    domain,
    org: normaliseOrg(user, domain),
    ...userType(isAdmin),
    has_mfa: hasMfa,
    groups: groups?.map(normaliseGroup),
  };
}

function normalise(enriched: EnrichedUser): Normalised {
  const { user } = enriched.facets;
  const essentials = findEssentials(user);
  if (!('login' in essentials)) return { kind: 'flaws', flaws: essentials };
  const draft = {
    ...FIXED,
    time: Math.floor(essentials.createdAt / 1000),
    user: normaliseUser(enriched, essentials.login),
    enrichments: normaliseAccess(user),
  };
  const withoutSignIn = normaliseAccess({ ...user, lastLogin: undefined });
  return { kind: 'draft', draft, deciding: [draft.time, draft.user, withoutSignIn], signIn: user.lastLogin };
}

/**
 * The dialect that the reference connector documents, to the letter, with its departures from OCSF. It has no place for
 * a stamp.
 */
export const sekoia: Dialect = {
  name: 'sekoia',
  schemaVersion: SEKOIA_VERSION,
  settings: '',
  sendsRoleList: false,
  normalise,
  stamp: (body) => body,
};
