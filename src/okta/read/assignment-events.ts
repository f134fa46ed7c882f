import type { AssignmentEvent } from '../../ports/source.ts';
import type { Targets } from './log-targets.ts';

type Kind = AssignmentEvent['change'];

/** The events that say who came or went; the others of the same family say that something else has changed. */
const CHANGES: Readonly<Record<string, Kind>> = {
  'application.user_membership.add': 'add',
  'application.user_membership.remove': 'remove',
  'group.application_assignment.add': 'add',
  'group.application_assignment.remove': 'remove',
  'group.user_membership.add': 'add',
  'group.user_membership.remove': 'remove',
};

const FAMILY = /^(?:application\.user_membership|group\.application_assignment|group\.user_membership)\./u;

/** The assignments and memberships that a log entry tells of. Other entries tell of none. */
export function assignmentEvents(
  type: string,
  published: unknown,
  { users, groups, apps }: Targets,
): readonly AssignmentEvent[] {
  const family = FAMILY.exec(type)?.[0];
  const told = Object.hasOwn(CHANGES, type) ? CHANGES[type] : undefined;
  const at = typeof published === 'string' ? Date.parse(published) : Number.NaN;
  // Without an instant an entry explains nothing, and nothing explains it.
  const change: Kind = told === undefined || Number.isNaN(at) ? 'other' : told;
  const shared = { change, at: Number.isNaN(at) ? 0 : at };
  if (family === 'application.user_membership.')
    return pairsOf(apps, users).map(([appId, userId]) => ({ kind: 'app-user', appId, userId, ...shared }));
  if (family === 'group.application_assignment.')
    return pairsOf(apps, groups).map(([appId, groupId]) => ({
      kind: 'app-group',
      appId,
      groupId,
      ...shared,
    }));
  if (family === undefined) return [];
  return pairsOf(groups, users).map(([groupId, userId]) => ({
    kind: 'membership',
    groupId,
    userId,
    ...shared,
  }));
}

/** Okta names one of each. An entry with more pairs explains nothing: its marks ask for all users of an application. */
const MOST_PAIRS = 1000;

function pairsOf(ones: readonly string[], others: readonly string[]): readonly (readonly [string, string])[] {
  if (ones.length * others.length > MOST_PAIRS) return [];
  return ones.flatMap((one) => others.map((other) => [one, other] as const));
}
