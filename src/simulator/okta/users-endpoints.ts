import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { listAnswer, listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import { ExpressionError } from './expressions.ts';
import { factorBody } from '../org/factors.ts';
import { groupBody } from './group-body.ts';
import type { SimulatedUser } from '../org/org-model.ts';
import { problem } from './problems.ts';
import { roleBody } from '../org/roles.ts';
import { roleTargets } from './role-targets.ts';
import { compileSearch } from './search.ts';
import { filterableUsers, searchableUsers } from './searchable.ts';
import { singleUserBody, userBody } from './user-body.ts';

const MOST_USERS_A_PAGE = 200;

/** A bare list leaves deactivated users out; `search` and `filter` do not. */
export function listUsers(ask: Ask): ServerAnswer {
  const search = ask.query.get('search');
  const filter = ask.query.get('filter');
  if (search !== null && filter !== null) return problem(400, 'E0000033');
  if (ask.query.has('q')) return findUsers(ask, ask.query.get('q') ?? '');
  const choose = (): ((user: SimulatedUser) => boolean) => {
    if (search !== null) return compileSearch(search, searchableUsers(ask.org));
    if (filter !== null) return compileSearch(filter, filterableUsers(ask.org));
    return isNotDeprovisioned;
  };
  return withSearchProblems(() => {
    const users =
      search === null ? ask.org.users : ask.org.usersAsOf(ask.now - (ask.style.searchLagMs ?? -Infinity));
    const listing = listPage(ask, users, {
      defaultLimit: MOST_USERS_A_PAGE,
      ceiling: MOST_USERS_A_PAGE,
      isWanted: choose(),
    });
    return listAnswer(ask, listing, (user) => userBody(ask.org, user, ask.base));
  });
}

/** `q` has no pages: whoever uses it for bulk misses most users. */
function findUsers(ask: Ask, start: string): ServerAnswer {
  const wanted = start.toLowerCase();
  const isFound = (user: SimulatedUser): boolean => {
    const { firstName, lastName, email } = ask.org.profile(user);
    return (
      isNotDeprovisioned(user) &&
      [firstName, lastName, email].some(
        (value) => typeof value === 'string' && value.toLowerCase().startsWith(wanted),
      )
    );
  };
  const limit = Math.min(Number(ask.query.get('limit') ?? 10), MOST_USERS_A_PAGE);
  return jsonAnswer(
    200,
    ask.org.users
      .filter(isFound)
      .slice(0, limit)
      .map((user) => userBody(ask.org, user, ask.base)),
  );
}

function isNotDeprovisioned(user: SimulatedUser): boolean {
  return user.status !== 'DEPROVISIONED';
}

export function withSearchProblems(answer: () => ServerAnswer): ServerAnswer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ExpressionError)
      return problem(400, 'E0000031', `Invalid search criteria. ${error.message}`);
    throw error;
  }
}

export function getUser(ask: Ask): ServerAnswer {
  return withUser(ask, (user) => jsonAnswer(200, singleUserBody(ask.org, user, ask.base)));
}

/** The whole list in one answer, unless the options say that this org pages it. */
export function listUserGroups(ask: Ask): ServerAnswer {
  return withUser(ask, (user) => {
    const groups = ask.org.groupsOf(user);
    const size = ask.style.userGroupsPageSize;
    if (size === undefined)
      return jsonAnswer(
        200,
        groups.map((group) => groupBody(group, ask.base)),
      );
    // By number, not by place: a group that leaves between two pages must not hide another one.
    const sorted = groups.toSorted((left, right) => left.number - right.number);
    return listAnswer(ask, listPage(ask, sorted, { defaultLimit: size, ceiling: size }), (group) =>
      groupBody(group, ask.base),
    );
  });
}

export function listUserFactors(ask: Ask): ServerAnswer {
  return withUser(ask, (user) => {
    const { login } = ask.org.profile(user);
    const place = { seed: ask.org.seed, login: typeof login === 'string' ? login : '', base: ask.base };
    return jsonAnswer(
      200,
      user.factors.map((kind) => factorBody(user, kind, place)),
    );
  });
}

export function listUserRoles(ask: Ask): ServerAnswer {
  return withUser(ask, (user) => {
    const held = ask.org.rolesOf(user);
    const assignee = (groupId: string | undefined): string =>
      groupId === undefined ? `users/${user.id}` : `groups/${groupId}`;
    return jsonAnswer(
      200,
      held.map((role) => {
        const url = `${ask.base}/api/v1/${assignee(role.through?.id)}`;
        return roleBody(role, url, ask.base, roleTargets(ask, role.grant));
      }),
    );
  });
}

/** By id or login; a login with a slash cannot be asked for. */
function withUser(ask: Ask, answer: (user: SimulatedUser) => ServerAnswer): ServerAnswer {
  const user = ask.id.includes('/') ? undefined : ask.org.user(ask.id);
  return user === undefined
    ? problem(404, 'E0000007', `Not found: Resource not found: ${ask.id} (User)`)
    : answer(user);
}
