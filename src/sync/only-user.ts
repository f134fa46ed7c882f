import type { ListedUser, User } from '../ports/org.ts';
import type { Run } from './job.ts';

const UNKNOWN = 'Okta has no user with this id or login (a login that holds a "/" is only found by its id)';

/**
 * The user of a run for one user alone. `undefined`: a run for all users would send nothing about this one; the tally
 * says why.
 */
export async function findOnly(
  run: Pick<Run, 'source' | 'settings' | 'tally'>,
  idOrLogin: string,
): Promise<ListedUser | undefined> {
  const found = await run.source.getUser(idOrLogin);
  const reason = found === undefined ? UNKNOWN : await whyLeftOut(run, found);
  if (reason === undefined) return found;
  run.tally.withoutEvent = reason;
  return undefined;
}

async function whyLeftOut(
  { source, settings }: Pick<Run, 'source' | 'settings'>,
  found: ListedUser,
): Promise<string | undefined> {
  // A record that cannot be read becomes a dead letter, selected or not.
  if (found.kind !== 'user') return undefined;
  if (isDeactivated(found.user) && !settings.includeDeprovisioned)
    return 'the user is deactivated (status DEPROVISIONED), and INCLUDE_DEPROVISIONED or STATUSES leaves such users out';
  const setting = await source.leftOutBy?.(found.user);
  return setting === undefined ? undefined : `${setting} leaves the user out`;
}

function isDeactivated({ status }: User): boolean {
  return status === 'DEPROVISIONED';
}
