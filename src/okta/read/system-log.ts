import { z } from 'zod';
import { PER_USER_LOOKUPS, USER_LOOKUPS } from '../../ports/org.ts';
import type { GroupQuestion, Mark, OrgQuestion, UserQuestion } from '../../ports/inventory.ts';

/**
 * The questions that an event of each type makes us ask again (okta-api section 5). The event's payload is never taken
 * as the new state. An event marks every user and group among its targets, by their type and never by their position.
 */
interface Effect {
  readonly user?: readonly UserQuestion[];
  readonly group?: readonly GroupQuestion[];
  /** The users among the targets came to the groups among them, or left them. */
  readonly isMembership?: true;
  /** The roles to read again where no target says whose role it is. */
  readonly roles?: OrgQuestion;
}

const RECORD: Effect = { user: ['record'] };
/** Only Okta's answer about this one user says that it is gone; a listing may show it for a while longer. */
const PRESENCE: Effect = { user: ['presence'] };
const ALL_OF_USER: Effect = { user: ['record', ...USER_LOOKUPS] };
const FACTORS: Effect = { user: ['factors'] };
const ROLES: Effect = { user: ['roles'], group: ['roles'], roles: 'role-holders' };
/** The role itself has changed; its holders are the same. */
const CUSTOM_ROLE: Effect = { roles: 'custom-role-holders' };
const MEMBERSHIP: Effect = { isMembership: true };
const GROUP_RECORD: Effect = { group: ['record'] };
const GROUP_MEMBERS: Effect = { group: ['record', 'members'] };

const EFFECTS: Readonly<Record<string, Effect>> = {
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
  'user.account.update_primary_email': RECORD,
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

/** The filter of the polling query: only events that can mark something. */
export const LOG_FILTER = Object.keys(EFFECTS)
  .map((type) => `eventType eq "${type}"`)
  .join(' or ');

const target = z.object({ id: z.string().min(1), type: z.string() });
const entrySchema = z.object({
  eventType: z.string(),
  outcome: z
    .object({ result: z.string().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  target: z.array(z.unknown()).nullish().catch(undefined),
});

/** Outcomes that have changed nothing. */
const WITHOUT_EFFECT = new Set(['FAILURE', 'DENY', 'SKIPPED', 'RATE_LIMIT', 'ABANDONED', 'UNANSWERED']);

/** The marks that a log entry leaves. An entry that cannot be read leaves none: the next full run sees the change. */
export function marksOf(entry: unknown): readonly Mark[] {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success || WITHOUT_EFFECT.has(parsed.data.outcome?.result ?? '')) return [];
  const { eventType: from } = parsed.data;
  const effect = Object.hasOwn(EFFECTS, from) ? EFFECTS[from] : undefined;
  if (effect === undefined) return [];
  const targets = (parsed.data.target ?? []).flatMap((each) => {
    const read = target.safeParse(each);
    return read.success ? [read.data] : [];
  });
  const users = targets.filter(({ type }) => type === 'User').map(({ id }) => id);
  const groups = targets.filter(({ type }) => type === 'UserGroup').map(({ id }) => id);
  if (effect.isMembership === true) return membershipMarks(users, groups, from);
  const marks = [...userMarks(users, effect, from), ...groupMarks(groups, effect, from)];
  if (marks.length > 0 || effect.roles === undefined) return marks;
  return [{ subject: 'org', id: 'org', question: effect.roles, reason: 'changed', from }];
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
