import { createHash } from 'node:crypto';
import type { Run } from './job.ts';

export type SpreadParts = Pick<Run, 'answeredSince' | 'startedAt'> & {
  readonly settings: Pick<Run['settings'], 'verifyMs' | 'fullIntervalMs'>;
};

/**
 * From when on an answer that full runs ask for again holds: a group's roles, its list of members, or that a user holds
 * no role. It is asked for again in the last run that comes before it is `VERIFY_ANSWERS` old, or in one of those from
 * half that time on, by the id. So answers that came in one run are not asked for again in one run.
 */
export function answeredSinceOf(
  { answeredSince, startedAt, settings: { verifyMs, fullIntervalMs } }: SpreadParts,
  lookup: 'groups' | 'group-roles' | 'roles',
  id: string,
): number {
  const longestMs = Math.max(0, verifyMs - fullIntervalMs);
  return Math.max(answeredSince[lookup], startedAt - longestMs * (0.5 + 0.5 * shareOf(id)));
}

/** A number from 0 up to 1, always the same for this id, and evenly spread over ids. */
function shareOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE() / 2 ** 32;
}
