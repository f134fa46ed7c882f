import type { Assignees } from '../enrich/needs.ts';
import type { Run } from './job.ts';
import { tolerate } from './tolerate.ts';

/** The org's own list of role holders; `undefined` where there is none, or where it has more pages than `mostPages`. */
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
      if (pages > mostPages) return undefined;
      for (const id of page) ids.add(id);
    }
    return { ids, readAt };
  });
}
