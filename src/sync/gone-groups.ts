import { gapReasonOf } from '../enrich/gap-reason.ts';
import type { Run } from './job.ts';

type GoneParts = Pick<Run, 'source' | 'inventory' | 'log' | 'oktaNow' | 'assets'>;

/**
 * A 404 for a group's members can mean that the group is gone or that the endpoint is missing, and a listing can be late
 * or leave a group out, so Okta is asked for the group itself. Resolves to true when the group is gone; without an
 * answer it counts as still there.
 */
export async function forgetIfGone(
  { source, inventory, log, oktaNow, assets }: GoneParts,
  id: string,
): Promise<boolean> {
  try {
    if ((await source.getGroup(id)) !== undefined) return false;
  } catch (error) {
    if (gapReasonOf(error) === undefined) throw error;
    log.debug({ group_id: id, err: error }, 'it is unknown whether the group is still there');
    return false;
  }
  await inventory.groups.remove(id, oktaNow());
  if (assets !== undefined) await inventory.assets.remove('group', id);
  return true;
}
