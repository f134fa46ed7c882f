import type { Assignees } from '../enrich/needs.ts';
import type { Run } from './job.ts';
import { tolerate } from './tolerate.ts';

/** The org's own list of role holders; `undefined` where there is none. */
export async function readAssignees({
  source,
  log,
  oktaNow,
}: Pick<Run, 'source' | 'log' | 'oktaNow'>): Promise<Assignees | undefined> {
  return tolerate(log, 'role assignees', async () => {
    const ids = new Set<string>();
    const readAt = oktaNow();
    for await (const page of source.listAssignees()) for (const id of page) ids.add(id);
    return { ids, readAt };
  });
}
