import type { Assignees } from '../../enrich/needs.ts';
import type { Run } from '../job.ts';

/** Marks known members of the administrators who hold no role, and role holders who are not known as members. */
export async function markMovedAdministrators(
  { inventory }: Pick<Run, 'inventory'>,
  groupId: string,
  assignees: Pick<Assignees, 'ids'>,
): Promise<void> {
  const members = new Set(await inventory.groups.members(groupId));
  const came = [...assignees.ids].filter((id) => !members.has(id));
  const left = [...members].filter((id) => !assignees.ids.has(id));
  await inventory.marks.add(
    [...came, ...left].map((id) => ({ subject: 'user', id, question: 'groups', reason: 'administrators' })),
  );
}
