import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { listAnswer, listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import { groupBody, groupBodyWithStats } from './group-body.ts';
import type { JsonObject } from '../json.ts';
import type { SimulatedGroup } from '../org/org-model.ts';
import { problem } from './problems.ts';
import { roleBody } from '../org/roles.ts';
import { roleTargets } from './role-targets.ts';
import { compileSearch } from './search.ts';
import { filterableGroups, searchableGroups } from './searchable.ts';
import { userBody } from './user-body.ts';
import { withSearchProblems } from './users-endpoints.ts';

const MOST_GROUPS_A_PAGE = 10_000;
const MEMBERS_A_PAGE = 1_000;

export function listGroups(ask: Ask): ServerAnswer {
  const search = ask.query.get('search');
  const filter = ask.query.get('filter');
  if (search !== null && filter !== null) return problem(400, 'E0000033');
  const limit = Number(ask.query.get('limit') ?? MOST_GROUPS_A_PAGE);
  if (wantsStats(ask) && typeof ask.style.stats === 'number' && limit > ask.style.stats) return problem(500);
  const choose = (): ((group: SimulatedGroup) => boolean) => {
    if (search !== null) return compileSearch(search, searchableGroups());
    return filter === null ? () => true : compileSearch(filter, filterableGroups());
  };
  return withSearchProblems(() => {
    const rules = { defaultLimit: MOST_GROUPS_A_PAGE, ceiling: MOST_GROUPS_A_PAGE, isWanted: choose() };
    const groups =
      search === null
        ? ask.org.groups.filter(({ isUnlisted }) => isUnlisted !== true)
        : ask.org.groupsAsOf(ask.now - (ask.style.searchLagMs ?? -Infinity));
    return listAnswer(ask, listPage(ask, groups, rules), (group) => describe(ask, group));
  });
}

export function getGroup(ask: Ask): ServerAnswer {
  return withGroup(ask, (group) => jsonAnswer(200, describe(ask, group)));
}

function wantsStats(ask: Ask): boolean {
  return ask.style.stats !== 'missing' && (ask.query.get('expand') ?? '').split(',').includes('stats');
}

function describe(ask: Ask, group: SimulatedGroup): JsonObject {
  if (!wantsStats(ask)) return groupBody(group, ask.base);
  const flag = ask.style.adminFlag ?? 'hasAdminPrivilege';
  const appsCount = ask.org.assets.appsOfGroup(group).length;
  return groupBodyWithStats(group, ask.base, { flag, appsCount });
}

/** Deactivated members too. The built-in group of administrators lists its members only when the options say so. */
export function listGroupMembers(ask: Ask): ServerAnswer {
  return withGroup(ask, (group) => {
    if (group === ask.org.oktaAdministrators && ask.style.listsAdministrators !== true) return problem(501);
    const listing = listPage(ask, group.members, { defaultLimit: MEMBERS_A_PAGE, ceiling: MEMBERS_A_PAGE });
    return listAnswer(ask, listing, (user) => userBody(ask.org, user, ask.base));
  });
}

export function listGroupRoles(ask: Ask): ServerAnswer {
  return withGroup(ask, (group) => {
    const assignee = `${ask.base}/api/v1/groups/${group.id}`;
    return jsonAnswer(
      200,
      group.roles.map((grant) =>
        roleBody({ grant, through: group }, assignee, ask.base, roleTargets(ask, grant)),
      ),
    );
  });
}

export function withGroup(ask: Ask, answer: (group: SimulatedGroup) => ServerAnswer): ServerAnswer {
  const group = ask.org.group(ask.id);
  return group === undefined
    ? problem(404, 'E0000007', `Not found: Resource not found: ${ask.id} (UserGroup)`)
    : answer(group);
}
