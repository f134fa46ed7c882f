import { z } from 'zod';
import { PER_USER_LOOKUPS, USER_LOOKUPS } from '../../ports/org.ts';
import type { Asset } from '../../ports/assets.ts';
import type { AppQuestion, GroupQuestion, Mark, OrgQuestion, UserQuestion } from '../../ports/inventory.ts';
import type { AssignmentEvent, ToldEvent, LogPage } from '../../ports/source.ts';
import { assignmentEvents } from './assignment-events.ts';
import { HOOK_TYPES } from './hook-types.ts';
import { readTargets, type Targets } from './log-targets.ts';

/**
 * The questions that an event of each type makes us ask again (okta-api section 5). The event's payload is never taken
 * as the new state. An event marks every user and group among its targets, by their type and never by their position.
 */
export interface Effect {
  readonly user?: readonly UserQuestion[];
  readonly group?: readonly GroupQuestion[];
  /** The users among the targets came to the groups among them, or left them. */
  readonly isMembership?: true;
  /** To read again of the whole org, where no target says of whom. */
  readonly org?: OrgQuestion;
  /** Only a policy of this type counts, and one whose type is not told. */
  readonly policyType?: 'MFA_ENROLL';
  /** Of the applications among the targets. */
  readonly app?: AppQuestion;
  /** Of the devices among the targets. */
  readonly device?: 'record';
}

const RECORD: Effect = { user: ['record'] };
/** Only Okta's answer about this one user says that it is gone; a listing may show it for a while longer. */
const PRESENCE: Effect = { user: ['presence'] };
const ALL_OF_USER: Effect = { user: ['record', ...USER_LOOKUPS] };
const FACTORS: Effect = { user: ['factors'] };
const ROLES: Effect = { user: ['roles'], group: ['roles'], org: 'role-holders' };
/** The role itself has changed; its holders are the same. */
const CUSTOM_ROLE: Effect = { org: 'custom-role-holders' };
/** The list of a user's factors is filtered by the enrolment policy of the moment (okta-api section 4). */
const ALL_FACTORS: Effect = { org: 'factors' };
const ENROLMENT_POLICY: Effect = { org: 'factors', policyType: 'MFA_ENROLL' };
const MEMBERSHIP: Effect = { isMembership: true };
const GROUP_RECORD: Effect = { group: ['record'] };
const GROUP_MEMBERS: Effect = { group: ['record', 'members'] };

export const EFFECTS: Readonly<Record<string, Effect>> = {
  'user.lifecycle.create': ALL_OF_USER,
  'user.lifecycle.activate': ALL_OF_USER,
  'user.lifecycle.reactivate': ALL_OF_USER,
  'user.lifecycle.deactivate': { user: ['record', ...PER_USER_LOOKUPS, 'roles'] },
  'user.lifecycle.suspend': RECORD,
  'user.lifecycle.unsuspend': RECORD,
  'user.lifecycle.delete.initiated': PRESENCE,
  'user.lifecycle.delete.completed': PRESENCE,
  'user.account.lock': RECORD,
  'user.account.unlock': RECORD,
  'user.account.unlock_by_admin': RECORD,
  'user.account.update_profile': RECORD,
  // Okta makes a verified primary address a factor by itself.
  'user.account.update_primary_email': { user: ['record', 'factors'] },
  'user.account.update_secondary_email': RECORD,
  'user.account.update_user_type': RECORD,
  'user.account.expire_password': RECORD,
  'user.account.update_password': RECORD,
  'user.account.reset_password': RECORD,
  'user.mfa.factor.activate': FACTORS,
  'user.mfa.factor.deactivate': FACTORS,
  'user.mfa.factor.update': FACTORS,
  'user.mfa.factor.reset_all': FACTORS,
  'user.mfa.factor.suspend': FACTORS,
  'user.mfa.factor.unsuspend': FACTORS,
  'device.user.add': FACTORS,
  'device.user.remove': FACTORS,
  'policy.lifecycle.create': ENROLMENT_POLICY,
  'policy.lifecycle.update': ENROLMENT_POLICY,
  'policy.lifecycle.delete': ENROLMENT_POLICY,
  'policy.lifecycle.activate': ENROLMENT_POLICY,
  'policy.lifecycle.deactivate': ENROLMENT_POLICY,
  'policy.rule.add': ENROLMENT_POLICY,
  'policy.rule.update': ENROLMENT_POLICY,
  'policy.rule.delete': ENROLMENT_POLICY,
  'policy.rule.activate': ENROLMENT_POLICY,
  'policy.rule.deactivate': ENROLMENT_POLICY,
  'security.authenticator.lifecycle.create': ALL_FACTORS,
  'security.authenticator.lifecycle.update': ALL_FACTORS,
  'security.authenticator.lifecycle.activate': ALL_FACTORS,
  'security.authenticator.lifecycle.deactivate': ALL_FACTORS,
  'system.mfa.factor.activate': ALL_FACTORS,
  'system.mfa.factor.deactivate': ALL_FACTORS,
  // Rules of the policy name zones.
  'zone.create': ALL_FACTORS,
  'zone.update': ALL_FACTORS,
  'zone.delete': ALL_FACTORS,
  'zone.activate': ALL_FACTORS,
  'zone.deactivate': ALL_FACTORS,
  'user.account.privilege.grant': ROLES,
  'user.account.privilege.revoke': ROLES,
  'group.privilege.grant': ROLES,
  'group.privilege.revoke': ROLES,
  'iam.resourceset.bindings.add': ROLES,
  'iam.resourceset.bindings.delete': ROLES,
  'iam.role.create': CUSTOM_ROLE,
  'iam.role.update': CUSTOM_ROLE,
  'iam.role.delete': CUSTOM_ROLE,
  'iam.role.permissions.add': CUSTOM_ROLE,
  'iam.role.permissions.delete': CUSTOM_ROLE,
  'group.user_membership.add': MEMBERSHIP,
  'group.user_membership.remove': MEMBERSHIP,
  'app.user_management': MEMBERSHIP,
  'app.user_management.user_group_import.upsert_success': GROUP_MEMBERS,
  'app.user_management.user_group_import.delete_success': GROUP_RECORD,
  'system.import.group.create': GROUP_MEMBERS,
  'system.import.group.update': GROUP_MEMBERS,
  'system.import.group.delete': GROUP_RECORD,
  'system.import.user.create': ALL_OF_USER,
  'system.import.user.update': RECORD,
  'system.import.user.delete': PRESENCE,
  'system.import.user.suspend': RECORD,
  'system.import.user.unsuspend': RECORD,
  'group.lifecycle.create': GROUP_MEMBERS,
  'group.lifecycle.delete': GROUP_RECORD,
  'group.profile.update': GROUP_RECORD,
};

/** Families of events that matter to an asset alone, by the start of their types (org-graph 1.3). */
export const FAMILIES = [
  { asset: 'apps', start: 'application.lifecycle', effect: { app: 'record' } },
  { asset: 'apps', start: 'group.application_assignment', effect: { app: 'groups' } },
  { asset: 'app-users', start: 'application.user_membership', effect: { app: 'users' } },
  { asset: 'devices', start: 'device.enrollment.create', effect: { device: 'record' } },
  { asset: 'devices', start: 'device.lifecycle', effect: { device: 'record' } },
  { asset: 'devices', start: 'device.user', effect: { device: 'record' } },
] as const satisfies readonly { readonly asset: Asset; readonly start: string; readonly effect: Effect }[];

const NO_ASSETS: ReadonlySet<Asset> = new Set();

function effectOf(type: string, assets: ReadonlySet<Asset>): Effect | undefined {
  const own = Object.hasOwn(EFFECTS, type) ? EFFECTS[type] : undefined;
  const family = FAMILIES.find(
    ({ asset, start }) => assets.has(asset) && (type === start || type.startsWith(`${start}.`)),
  );
  return family === undefined ? own : { ...own, ...family.effect };
}

/** The filter of the polling query: only events that can mark something. */
export const LOG_FILTER = Object.keys(EFFECTS)
  .map((type) => `eventType eq "${type}"`)
  .join(' or ');

/** The same with the events of assets; `undefined` where none of these has any. */
export function filterWith(assets: ReadonlySet<Asset>): string | undefined {
  const starts = FAMILIES.filter(({ asset }) => assets.has(asset)).map(({ start }) => start);
  if (starts.length === 0) return undefined;
  return [LOG_FILTER, ...starts.map((start) => `eventType sw "${start}"`)].join(' or ');
}

/** Okta's have 36 characters. */
const MOST_UUID = 100;

const policyTarget = z.object({ detailEntry: z.object({ policyType: z.string() }) });
const entrySchema = z.object({
  eventType: z.string(),
  uuid: z.string().max(MOST_UUID).optional().catch(undefined),
  published: z.unknown().optional(),
  outcome: z
    .object({ result: z.string().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  target: z.array(z.unknown()).nullish().catch(undefined),
});

/** Outcomes that have changed nothing. */
const WITHOUT_EFFECT = new Set(['FAILURE', 'DENY', 'SKIPPED', 'RATE_LIMIT', 'ABANDONED', 'UNANSWERED']);

/** The parts of a page of the log that its entries make. */
type Told = Pick<LogPage, 'marks' | 'assignments' | 'unreadable' | 'nameless'> &
  Required<Pick<LogPage, 'events'>>;

/** @param assets the assets whose events are wanted too */
export function readEntries(entries: readonly unknown[], assets = NO_ASSETS): Told {
  const read = entries.map((entry) => readEntry(entry, assets));
  return {
    marks: read.flatMap(({ marks }) => marks),
    events: read.flatMap(({ event }) => event ?? []),
    ...(assets.has('apps') ? { assignments: read.flatMap(({ assignments }) => assignments ?? []) } : {}),
    unreadable: read.filter(({ isUnreadable }) => isUnreadable === true).length,
    nameless: read.flatMap(({ nameless }) => nameless ?? []),
  };
}

interface EntryRead {
  readonly marks: readonly Mark[];
  readonly assignments?: readonly AssignmentEvent[];
  readonly isUnreadable?: true;
  /** The type of an entry that names nobody, though something about somebody has changed. */
  readonly nameless?: string;
  /** Absent where there are no marks. */
  readonly event?: ToldEvent;
}

/** The marks that a log entry leaves. One that is not readable at all may have told of anything. */
export function readEntry(entry: unknown, assets = NO_ASSETS): EntryRead {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) return { marks: [], isUnreadable: true };
  const read = readParsed(parsed.data, assets);
  const { eventType: type, uuid, published } = parsed.data;
  if (read.marks.length === 0) return read;
  const event = { type, uuid, publishedAt: instantOf(published), isHookable: HOOK_TYPES.has(type) };
  return { ...read, event: { ...event, marks: read.marks } };
}

function instantOf(published: unknown): number | undefined {
  const at = typeof published === 'string' ? Date.parse(published) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function readParsed(entry: z.infer<typeof entrySchema>, assets: ReadonlySet<Asset>): EntryRead {
  const { eventType: from, outcome, published, target: given } = entry;
  const effect = effectOf(from, assets);
  if (effect === undefined || WITHOUT_EFFECT.has(outcome?.result ?? '')) return { marks: [] };
  const named = readTargets(given ?? []);
  const marks = marksOf(entry, named, effect);
  if (marks.length > 0 || effect.org !== undefined)
    return { marks, assignments: assignmentEvents(from, published, named) };
  const ofOrg = namelessMarks(effect, from);
  return ofOrg.length === 0 ? { marks } : { marks: ofOrg, nameless: from };
}

function marksOf(
  { eventType: from, target: given }: z.infer<typeof entrySchema>,
  named: Targets,
  effect: Effect,
): Mark[] {
  const { users, groups } = named;
  if (effect.isMembership === true) return [...membershipMarks(users, groups, from)];
  const marks = [
    ...userMarks(users, effect, from),
    ...groupMarks(groups, effect, from),
    ...assetMarks(named, effect, from),
  ];
  if (marks.length > 0 || effect.org === undefined) return marks;
  if (isOfAnotherPolicy(given ?? [], effect)) return [];
  return [{ subject: 'org', id: 'org', question: effect.org, reason: 'changed', from }];
}

/** The questions to ask of anybody where an entry names nobody. Stamps tell of all other changes: of records, and of members of groups. */
const OF_ANYBODY: Readonly<Partial<Record<UserQuestion, OrgQuestion>>> = {
  factors: 'factors',
  roles: 'role-holders',
};

function namelessMarks({ user = [] }: Effect, from: string): readonly Mark[] {
  const questions = user.flatMap((question) => OF_ANYBODY[question] ?? []);
  return questions.map((question) => ({ subject: 'org', id: 'org', question, reason: 'changed', from }));
}

/** True when the entry names the types of its policies, and the one that matters is not among them. */
function isOfAnotherPolicy(targets: readonly unknown[], { policyType }: Effect): boolean {
  if (policyType === undefined) return false;
  const types = targets.flatMap((each) => {
    const read = policyTarget.safeParse(each);
    return read.success ? [lettersOf(read.data.detailEntry.policyType)] : [];
  });
  return types.length > 0 && !types.includes(lettersOf(policyType));
}

/** `MfaEnroll` and `MFA_ENROLL` are one. */
function lettersOf(text: string): string {
  return text.replaceAll(/[^a-z]/gi, '').toLowerCase();
}

/**
 * Okta's own entries name one user and one group. With more moves than this, all members of a group are read again
 * instead.
 */
const MOST_MOVES = 1000;

function membershipMarks(users: readonly string[], groups: readonly string[], from: string): readonly Mark[] {
  if (groups.length === 0)
    return users.map((id) => ({ subject: 'user', id, question: 'groups', reason: 'changed', from }));
  const areTold = users.length > 0 && users.length * groups.length <= MOST_MOVES;
  return groups.flatMap((id): readonly Mark[] => {
    if (!areTold) return [{ subject: 'group', id, question: 'members', reason: 'changed', from }];
    return users.map((member) => ({
      subject: 'group',
      id,
      question: 'members',
      reason: 'changed',
      from,
      member,
    }));
  });
}

function userMarks(users: readonly string[], { user = [] }: Effect, from: string): readonly Mark[] {
  return users.flatMap((id) =>
    user.map((question): Mark => ({ subject: 'user', id, question, reason: 'changed', from })),
  );
}

function groupMarks(groups: readonly string[], { group = [] }: Effect, from: string): readonly Mark[] {
  return groups.flatMap((id) =>
    group.map((question): Mark => ({ subject: 'group', id, question, reason: 'changed', from })),
  );
}

/** An application's users are marked together with the one user who is named, so that one read can do. */
function assetMarks(
  { apps, devices, users }: Targets,
  { app, device }: Effect,
  from: string,
): readonly Mark[] {
  const [one, ...others] = users;
  const member = app === 'users' && one !== undefined && others.length === 0 ? { member: one } : {};
  const ofApps = apps.flatMap((id): readonly Mark[] =>
    app === undefined ? [] : [{ subject: 'app', id, question: app, reason: 'changed', from, ...member }],
  );
  const ofDevices = devices.flatMap((id): readonly Mark[] =>
    device === undefined ? [] : [{ subject: 'device', id, question: device, reason: 'changed', from }],
  );
  return [...ofApps, ...ofDevices];
}
