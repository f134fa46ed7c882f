import type { DirectoryFacts } from '../../enrich/needs.ts';
import { planCalls } from '../../plan/calls.ts';
import { ENDPOINTS } from '../../okta/endpoints.ts';
import type { Lookup } from '../../ports/org.ts';
import { listingCalls } from '../../plan/call-counts.ts';
import { chooseGroupsWay, type GroupSizes } from '../../plan/group-sizes.ts';
import type { Run } from '../job.ts';
import type { Expected } from '../pace.ts';

/** The calls that a run will have made when it ends: the plan's arithmetic on what the directory holds. */
export function expectedCalls(
  run: Pick<Run, 'source' | 'settings' | 'believesEarlier'>,
  directory: DirectoryFacts & {
    readonly usersExpected: number | undefined;
    readonly sizes: GroupSizes | undefined;
  },
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
  // The few answers that do not hold are not known before.
  const lookups = run.believesEarlier ? new Set<Lookup>() : run.settings.lookups;
  return { users, calls: planCalls(facts, lookups) };
}
