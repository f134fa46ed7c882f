import type { DirectoryFacts } from '../../enrich/needs.ts';
import { ASKED_AT, ENDPOINTS } from '../../okta/endpoints.ts';
import { listingCalls, type Calls } from '../../plan/call-counts.ts';
import { planCalls } from '../../plan/calls.ts';
import { chooseGroupsWay, type GroupSizes } from '../../plan/group-sizes.ts';
import { USER_LOOKUPS, type UserLookup } from '../../ports/org.ts';
import type { Run } from '../job.ts';
import type { Expected } from '../pace.ts';

/** The number of users for whom an earlier answer to a lookup of their own holds, so that they are not asked. */
export type HeldAnswers = ReadonlyMap<UserLookup, number>;

/** Counts the answers that hold; `undefined` for a run that asks everybody. */
export async function countHeld({
  inventory: { users },
  answeredSince,
  believesEarlier,
}: Pick<Run, 'inventory' | 'answeredSince' | 'believesEarlier'>): Promise<HeldAnswers | undefined> {
  if (!believesEarlier) return undefined;
  const held = new Map<UserLookup, number>();
  for (const lookup of USER_LOOKUPS) {
    const all = await users.countAnswers(Number.MAX_SAFE_INTEGER, lookup);
    held.set(lookup, all - (await users.countAnswers(answeredSince[lookup], lookup)));
  }
  return held;
}

/**
 * The calls that a run will have made when it ends: the plan's arithmetic on what the directory holds, without the
 * calls that earlier answers spare.
 */
export function expectedCalls(
  run: Pick<Run, 'source' | 'settings'>,
  directory: DirectoryFacts & {
    readonly usersExpected: number | undefined;
    readonly sizes: GroupSizes | undefined;
  },
  held: HeldAnswers | undefined,
): Expected | undefined {
  const { usersExpected: users, sizes, assignees, groups } = directory;
  if (users === undefined) return undefined;
  const holders = assignees === undefined ? undefined : Math.min(users, assignees.ids.size);
  const selected = run.source.usersSelected?.();
  const isRefused =
    sizes !== undefined && groups === 'per-user' && chooseGroupsWay(sizes, selected).way === 'by-group';
  const facts = {
    users: { listed: users, notDeactivated: users },
    selected,
    sizes,
    holders: holders === undefined ? undefined : { listed: holders, asked: holders },
    refusing: isRefused ? { name: '' } : undefined,
    isVerifying: false,
    polls: 0,
    listings: {
      start: new Map(),
      users: listingCalls(ENDPOINTS.users, users),
      groups: listingCalls(ENDPOINTS.groups, sizes?.count ?? 0),
      roleHolders: listingCalls(ENDPOINTS.roleHolders, holders ?? 0),
    },
  };
  const calls = planCalls(facts, run.settings.lookups);
  return { users, calls: held === undefined ? calls : withoutHeld(calls, held) };
}

/** Such a run has asked all groups that it needs by the time its directory is read. */
function withoutHeld(planned: Calls, held: HeldAnswers): Calls {
  const calls = new Map(planned);
  for (const { template } of [ENDPOINTS.membersOfGroup, ENDPOINTS.rolesOfGroup]) calls.delete(template);
  for (const [lookup, spared] of held) {
    const { template } = ASKED_AT[lookup];
    const count = calls.get(template);
    if (count !== undefined) calls.set(template, Math.max(0, count - spared));
  }
  return calls;
}
