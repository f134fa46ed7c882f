import { compileSearch } from '../../src/simulator/okta/search.ts';
import { searchableUsers } from '../../src/simulator/okta/searchable.ts';
import type { SimulatedOrg, SimulatedUser } from '../../src/simulator/index.ts';
import { expectedSekoiaEvent, type TruthRules } from '../truth.ts';
import { userOf, without, withGroups } from '../whole-job/said.fixture.ts';
import type { Settings } from './draw.ts';

export type Event = Readonly<Record<string, unknown>>;
export type Events = ReadonlyMap<string, Event>;

export function includesDeprovisioned(settings: Settings): boolean {
  return (
    settings['INCLUDE_DEPROVISIONED'] === 'true' ||
    namesIn(settings, 'STATUSES')?.includes('DEPROVISIONED') === true
  );
}

function namesIn(settings: Settings, name: string): readonly string[] | undefined {
  return settings[name]?.split(',');
}

export function hasSelection(settings: Settings): boolean {
  return ['OKTA_USER_SEARCH', 'INCLUDE_GROUPS', 'EXCLUDE_GROUPS', 'STATUSES'].some(
    (name) => name in settings,
  );
}

/** Only a full run sees users who come to a group that selects, or leave it. */
export function isSelectedByGroups(settings: Settings): boolean {
  return 'INCLUDE_GROUPS' in settings || 'EXCLUDE_GROUPS' in settings;
}

/** The users whose events the intake must have, by the settings. */
export function wantedUsers(org: SimulatedOrg, settings: Settings): readonly SimulatedUser[] {
  const search = settings['OKTA_USER_SEARCH'];
  const isFound = search === undefined ? () => true : compileSearch(search, searchableUsers(org));
  const statuses = namesIn(settings, 'STATUSES');
  const include = namesIn(settings, 'INCLUDE_GROUPS');
  const exclude = namesIn(settings, 'EXCLUDE_GROUPS') ?? [];
  return org.users.filter((user) => {
    const groups = org.groupsOf(user).map(({ id }) => id);
    const isOfStatus =
      user.status === 'DEPROVISIONED'
        ? includesDeprovisioned(settings) && (statuses?.includes('DEPROVISIONED') ?? true)
        : (statuses?.includes(user.status) ?? true);
    return (
      isOfStatus &&
      isFound(user) &&
      (include === undefined || groups.some((id) => include.includes(id))) &&
      !groups.some((id) => exclude.includes(id))
    );
  });
}

function isMfaRule(text: string | undefined): text is NonNullable<TruthRules['mfaRule']> {
  return text === 'any' || text === 'active' || text === 'strong';
}

function isAdminRule(text: string | undefined): text is NonNullable<TruthRules['adminRule']> {
  return text === 'reference' || text === 'any-role';
}

function rulesOf(settings: Settings): TruthRules {
  const usual: TruthRules =
    settings['DIALECT'] === 'sekoia'
      ? { mfaRule: 'any', adminRule: 'reference' }
      : { mfaRule: 'active', adminRule: 'any-role' };
  const [mfaRule, adminRule] = [settings['MFA_RULE'], settings['ADMIN_RULE']];
  return {
    ...usual,
    ...(isMfaRule(mfaRule) ? { mfaRule } : {}),
    ...(isAdminRule(adminRule) ? { adminRule } : {}),
  };
}

/** The event of a user in dialect `sekoia`, not shaped: without anything that is not asked. */
export function trueEvent(org: SimulatedOrg, id: string, settings: Settings): Event | undefined {
  const event = expectedSekoiaEvent(org, id, rulesOf(settings));
  if (event === undefined) return undefined;
  const lookups = namesIn(settings, 'LOOKUPS') ?? ['groups', 'group-roles', 'factors', 'roles'];
  const unasked = [
    ...(lookups.includes('groups') ? [] : ['groups']),
    ...(lookups.includes('factors') ? [] : ['has_mfa']),
    ...(lookups.includes('roles') ? [] : ['type', 'type_id']),
  ];
  const said = without(userOf(event), ...unasked);
  const user = lookups.includes('group-roles')
    ? said
    : withGroups(said, (group) => without(group, 'privileges'));
  return { ...event, user };
}

/** The content of both dialects in one form; of `ocsf-*` the part that `truth.ts` knows to be true. */
export function coreOf(event: Event): Event {
  const { uid, name, type_id: typeId, has_mfa: hasMfa, groups } = userOf(event);
  const known = partOf(partOf(event, 'unmapped'), 'okta');
  return {
    uid,
    name,
    isAdmin: typeId === undefined ? undefined : typeId === 2,
    hasMfa: hasMfa ?? known['has_mfa'],
    groups: Array.isArray(groups)
      ? groups.map((group: Event) => ({
          uid: group['uid'],
          name: group['name'],
          privileges: group['privileges'],
        }))
      : undefined,
  };
}

function partOf(whole: unknown, name: string): Event {
  const part: unknown = isEvent(whole) ? whole[name] : undefined;
  return isEvent(part) ? part : {};
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without what decides nothing (mapping, "changed") and, between full runs, the last sign-in. */
export function comparable(event: Event | undefined, hasLastLogin: boolean): Event | undefined {
  if (event === undefined) return undefined;
  const isOfficial = event['type_uid'] === 500302;
  const dropped = new Set([
    ...(isOfficial ? ['time', 'metadata.uid', 'metadata.correlation_uid', 'metadata.logged_time'] : []),
    'unmapped.okta.as_of',
    'raw_data_size',
    ...(hasLastLogin ? [] : LAST_LOGINS),
  ]);
  const raw = event['raw_data'];
  const opened: Event = typeof raw === 'string' ? { ...event, raw_data: JSON.parse(raw) } : event;
  const rest = drop(opened, dropped, '');
  return isEvent(rest) ? rest : undefined;
}

const LAST_LOGINS = [
  'enrichments.0.data.last_logon',
  'user.ldap_person.last_login_time',
  'unmapped.okta.never_signed_in',
  'raw_data.lastLogin',
  'raw_data_hash',
];

function drop(value: unknown, dropped: ReadonlySet<string>, place: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, part]): [string, unknown][] => {
    const inside = place === '' ? name : `${place}.${name}`;
    return dropped.has(inside) ? [] : [[name, drop(part, dropped, inside)]];
  });
  if (Array.isArray(value)) return kept.map(([, part]) => part);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Does the event say that its user is deactivated or gone? */
export function saysDisabled(event: Event): boolean {
  const [first] = Array.isArray(event['enrichments']) ? event['enrichments'] : [];
  if (event['type_uid'] !== 500302) return partOf(first, 'data')['is_enabled'] === false;
  const labels = partOf(event['user'], 'account')['labels'];
  return Array.isArray(labels) && labels.includes('status:DEPROVISIONED');
}
