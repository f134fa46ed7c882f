import type { Assignees, DirectoryFacts } from '../enrich/needs.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';
import type { Run } from './job.ts';
import type { ListParts } from './parts.ts';
import { answeredSinceOf } from './spread-answers.ts';
import { tolerate } from './tolerate.ts';

/**
 * The org's own list of role holders; `undefined` where there is none, or where it has more pages than `mostPages`. The
 * last of these is taken for one of more pages when it is full.
 */
export async function readAssignees(
  { source, log, oktaNow }: Pick<Run, 'source' | 'log' | 'oktaNow'>,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<Assignees | undefined> {
  return tolerate(log, 'role assignees', async () => {
    const ids = new Set<string>();
    const readAt = oktaNow();
    let pages = 0;
    for await (const page of source.listAssignees()) {
      pages += 1;
      const isFull = page.length >= ENDPOINTS.roleHolders.page;
      if (pages > mostPages || (pages === mostPages && isFull)) return undefined;
      for (const id of page) ids.add(id);
    }
    return { ids, readAt };
  });
}

/**
 * Users whom the list of role holders names because a group of theirs holds a role: from when on an earlier answer
 * holds that they hold none of their own. Such a role would have made an event, so this counts only where the log
 * vouches for roles. Whether the list names who holds roles only through groups is not documented: a group counts where
 * the list names all its members.
 */
export async function readNamedByGroups(
  run: ListParts,
  assignees: Assignees | undefined,
): Promise<DirectoryFacts['namedByGroups']> {
  const named = new Map<string, number>();
  if (assignees === undefined || run.answeredSince.roles >= run.startedAt) return named;
  for await (const members of run.inventory.groups.membersWithRoles()) {
    if (members.every((id) => assignees.ids.has(id)))
      for (const id of members) named.set(id, answeredSinceOf(run, 'roles', id));
  }
  return named;
}
