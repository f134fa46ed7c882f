import { gapReasonOf } from '../enrich/gap-reason.ts';
import type { ListedUser } from '../ports/org.ts';
import type { Run } from './job.ts';

/**
 * One user's own record. `undefined`: Okta says that there is no such user. `unread`: Okta gave no usable answer; a
 * known user then stays as it was and counts as a gap, and the run goes on.
 */
export async function readOwnRecord(
  run: Pick<Run, 'source' | 'inventory' | 'tally' | 'log'>,
  id: string,
  { isKnown }: { readonly isKnown: boolean },
): Promise<ListedUser | undefined | 'unread'> {
  try {
    return await run.source.getUser(id);
  } catch (error) {
    const reason = gapReasonOf(error);
    if (reason === undefined) throw error;
    // A user whom the inventory never had may be one whom this credential may not see at all.
    if (isKnown) {
      run.tally.gap('users', reason);
      await run.inventory.users.noteUnread(id, reason);
    }
    run.log.warn({ user_id: id, reason }, 'the record of a user could not be read: it stays as last known');
    run.log.debug({ user_id: id, err: error }, 'why the user could not be read');
    return 'unread';
  }
}
