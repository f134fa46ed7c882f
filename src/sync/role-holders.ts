import type { Assignees } from '../enrich/needs.ts';
import { ENDPOINTS } from '../okta/endpoints.ts';
import type { Run } from './job.ts';
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
