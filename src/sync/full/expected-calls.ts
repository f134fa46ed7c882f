import { setImmediate } from 'node:timers/promises';
import type { Assignees, DirectoryFacts } from '../../enrich/needs.ts';
import { ASKED_AT, ENDPOINTS } from '../../okta/endpoints.ts';
import { listingCalls, type Calls } from '../../plan/call-counts.ts';
import { planCalls, type Holders, type OrgFacts } from '../../plan/calls.ts';
import { chooseGroupsWay, type GroupSizes } from '../../plan/group-sizes.ts';
import { USER_LOOKUPS, type UserLookup } from '../../ports/org.ts';
import type { Run } from '../job.ts';
import type { Expected } from '../pace.ts';

/** Others have their turn between two such numbers of users. */
const LOOKED_AT_ONCE = 500;

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
export async function expectedCalls(
  run: Pick<Run, 'source' | 'settings' | 'inventory'>,
  directory: DirectoryFacts & {
    readonly usersExpected: OrgFacts['users'] | undefined;
    readonly sizes: GroupSizes | undefined;
  },
  held: HeldAnswers | undefined,
): Promise<Expected | undefined> {
  const { usersExpected: users, sizes, assignees, groups } = directory;
  if (users === undefined) return undefined;
  const selected = run.source.usersSelected?.();
  const isRefused =
    sizes !== undefined && groups === 'per-user' && chooseGroupsWay(sizes, selected).way === 'by-group';
  const facts = {
    users,
    selected,
    sizes,
    holders: assignees === undefined ? undefined : await countHolders(run, assignees, users.listed),
    refusing: isRefused ? { name: '' } : undefined,
    isVerifying: false,
    polls: 0,
    listings: {
      start: new Map(),
      users: listingCalls(ENDPOINTS.users, users.listed),
      groups: listingCalls(ENDPOINTS.groups, sizes?.count ?? 0),
      roleHolders: listingCalls(ENDPOINTS.roleHolders, assignees?.ids.size ?? 0),
    },
  };
  const calls = planCalls(facts, run.settings.lookups);
  return { users: users.listed, calls: held === undefined ? calls : withoutHeld(calls, held) };
}

/** Users whom a group's role makes Admin already are not asked for their own roles. */
async function countHolders(
  { inventory: { users } }: Pick<Run, 'inventory'>,
  { ids }: Assignees,
  most: number,
): Promise<Holders> {
  let asked = 0;
  let looked = 0;
  for (const id of ids) {
    if (!(await users.isAdminByGroups(id))) asked += 1;
    looked += 1;
    if (looked % LOOKED_AT_ONCE === 0) await setImmediate();
  }
  return { listed: Math.min(most, ids.size), asked: Math.min(most, asked) };
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
