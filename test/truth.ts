import {
  factorFacts,
  type SimulatedOrg,
  type SimulatedGroup,
  type SimulatedUser,
} from '../src/simulator/index.ts';

/**
 * The event of a simulated user in dialect `sekoia` when all of the user could be read: written from the mapping's
 * description alone, so that it can be held against what the product delivers.
 */

type MfaRule = 'any' | 'active' | 'strong';
type AdminRule = 'reference' | 'any-role';

export interface TruthRules {
  readonly mfaRule?: MfaRule;
  readonly adminRule?: AdminRule;
}

export type ExpectedEvent = Record<string, unknown>;

/** No event can be made of a user without login or creation date: then nothing is expected. */
export function expectedSekoiaEvent(
  org: SimulatedOrg,
  userId: string,
  rules: TruthRules = {},
): ExpectedEvent | undefined {
  const user = org.user(userId);
  if (user === undefined) throw new Error(`no user ${userId} in the simulated org`);
  return expectedEventOf(org, user, rules);
}

/**
 * The last event of a user who was deactivated or deleted. Of a deleted one it says what was true until then; what was
 * never read in between stays as it was delivered before: see `asRemoved`.
 */
export function expectedRemovalEvent(
  org: SimulatedOrg,
  userId: string,
  rules: TruthRules = {},
): ExpectedEvent | undefined {
  const user = org.removed.get(userId) ?? org.user(userId);
  if (user?.status !== 'DEPROVISIONED') throw new Error(`${userId} is neither deactivated nor deleted`);
  return expectedEventOf(org, user, rules);
}

/** The last event of a user whose deactivation was never read, made of the event delivered before. */
export function asRemoved({ user, enrichments, ...rest }: ExpectedEvent): ExpectedEvent {
  const { has_mfa: _, ...known } = partsOf(user);
  const [accessControl] = Array.isArray(enrichments) ? enrichments : [];
  const { data, ...fixed } = partsOf(accessControl);
  return { ...rest, user: known, enrichments: [{ ...fixed, data: { ...partsOf(data), is_enabled: false } }] };
}

function partsOf(value: unknown): ExpectedEvent {
  if (typeof value !== 'object' || value === null) throw new Error('an expected event lacks a part');
  return { ...value };
}

function expectedEventOf(
  org: SimulatedOrg,
  user: SimulatedUser,
  rules: TruthRules,
): ExpectedEvent | undefined {
  const login = given(org.profile(user)['login']);
  if (login === undefined || typeof user.createdAt !== 'number') return undefined;
  return {
    activity_id: 2,
    activity_name: 'Collect',
    category_name: 'Discovery',
    category_uid: 5,
    class_name: 'User Inventory Info',
    class_uid: 5003,
    type_name: 'User Inventory Info: Collect',
    type_uid: 5003002,
    severity: 'Informational',
    severity_id: 1,
    metadata: { product: { name: 'Okta', vendor_name: 'Okta', version: 'N/A' }, version: '1.6.0' },
    time: Math.floor(user.createdAt / 1000),
    user: expectedUser(org, user, login, rules),
    enrichments: [expectedAccessControl(user)],
  };
}

function expectedUser(
  org: SimulatedOrg,
  user: SimulatedUser,
  login: string,
  rules: TruthRules,
): ExpectedEvent {
  const profile = org.profile(user);
  const email = given(profile['email']);
  const domain = email?.split('@')[1] ?? '';
  const isAdmin = holdsAdminRole(org, user, rules.adminRule ?? 'reference');
  const expected: ExpectedEvent = {
    uid: user.id,
    name: login,
    uid_alt: login,
    account: { name: login, uid: user.id, type: 'Okta Account', type_id: 99 },
    full_name: `${given(profile['firstName']) ?? 'None'} ${given(profile['lastName']) ?? 'None'}`.replace(
      / +$/,
      '',
    ),
    domain,
    groups: [...org.groupsOf(user)].sort((one, other) => byCodeUnits(one.id, other.id)).map(expectedGroup),
    type: isAdmin ? 'Admin' : 'User',
    type_id: isAdmin ? 2 : 1,
  };
  const displayName = given(profile['displayName']);
  const organization = given(profile['organization']) ?? given(domain);
  const department = given(profile['department']);
  if (email !== undefined) expected['email_addr'] = email;
  if (displayName !== undefined) expected['display_name'] = displayName;
  if (user.status !== 'DEPROVISIONED') expected['has_mfa'] = hasMfa(user, rules.mfaRule ?? 'any');
  if (organization !== undefined) {
    expected['org'] =
      department === undefined ? { name: organization } : { name: organization, ou_name: department };
  }
  return expected;
}

function expectedGroup(group: SimulatedGroup): ExpectedEvent {
  const labels = group.roles.filter((role) => role.status === 'ACTIVE').map((role) => role.label);
  const expected: ExpectedEvent = {
    uid: group.id,
    name: group.name,
    privileges: [...new Set(labels)].sort(byCodeUnits),
  };
  const description = given(group.description);
  if (description !== undefined) expected['desc'] = description;
  return expected;
}

function holdsAdminRole(org: SimulatedOrg, user: SimulatedUser, rule: AdminRule): boolean {
  return org
    .rolesOf(user)
    .some(({ grant }) => grant.status === 'ACTIVE' && (rule === 'any-role' || /admin/i.test(grant.type)));
}

function hasMfa(user: SimulatedUser, rule: MfaRule): boolean {
  const weak = ['question', 'email', 'sms', 'call'];
  return user.factors.map(factorFacts).some(({ factorType, status }) => {
    const isUsable = status === undefined || status === 'ACTIVE' || status === 'ENROLLED';
    return rule === 'any' || (isUsable && (rule === 'active' || !weak.includes(factorType)));
  });
}

function expectedAccessControl(user: SimulatedUser): ExpectedEvent {
  const data: ExpectedEvent = { is_enabled: user.status === 'ACTIVE' };
  if (typeof user.lastLoginAt === 'number') data['last_logon'] = new Date(user.lastLoginAt).toISOString();
  if (typeof user.passwordChangedAt === 'number')
    data['last_time_password_change'] = Math.floor(user.passwordChangedAt / 1000);
  return { name: 'access_control', value: 'okta', data };
}

/** A string with something in it; absent, null and "" are the same, and what is no string is no name. */
function given(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function byCodeUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
