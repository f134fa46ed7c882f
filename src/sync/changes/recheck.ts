import { perUserDirectory } from '../directory.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import type { GroupParts } from '../parts.ts';
import { readUser } from '../users.ts';

/**
 * Reads the oldest answers again: as many as `RECHECK_SHARE` of the calls until the next run allows, and none younger
 * than half of the time between full runs.
 */
export async function recheckOldest(run: GroupParts & Pick<Run, 'callsWithin' | 'signal'>): Promise<void> {
  const { settings, inventory } = run;
  const most = Math.floor(settings.recheckShare * run.callsWithin(settings.frequencyMs));
  if (most <= 0) return;
  const oldest = await inventory.users.oldestAnswers(run.oktaNow() - settings.fullIntervalMs / 2, most);
  const byUser = Map.groupBy(oldest, ({ userId }) => userId);
  await forEachOf(byUser, settings.width, async ([id, answers]) => {
    run.signal.throwIfAborted();
    const noted = await inventory.users.find(id);
    if (noted === undefined) return;
    const again = new Set(answers.map(({ lookup }) => lookup));
    await readUser(run, noted, { directory: perUserDirectory(run), answeredSince: 0, again });
  });
}
