import type { Run } from '../job.ts';
import { knownOrg } from '../known-org.ts';
import { forEachOf } from '../parallel.ts';
import { readUser } from '../users.ts';

/**
 * Reads the oldest answers again, as many as `RECHECK_SHARE` leaves room for in the time to the next run; none younger than
 * half of the time between full runs.
 */
export async function recheckOldest(run: Run): Promise<void> {
  const { settings, inventory } = run;
  const most = Math.floor(settings.recheckShare * run.callsWithin(settings.frequencyMs));
  if (most <= 0) return;
  const oldest = await inventory.users.oldestAnswers(run.oktaNow() - settings.fullIntervalMs / 2, most);
  const byUser = Map.groupBy(oldest, ({ userId }) => userId);
  await forEachOf(byUser, settings.width, async ([id, answers]) => {
    run.signal.throwIfAborted();
    const known = await inventory.users.find(id);
    if (known === undefined) return;
    const again = new Set(answers.map(({ lookup }) => lookup));
    await readUser(run, known, { directory: knownOrg(run), answeredSince: 0, again });
  });
}
